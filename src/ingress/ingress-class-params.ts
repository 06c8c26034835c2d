import { Token } from 'aws-cdk-lib';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { checkRegion, tagErrors } from './alb-ingress-checks';
import { albAnnotation, writeMap } from './annotation';
import { checkValues } from './checks/values';
import { importedClass, setClassSettings, type IIngressClass } from './ingress-class';
import type { IngressClassParamsProps } from './ingress-class-params-props';
import { LoadBalancerScheme } from './load-balancer-scheme';
import { neededByLoadBalancers } from '../addons/alb-controller';
import type { Json } from '../cdk/merge';
import { reject } from '../cdk/reject';
import { Manifest } from '../kubernetes/manifest';

/**
 * A class of Ingresses whose load balancers are as the owner of the cluster says: what is set here wins over each Ingress.
 *
 * With `groupName` and `namespaces` it is a shared load balancer that no other namespace can join. Defines the
 * IngressClassParams and the IngressClass of that name.
 *
 * @see https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/ingress_class/
 */
export class IngressClassParams extends Construct implements IIngressClass {
  /**
   * Refers to a class that something else defines, and of whose parameters nothing is known.
   *
   * @param scope the construct's scope
   * @param id the construct's id
   * @param ingressClassName its name
   */
  public static fromIngressClassName(scope: Construct, id: string, ingressClassName: string): IIngressClass {
    return importedClass(scope, id, ingressClassName);
  }

  /**
   * The name of the class.
   */
  public readonly ingressClassName: string;

  constructor(scope: Construct, id: string, props: IngressClassParamsProps) {
    super(scope, id);
    this.ingressClassName = props.ingressClassName;
    this.check(props);
    const { controller, certificates = [], webAcl, groupName } = props;
    const scheme = props.scheme ?? LoadBalancerScheme.INTERNAL;
    setClassSettings(this, {
      certificates: certificates.length > 0,
      webAcl: webAcl !== undefined || props.withoutWaf === true,
      scheme,
      groupName,
      sets: (['webAcl', 'inboundCidrs', 'prefixLists', 'subnets', 'loadBalancerName'] as const).filter(prop => props[prop] !== undefined),
    });
    const metadata = { name: this.ingressClassName };
    const manifest = new Manifest(this, ['Manifest', ...Token.isUnresolved(metadata.name) ? [] : [metadata.name]].join('-'), {
      cluster: controller.cluster,
      objects: [
        { apiVersion: 'elbv2.k8s.aws/v1beta1', kind: 'IngressClassParams', metadata, spec: paramsSpec(props, scheme) },
        {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'IngressClass',
          metadata,
          spec: { controller: 'ingress.k8s.aws/alb', parameters: { apiGroup: 'elbv2.k8s.aws', kind: 'IngressClassParams', name: metadata.name } },
        },
      ],
    });
    manifest.node.addDependency(neededByLoadBalancers(controller));
  }

  private check(props: IngressClassParamsProps) {
    const path = this.node.path;
    const { ingressClassName: name, namespaces, namespaceLabels, webAcl, withoutWaf, tags = {}, certificates = [] } = props;
    if (!Token.isUnresolved(name) && !/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(name)) {
      reject(path, 'ingressClassName', name, '1 to 253 lower-case letters, digits, dashes and dots, with a letter or digit at both ends', 'Ingresses name the class by it');
    }
    if (name === 'alb') {
      reject(path, 'ingressClassName', name, 'another name than alb', 'that class is the controller\'s own');
    }
    if (namespaces && namespaceLabels) {
      reject(path, 'namespaces', namespaces, 'left out with `namespaceLabels`', 'give one of the two');
    }
    if (namespaces?.length === 0 || Object.keys(namespaceLabels ?? { every: '' }).length === 0) {
      reject(path, namespaces ? 'namespaces' : 'namespaceLabels', namespaces ?? {}, 'one or more', 'leave it out for every namespace: an empty selector selects them all');
    }
    if (props.loadBalancerName !== undefined && props.groupName === undefined) {
      reject(path, 'loadBalancerName', props.loadBalancerName, 'given with `groupName`', 'each Ingress would make a load balancer of that name, and only one can have it');
    }
    if (withoutWaf && webAcl) {
      reject(path, 'withoutWaf', true, 'left out with `webAcl`', 'give one of the two');
    }
    if (props.scheme === LoadBalancerScheme.INTERNET_FACING && !webAcl && !withoutWaf) {
      reject(path, 'webAcl', undefined, 'given for an internet-facing load balancer', 'give a web ACL, or say `withoutWaf: true`');
    }
    certificates.forEach((it, index) => checkRegion(this, `certificates[${index}]`, it.certificateArn));
    const [tagError] = tagErrors(path, tags);
    if (tagError) {
      throw new Error(tagError);
    }
    this.checkValues(props);
  }

  /** What an annotation of an Ingress could say too is checked as there. */
  private checkValues(props: IngressClassParamsProps) {
    const values: { [prop: string]: [suffix: string, value: string | undefined] } = {
      groupName: ['group.name', props.groupName],
      loadBalancerName: ['load-balancer-name', props.loadBalancerName],
      inboundCidrs: ['inbound-cidrs', props.inboundCidrs?.join(',')],
      certificates: ['certificate-arn', props.certificates?.map(it => it.certificateArn).join(',')],
      webAcl: ['wafv2-acl-arn', props.webAcl?.webAclRef.webAclArn],
      loadBalancerAttributes: ['load-balancer-attributes', writeMap(props.loadBalancerAttributes ?? {})],
    };
    for (const [prop, [suffix, value]] of Object.entries(values)) {
      const [found] = value === undefined ? [] : checkValues({ [albAnnotation(suffix)]: value });
      if (found) {
        reject(this.node.path, prop, found.given, found.allowed, found.advice);
      }
    }
  }
}

/** Only what is set: the rest is for Ingresses to say. */
function paramsSpec(props: IngressClassParamsProps, scheme: LoadBalancerScheme): Json {
  const { controller, certificates, groupName, namespaceLabels, namespaces, prefixLists, subnets, webAcl } = props;
  const pairs = (map?: { [key: string]: string }) => map && Object.entries(map).map(([key, value]) => ({ key, value }));
  const spec = {
    namespaceSelector: namespaceLabels ? { matchLabels: namespaceLabels } : namespaces && {
      matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: namespaces.map(it => it.namespaceName) }],
    },
    group: groupName === undefined ? undefined : { name: groupName },
    scheme,
    targetType: 'ip',
    loadBalancerName: props.loadBalancerName,
    certificateArn: certificates?.map(it => it.certificateArn),
    sslPolicy: props.sslPolicy ?? elbv2.SslPolicy.TLS13_12_RES_PQ,
    wafv2AclArn: webAcl?.webAclRef.webAclArn,
    inboundCIDRs: props.inboundCidrs,
    prefixListsIDs: prefixLists?.map(it => it.prefixListId),
    subnets: subnets && { ids: controller.cluster.vpc.selectSubnets(subnets).subnetIds },
    loadBalancerAttributes: pairs(props.loadBalancerAttributes),
    tags: pairs(props.tags),
  };
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined));
}
