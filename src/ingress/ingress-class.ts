import { Construct, type IConstruct } from 'constructs';
import type { LoadBalancerScheme } from './load-balancer-scheme';

/**
 * A class of Ingresses, served by the AWS Load Balancer Controller.
 */
export interface IIngressClass extends IConstruct {
  /**
   * The name of the class.
   */
  readonly ingressClassName: string;
}

/** What a class sets for all its Ingresses, as far as their checks need it. */
export interface ClassSettings {
  readonly certificates: boolean;
  readonly webAcl: boolean;
  readonly scheme?: LoadBalancerScheme;
  readonly groupName?: string;
  /** Props that the class sets too, so that an Ingress's own would be ignored. */
  readonly sets: string[];
}

/** Only those of classes of this app are known. */
const SETTINGS = new WeakMap<IIngressClass, ClassSettings>();

export function setClassSettings(ingressClass: IIngressClass, settings: ClassSettings): void {
  SETTINGS.set(ingressClass, settings);
}

/** What a class sets: nothing where it is the controller's own, undefined where it is not known. */
export function classSettings(ingressClass: IIngressClass | undefined): ClassSettings | undefined {
  return ingressClass ? SETTINGS.get(ingressClass) : { certificates: false, webAcl: false, sets: [] };
}

/** A class that something else defines. */
export function importedClass(scope: Construct, id: string, ingressClassName: string): IIngressClass {
  class Import extends Construct implements IIngressClass {
    public readonly ingressClassName = ingressClassName;
  }
  return new Import(scope, id);
}
