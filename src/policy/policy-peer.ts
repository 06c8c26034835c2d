import { isIP, BlockList } from 'net';
import { Token } from 'aws-cdk-lib';
import { EndpointSelector } from './endpoint-selector';
import { reject } from '../cdk/reject';

/**
 * A peer other than a pod, as Cilium classifies it.
 *
 * @see https://docs.cilium.io/en/stable/security/policy/layer3/#entities-based
 */
export enum PolicyEntity {
  /** Everyone: all of the following. */
  ALL = 'all',

  /** Everything outside the cluster: the internet, and the VPC's load balancers and databases. */
  WORLD = 'world',

  /** Everything in the cluster: pods, nodes, the Kubernetes API. */
  CLUSTER = 'cluster',

  /** The pod's own node, including pods in the node's network. */
  HOST = 'host',

  /** All other nodes, including pods in their networks. */
  REMOTE_NODE = 'remote-node',

  /** The Kubernetes API, as a destination: EKS's control plane has been seen to call webhooks from addresses that Cilium does not count as this. */
  KUBE_APISERVER = 'kube-apiserver',

  /** Cilium's Envoy, which forwards for Ingresses of the class cilium and for the Gateway API. */
  INGRESS = 'ingress',

  /** Cilium's own health checks. */
  HEALTH = 'health',

  /** Pods whose labels Cilium does not know yet. */
  INIT = 'init',

  /** Pods that Cilium does not manage. */
  UNMANAGED = 'unmanaged',
}

/** The kinds of peers, as the names of Cilium's fields end. A rule of Cilium has one kind only. */
type PeerKind = 'Endpoints' | 'Entities' | 'CIDR' | 'CIDRSet' | 'FQDNs';

/**
 * Who may reach a pod, or may be reached.
 *
 * @see https://docs.cilium.io/en/stable/security/policy/layer3/
 */
export class PolicyPeer {
  /**
   * Pods with these labels, in the policy's namespace.
   *
   * @param labels one label or more
   */
  public static pods(labels: { [key: string]: string }): PolicyPeer {
    return PolicyPeer.endpoints(EndpointSelector.labels(labels));
  }

  /**
   * Pods that a selector selects, such as pods of other namespaces.
   *
   * @param selector which pods
   */
  public static endpoints(selector: EndpointSelector): PolicyPeer {
    return new PolicyPeer('Endpoints', (path, prop) => selector._render(path, prop));
  }

  /**
   * An entity, such as the internet or the pod's node.
   *
   * @param entity the entity
   */
  public static entity(entity: PolicyEntity): PolicyPeer {
    return new PolicyPeer('Entities', () => entity);
  }

  /**
   * Addresses outside the cluster. The addresses of pods and nodes never match, even if the block contains them.
   *
   * @param cidr a block, such as 10.0.0.0/8
   * @param exceptions blocks within it that are excluded
   */
  public static cidr(cidr: string, ...exceptions: string[]): PolicyPeer {
    return new PolicyPeer(exceptions.length > 0 ? 'CIDRSet' : 'CIDR', (path, prop) => {
      const block = parseBlock(path, prop, cidr);
      for (const inner of exceptions) {
        const { address, mask } = parseBlock(path, prop, inner) ?? {};
        if (block && address && (isIP(address) !== isIP(block.address) || mask! < block.mask || !blockList(block).check(address, family(address)))) {
          reject(path, prop, inner, `a block within ${cidr}`, 'leave out what is not in the block');
        }
      }
      return exceptions.length > 0 ? { cidr, except: exceptions } : cidr;
    });
  }

  /**
   * The addresses to which a DNS name resolves for the pods, as a destination outside the cluster only.
   *
   * The policy then allows DNS queries of its pods, through Cilium's DNS proxy, which learns the addresses from the answers.
   *
   * @param name the name, such as api.example.com
   */
  public static fqdn(name: string): PolicyPeer {
    return new PolicyPeer('FQDNs', (path, prop) => {
      checkDnsName(path, prop, name, /^[-A-Za-z0-9_.]+$/, 'letters, digits, dashes and underscores between dots', 'use `PolicyPeer.fqdnPattern` for a pattern');
      return { matchName: name };
    });
  }

  /**
   * The same for all names that match a pattern: `*` stands for any characters between two dots, `**.` in front for one label or more.
   *
   * @param pattern the pattern, such as *.example.com
   * @see https://docs.cilium.io/en/stable/security/policy/layer3/#dns-based
   */
  public static fqdnPattern(pattern: string): PolicyPeer {
    return new PolicyPeer('FQDNs', (path, prop) => {
      checkDnsName(path, prop, pattern, /^[-A-Za-z0-9_.*]+$/, 'letters, digits, dashes, underscores and stars between dots', 'check the pattern');
      return { matchPattern: pattern };
    });
  }

  private constructor(
    /** @internal */
    public readonly _kind: PeerKind,
    /** @internal */
    public readonly _render: (path: string, prop: string) => any,
  ) {}
}

interface Block {
  readonly address: string;
  readonly mask: number;
}

export function parseBlock(path: string, prop: string, cidr: string): Block | undefined {
  if (Token.isUnresolved(cidr)) {
    return undefined;
  }
  const [address, mask, ...more] = cidr.split('/');
  const bits = isIP(address) === 6 ? 128 : 32;
  if (isIP(address) === 0 || address.includes('%') || more.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(mask ?? '') || Number(mask) > bits) {
    reject(path, prop, cidr, 'a block of addresses, such as 10.0.0.0/8', isIP(cidr) ? `did you mean ${cidr}/${bits}?` : 'use `PolicyPeer.fqdn` for a name');
  }
  return { address, mask: Number(mask) };
}

function blockList({ address, mask }: Block): BlockList {
  const list = new BlockList();
  list.addSubnet(address, mask, family(address));
  return list;
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** Checks a name with Cilium's own pattern, which allows a dot at the end. */
function checkDnsName(path: string, prop: string, name: string, pattern: RegExp, allowed: string, advice: string): void {
  if (!Token.isUnresolved(name) && (name.length > 255 || !pattern.test(name) || /^\.|\.\./.test(name))) {
    reject(path, prop, name, `a DNS name: ${allowed}, at most 255 characters`, advice);
  }
}
