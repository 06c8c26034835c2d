import { Lazy, Names, TagManager, TagType, type ITaggableV2 } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import { Construct } from 'constructs';
import { ALB_ANNOTATIONS } from './alb-annotations';
import { checkIngressProps, tagErrors } from './alb-ingress-checks';
import type { AlbIngressProps } from './alb-ingress-props';
import { albAnnotation, writeMap, type Annotations } from './annotation';
import { checkIngress } from './checks/check-ingress';
import { classSettings, type ClassSettings } from './ingress-class';
import { joinGroup } from './ingress-group';
import { ingressSpec } from './ingress-spec';
import { loadBalancerDnsName, manifestId, rejectFinding, warnOfDeletionProtection, withUsersOwn } from './load-balancer-object';
import { LoadBalancerScheme } from './load-balancer-scheme';
import { checkReach, openNamespace, subnetsOf, warnOfWebAcl } from './namespace-access';
import { unwrap } from './written';
import { neededByLoadBalancers } from '../addons/alb-controller';
import type { Json } from '../cdk/merge';
import { Manifest } from '../kubernetes/manifest';

/**
 * An Ingress, and with it an Application Load Balancer that the AWS Load Balancer Controller makes.
 *
 * The load balancer reaches pods by their addresses, speaks TLS 1.2 or newer, checks their health, and is internal unless
 * told otherwise; an internet-facing one has a web ACL or says that it has none. Whatever the controller would refuse or
 * ignore is an error here. It is deleted before the controller, which deletes the load balancer.
 *
 * @see https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/
 */
export class AlbIngress extends Construct implements ITaggableV2 {
  /**
   * The name of the Ingress.
   */
  public readonly ingressName: string;

  /**
   * The tags of the load balancer.
   */
  public readonly cdkTagManager: TagManager;

  private readonly props: AlbIngressProps;
  private readonly namespaceName: string;
  private readonly manifest: Manifest;
  private dnsName?: eks.KubernetesObjectValue;

  constructor(scope: Construct, id: string, props: AlbIngressProps) {
    super(scope, id);
    this.props = props;
    const { controller, namespace, paths, defaultBackend } = props;
    this.namespaceName = namespace?.namespaceName ?? 'default';
    this.ingressName = props.ingressName ?? Names.uniqueResourceName(this, { maxLength: 63, separator: '-' }).toLowerCase();
    this.cdkTagManager = new TagManager(TagType.MAP, 'AWS::ElasticLoadBalancingV2::LoadBalancer', props.tags ?? {});

    checkIngressProps(this, props);
    const subnets = props.subnets && controller.cluster.vpc.selectSubnets(props.subnets).subnets;
    const settings = classSettings(props.ingressClass);
    const { annotations, spec } = this.ingress(settings, subnets);
    const scheme = settings?.scheme ?? annotations[albAnnotation('scheme')];
    checkReach(this, controller.cluster, scheme);
    if (annotations[albAnnotation('wafv2-acl-arn')] !== undefined) {
      warnOfWebAcl(this, controller.cluster);
    }

    this.manifest = new Manifest(this, manifestId(this.namespaceName, this.ingressName, props.ingressName !== undefined), {
      cluster: controller.cluster,
      objects: [...this.secretAccess(), {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: {
          name: this.ingressName,
          ...namespace ? { namespace: this.namespaceName } : {},
          annotations: { ...annotations, [ALB_ANNOTATIONS.tags]: Lazy.string({ produce: () => this.tagsAnnotation() }) },
        },
        spec,
      }],
    });
    this.manifest.node.addDependency(neededByLoadBalancers(controller), ...[namespace, props.ingressClass].filter(it => it !== undefined));
    if (namespace) {
      const reached = subnets ?? subnetsOf(controller.cluster, scheme);
      openNamespace(namespace, reached, [...paths, ...defaultBackend ? [defaultBackend] : []], props.healthCheck?.port);
    }
    const group = settings?.groupName ?? annotations[albAnnotation('group.name')];
    joinGroup(this, controller.cluster, group, {
      name: `${this.namespaceName}/${this.ingressName}`,
      annotations: () => ({ ...annotations, ...this.tagsAnnotation() ? { [ALB_ANNOTATIONS.tags]: this.tagsAnnotation()! } : {} }),
      spec,
      certificateOfClass: settings?.certificates,
    });
    warnOfDeletionProtection(this, annotations[albAnnotation('load-balancer-attributes')]);
    this.node.addValidation({ validate: () => tagErrors(this.node.path, this.cdkTagManager.tagValues()) });
  }

  /**
   * The DNS name of the load balancer, for an origin of CloudFront or an output: known once the controller has made it.
   *
   * CloudFormation does not look again: after a change that makes a new load balancer it still has the old one's name.
   */
  public get loadBalancerDnsName(): string {
    this.dnsName ??= loadBalancerDnsName(this, this.manifest, {
      cluster: this.props.controller.cluster, objectType: 'ingress', objectName: this.ingressName, objectNamespace: this.namespaceName,
    });
    return this.dnsName.value;
  }

  /** What the props make of the Ingress, checked. */
  private ingress(settings: ClassSettings | undefined, subnets: ec2.ISubnet[] | undefined): { annotations: Annotations; spec: Json } {
    const { props } = this;
    const scheme = settings?.scheme ?? LoadBalancerScheme.INTERNAL;
    const written = ALB_ANNOTATIONS.write(props, { scheme, subnetIds: subnets?.map(it => it.subnetId) });
    const { annotations, origins } = withUsersOwn(this, ALB_ANNOTATIONS, written, props);
    const spec = unwrap('spec', ingressSpec(props));
    const [found] = checkIngress({ metadata: { annotations }, spec: spec.value }, {
      certificateOfClass: settings?.certificates,
      schemeOfClass: settings?.scheme,
      withoutWaf: props.withoutWaf || settings?.webAcl,
    });
    if (found) {
      rejectFinding(this, found, { ...origins, ...spec.origins }, props);
    }
    return { annotations, spec: spec.value };
  }

  /** Lets the controller read the Secret: it may read no others. */
  private secretAccess(): Json[] {
    const secret = this.props.authentication?._secretName;
    if (secret === undefined) {
      return [];
    }
    const metadata = { name: `${this.ingressName}-oidc`, namespace: this.namespaceName };
    const apiGroup = 'rbac.authorization.k8s.io';
    return [
      { apiVersion: `${apiGroup}/v1`, kind: 'Role', metadata, rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames: [secret], verbs: ['get', 'list', 'watch'] }] },
      {
        apiVersion: `${apiGroup}/v1`,
        kind: 'RoleBinding',
        metadata,
        roleRef: { apiGroup, kind: 'Role', name: metadata.name },
        subjects: [{ kind: 'ServiceAccount', name: 'aws-load-balancer-controller', namespace: 'kube-system' }],
      },
    ];
  }

  private tagsAnnotation(): string | undefined {
    return writeMap(this.cdkTagManager.tagValues());
  }
}
