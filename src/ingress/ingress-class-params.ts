import { Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ALB_ANNOTATIONS } from './alb-annotations';
import { checkRegion, tagErrors } from './alb-ingress-checks';
import type { AlbIngressProps } from './alb-ingress-props';
import type { AnnotationRow } from './annotation-table';
import { importedClass, setClassSettings, type IIngressClass } from './ingress-class';
import type { IngressClassParamsProps } from './ingress-class-params-props';
import { rejectFinding } from './load-balancer-object';
import { LoadBalancerScheme } from './load-balancer-scheme';
import { textOf, type Value, type Written } from './written';
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
   * Refers to a class that something else defines. Nothing is known of its parameters.
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
    const settings = settingsOf(props);
    const [found] = ALB_ANNOTATIONS.check(Object.fromEntries(settings.map(it => [it.annotation, it.text])));
    if (found) {
      rejectFinding(this, found, Object.fromEntries(settings.map(it => [it.annotation, it.written.prop ?? ''])), props);
    }
    setClassSettings(this, {
      certificates: certificates.length > 0,
      webAcl: webAcl !== undefined || props.withoutWaf === true,
      scheme: props.scheme ?? LoadBalancerScheme.INTERNAL,
      groupName,
      sets: settings.filter(it => it.row.classOnly).map(it => it.written.prop!),
    });
    const metadata = { name: this.ingressClassName };
    const manifest = new Manifest(this, ['Manifest', ...Token.isUnresolved(metadata.name) ? [] : [metadata.name]].join('-'), {
      cluster: controller.cluster,
      objects: [
        { apiVersion: 'elbv2.k8s.aws/v1beta1', kind: 'IngressClassParams', metadata, spec: paramsSpec(props, settings) },
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
      reject(path, 'ingressClassName', name, '1 to 253 lower-case letters, digits, dashes and dots, with a letter or digit at both ends', 'Ingresses refer to the class by it');
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
  }
}

/** What a class sets, and an annotation of an Ingress could say too. */
interface Setting {
  readonly annotation: string;
  readonly row: AnnotationRow<AlbIngressProps>;
  readonly written: Written<Value>;
  readonly text: string;
}

function settingsOf(props: IngressClassParamsProps): Setting[] {
  const { controller, subnets } = props;
  const subnetIds = subnets && controller.cluster.vpc.selectSubnets(subnets).subnetIds;
  const all = ALB_ANNOTATIONS.write(props, { scheme: LoadBalancerScheme.INTERNAL, subnetIds });
  return ALB_ANNOTATIONS.entries().filter(([, row]) => row.classField).flatMap(([annotation, row]) => {
    const written = all.get(annotation)!;
    const text = textOf(written.value);
    return text === undefined ? [] : [{ annotation, row, written, text }];
  });
}

/** Only what is set: the rest is for Ingresses to say. */
function paramsSpec({ namespaceLabels, namespaces, tags }: IngressClassParamsProps, settings: Setting[]): Json {
  const pairs = (map: { readonly [key: string]: string }) => Object.entries(map).map(([key, value]) => ({ key, value }));
  const fields = settings.map(({ row, written: { value } }) => {
    const inner = typeof value === 'object' && !Array.isArray(value) ? pairs(value) : value;
    return row.classField!.split('.').reduceRight<unknown>((field, name) => ({ [name]: field }), inner);
  });
  const namespaceSelector = namespaceLabels ? { matchLabels: namespaceLabels } : namespaces && {
    matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: namespaces.map(it => it.namespaceName) }],
  };
  return Object.assign({}, namespaceSelector ? { namespaceSelector } : {}, ...fields, tags ? { tags: pairs(tags) } : {});
}
