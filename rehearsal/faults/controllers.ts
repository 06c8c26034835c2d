import type { Account } from './account';
import type { ApiServer, KubernetesObject } from './api-server';
import type { VirtualClock } from './clock';

/** The finalizers by which a controller asks to be waited for, and how long it takes to remove them, in milliseconds. */
const REMOVALS: { readonly [finalizer: string]: number } = {
  'ingress.k8s.aws/resources': 10_000,
  'service.k8s.aws/resources': 10_000,
  'kubernetes.io/pvc-protection': 1_000,
  // It takes longer than Helm waits.
  'example.com/slow': 400_000,
};

/**
 * What runs in the cluster: it makes load balancers and records for Ingresses, and lets go of what is being deleted.
 *
 * The load balancer controller sets its finalizer before it makes anything in AWS, and removes it once that is deleted.
 */
export class Controllers {
  constructor(private readonly clock: VirtualClock, private readonly api: ApiServer, private readonly account: Account) {
    api.changed = object => this.see(object);
  }

  /** Goes on with everything that there is, after a copy of the world was made. */
  public resume(): void {
    [...this.api.objects.values()].forEach(it => this.see(it));
  }

  private see(object: KubernetesObject): void {
    const { deletionTimestamp, finalizers = [], uid } = object.metadata;
    const living = () => {
      const found = this.api.isThere ? this.api.find(object) : undefined;
      return found?.metadata.uid === uid ? found : undefined;
    };
    if (deletionTimestamp !== undefined) {
      for (const finalizer of finalizers.filter((it: string) => REMOVALS[it] !== undefined)) {
        this.clock.after(REMOVALS[finalizer], () => {
          const found = living();
          if (found !== undefined && (!/k8s\.aws/.test(finalizer) || this.runs('aws-load-balancer-controller'))) {
            this.forget(found);
            const left = found.metadata.finalizers?.filter((it: string) => it !== finalizer);
            this.api.replace({ ...found, metadata: { ...found.metadata, finalizers: left } }, 'controller');
          }
        });
      }
    } else if (object.kind === 'Ingress' && object.spec?.ingressClassName === 'alb') {
      this.clock.after(2_000, () => {
        const found = living();
        if (found !== undefined && found.metadata.deletionTimestamp === undefined && this.runs('aws-load-balancer-controller')) {
          this.serve(found);
        }
      });
    }
    if (object.kind === 'Deployment' && object.metadata.labels?.['app.kubernetes.io/name'] === 'aws-load-balancer-controller') {
      this.clock.after(1_000, () => [...this.api.objects.values()].filter(it => it.kind === 'Ingress').forEach(it => this.see(it)));
    }
  }

  private serve(ingress: KubernetesObject): void {
    const { things } = this.account;
    const { name, finalizers = [] } = ingress.metadata;
    if (!finalizers.includes('ingress.k8s.aws/resources')) {
      this.api.replace({ ...ingress, metadata: { ...ingress.metadata, finalizers: [...finalizers, 'ingress.k8s.aws/resources'] } }, 'controller');
    }
    const arn = `balancer-${name}`;
    if (!things.balancers.some(it => it.arn === arn)) {
      things.balancers.push({ arn, cluster: 'shop', vpc: 'vpc-1' });
      things.targets.push({ arn: `targets-${name}`, cluster: 'shop', vpc: 'vpc-1' });
    }
    if (this.runs('external-dns') && !things.records.some(it => it.Name === `${name}.example.com.`)) {
      things.records.push({ Name: `${name}.example.com.`, Type: 'A', AliasTarget: { DNSName: arn } }, markerOf(name, 'shop'));
    }
  }

  private forget({ kind, metadata: { name } }: KubernetesObject): void {
    const { things } = this.account;
    if (kind === 'Ingress') {
      things.balancers = things.balancers.filter(it => it.arn !== `balancer-${name}`);
      things.targets = things.targets.filter(it => it.arn !== `targets-${name}`);
    }
  }

  private runs(app: string): boolean {
    return [...this.api.objects.values()].some(it => it.kind === 'Deployment' && it.metadata.labels?.['app.kubernetes.io/name'] === app);
  }
}

/** The record in which ExternalDNS says who made another. */
export function markerOf(name: string, owner: string): object {
  return {
    Name: `edns-a.${name}.example.com.`,
    Type: 'TXT',
    TTL: 300,
    ResourceRecords: [{ Value: `"heritage=external-dns,external-dns/owner=${owner},external-dns/resource=ingress/shop/${name}"` }],
  };
}
