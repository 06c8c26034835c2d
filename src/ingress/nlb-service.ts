import { Lazy, Names, TagManager, TagType, Token, type ITaggableV2 } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import { Construct } from 'constructs';
import { tagErrors } from './alb-ingress-checks';
import { isPort, writeMap, type Annotations } from './annotation';
import { loadBalancerDnsName, manifestId, rejectFinding, warnOfDeletionProtection, withUsersOwn } from './load-balancer-object';
import { LoadBalancerScheme } from './load-balancer-scheme';
import { checkReach, subnetsOf } from './namespace-access';
import { NLB_ANNOTATIONS, nlbAnnotation } from './nlb-annotations';
import { servicePorts } from './nlb-ports';
import { checkService, checkServiceProps, keepsClientAddresses } from './nlb-service-checks';
import type { NlbServiceProps } from './nlb-service-props';
import { neededByLoadBalancers } from '../addons/alb-controller';
import { Manifest } from '../kubernetes/manifest';

/**
 * A Service of type LoadBalancer, and with it a Network Load Balancer that the AWS Load Balancer Controller makes.
 *
 * The load balancer reaches pods by their addresses, and is internal unless told otherwise; TLS ports speak TLS 1.2 or newer.
 * Whatever the controller would refuse or ignore is an error here. It is deleted before the controller, which deletes the load
 * balancer.
 *
 * @see https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/nlb/
 */
export class NlbService extends Construct implements ITaggableV2 {
  /**
   * The name of the Service.
   */
  public readonly serviceName: string;

  /**
   * The tags of the load balancer.
   */
  public readonly cdkTagManager: TagManager;

  private readonly props: NlbServiceProps;
  private readonly namespaceName: string;
  private readonly manifest: Manifest;
  private dnsName?: eks.KubernetesObjectValue;

  constructor(scope: Construct, id: string, props: NlbServiceProps) {
    super(scope, id);
    this.props = props;
    const { controller, namespace } = props;
    this.namespaceName = namespace?.namespaceName ?? 'default';
    this.serviceName = props.serviceName ?? Names.uniqueResourceName(this, { maxLength: 63, separator: '-' }).toLowerCase();
    this.cdkTagManager = new TagManager(TagType.MAP, 'AWS::ElasticLoadBalancingV2::LoadBalancer', props.tags ?? {});

    checkServiceProps(this, props, `${this.namespaceName}/${this.serviceName}`);
    const subnets = props.subnets && controller.cluster.vpc.selectSubnets(props.subnets).subnets;
    const written = NLB_ANNOTATIONS.write(props, { scheme: LoadBalancerScheme.INTERNAL, subnetIds: subnets?.map(it => it.subnetId) });
    const { annotations, origins } = withUsersOwn(this, NLB_ANNOTATIONS, written, props);
    const [found] = checkService(props, annotations);
    if (found) {
      rejectFinding(this, found, origins, props);
    }
    checkReach(this, controller.cluster, annotations[nlbAnnotation('scheme')]);

    this.manifest = new Manifest(this, manifestId(this.namespaceName, this.serviceName, props.serviceName !== undefined), {
      cluster: controller.cluster,
      objects: [{
        apiVersion: 'v1',
        kind: 'Service',
        metadata: {
          name: this.serviceName,
          ...namespace ? { namespace: this.namespaceName } : {},
          annotations: { ...annotations, [NLB_ANNOTATIONS.tags]: Lazy.string({ produce: () => writeMap(this.cdkTagManager.tagValues()) }) },
        },
        spec: {
          type: 'LoadBalancer',
          loadBalancerClass: 'service.k8s.aws/nlb',
          allocateLoadBalancerNodePorts: false, // the load balancer reaches pods, not nodes
          ...props.inboundCidrs ? { loadBalancerSourceRanges: props.inboundCidrs } : {},
          selector: props.selector,
          ports: servicePorts(props.ports),
        },
      }],
    });
    this.manifest.node.addDependency(neededByLoadBalancers(controller), ...namespace ? [namespace] : []);
    this.openNamespace(subnets ?? subnetsOf(controller.cluster, annotations[nlbAnnotation('scheme')]), annotations);
    warnOfDeletionProtection(this, annotations[nlbAnnotation('attributes')]);
    this.node.addValidation({ validate: () => tagErrors(this.node.path, this.cdkTagManager.tagValues()) });
  }

  /**
   * The DNS name of the load balancer, for a record or an output: known once the controller has made it.
   *
   * CloudFormation does not look again: after a change that makes a new load balancer it still has the old one's name.
   */
  public get loadBalancerDnsName(): string {
    this.dnsName ??= loadBalancerDnsName(this, this.manifest, {
      cluster: this.props.controller.cluster, objectType: 'service', objectName: this.serviceName, objectNamespace: this.namespaceName,
    });
    return this.dnsName.value;
  }

  /** Lets in what pods see: the load balancer, and clients whose addresses it keeps. */
  private openNamespace(subnets: ec2.ISubnet[], annotations: Annotations) {
    const ports = servicePorts(this.props.ports);
    const targets = (protocol: string) => ports.filter(port => port.protocol === protocol).map(port => port.targetPort as number);
    const healthCheckPort = Number(annotations[nlbAnnotation('healthcheck-port')]);
    const tcp = [...new Set([...targets('TCP'), ...isPort(healthCheckPort) ? [healthCheckPort] : []])];
    const isKnown = ![...ports.map(port => port.targetPort), annotations[nlbAnnotation('healthcheck-port')]].some(port => Token.isUnresolved(port));
    this.props.namespace?.allowFromLoadBalancer({
      subnets,
      podLabels: this.props.selector,
      ...isKnown ? { ports: tcp, udpPorts: targets('UDP') } : {},
      ...keepsClientAddresses(this.props, annotations) ? { clientCidrs: this.props.inboundCidrs ?? ['0.0.0.0/0'] } : {},
    });
  }
}
