import type { Json } from '../cdk/merge';
import { reject } from '../cdk/reject';
import { checkLabelKey, checkLabelValue } from '../kubernetes/names';

/** The label that Cilium gives each pod for its namespace. */
const NAMESPACE_LABEL = 'k8s:io.kubernetes.pod.namespace';

/**
 * A condition on a label of a pod.
 */
export class LabelExpression {
  /**
   * The label exists, with one of these values.
   *
   * @param key the label's key
   * @param values one value or more
   */
  public static isIn(key: string, ...values: string[]): LabelExpression {
    return new LabelExpression(key, 'In', values);
  }

  /**
   * The label does not exist, or has another value.
   *
   * @param key the label's key
   * @param values one value or more
   */
  public static isNotIn(key: string, ...values: string[]): LabelExpression {
    return new LabelExpression(key, 'NotIn', values);
  }

  /**
   * The label exists, with any value.
   *
   * @param key the label's key
   */
  public static exists(key: string): LabelExpression {
    return new LabelExpression(key, 'Exists');
  }

  /**
   * The label does not exist.
   *
   * @param key the label's key
   */
  public static doesNotExist(key: string): LabelExpression {
    return new LabelExpression(key, 'DoesNotExist');
  }

  private constructor(private readonly key: string, private readonly operator: string, private readonly values?: string[]) {}

  /** @internal */
  public _render(path: string, prop: string): Json {
    checkKey(path, prop, this.key);
    this.values?.forEach(value => checkLabelValue(path, `${prop}.${this.key}`, value));
    if (this.values?.length === 0) {
      reject(path, `${prop}.${this.key}`, [], 'one value or more', 'name the values, or use `exists` or `doesNotExist`');
    }
    return { key: this.key, operator: this.operator, ...this.values ? { values: this.values } : {} };
  }
}

/**
 * Selects pods.
 *
 * Unless it names namespaces, it selects pods of the policy's own namespace in a CiliumNetworkPolicy, and pods of every namespace
 * in a CiliumClusterwideNetworkPolicy.
 *
 * @see https://docs.cilium.io/en/stable/security/policy/layer3/#endpoints-based
 */
export class EndpointSelector {
  /**
   * Every pod.
   */
  public static all(): EndpointSelector {
    return new EndpointSelector({}, []);
  }

  /**
   * Pods with all of these labels.
   *
   * @param labels one label or more, whose keys may start with their source, such as `k8s:`
   */
  public static labels(labels: { [key: string]: string }): EndpointSelector {
    return new EndpointSelector(labels, [], Object.keys(labels).length === 0);
  }

  /**
   * Pods of another namespace: all of them, or those with these labels.
   *
   * @param namespaceName the namespace's name
   * @param labels the pods' labels
   */
  public static inNamespace(namespaceName: string, labels: { [key: string]: string } = {}): EndpointSelector {
    return new EndpointSelector({ ...labels, [NAMESPACE_LABEL]: namespaceName }, []);
  }

  /**
   * Pods of all namespaces but these, for policies of the whole cluster, which should leave kube-system alone.
   *
   * @param namespaceNames the namespaces' names
   */
  public static outsideNamespaces(...namespaceNames: string[]): EndpointSelector {
    return new EndpointSelector({}, [LabelExpression.isNotIn(NAMESPACE_LABEL, ...namespaceNames)]);
  }

  /**
   * Pods of namespaces with these labels.
   *
   * @param labels the namespaces' labels, one or more
   */
  public static inNamespacesWith(labels: { [key: string]: string }): EndpointSelector {
    const entries = Object.entries(labels).map(([key, value]) => [`k8s:io.cilium.k8s.namespace.labels.${key}`, value]);
    return new EndpointSelector(Object.fromEntries(entries), [], entries.length === 0);
  }

  private constructor(
    private readonly matchLabels: { [key: string]: string },
    private readonly expressions: LabelExpression[],
    private readonly forgotten = false,
  ) {}

  /**
   * The same pods, if their labels also meet these conditions.
   *
   * @param expressions the conditions
   */
  public matching(...expressions: LabelExpression[]): EndpointSelector {
    return new EndpointSelector(this.matchLabels, [...this.expressions, ...expressions], this.forgotten);
  }

  /** @internal */
  public _render(path: string, prop: string): Json {
    if (this.forgotten) {
      reject(path, prop, {}, 'one label or more', 'use `EndpointSelector.all()` for every pod');
    }
    Object.entries(this.matchLabels).forEach(([key, value]) => {
      checkKey(path, prop, key);
      checkLabelValue(path, `${prop}.${key}`, value);
    });
    const expressions = this.expressions.map(expression => expression._render(path, prop));
    return {
      ...Object.keys(this.matchLabels).length > 0 ? { matchLabels: this.matchLabels } : {},
      ...expressions.length > 0 ? { matchExpressions: expressions } : {},
    };
  }
}

/** Checks a label's key as Cilium writes it, with an optional source in front. */
function checkKey(path: string, prop: string, key: string): void {
  checkLabelKey(path, prop, key.replace(/^[A-Za-z0-9]+:/, ''));
}
