import { Token, Tokenization } from 'aws-cdk-lib';
import type { Json } from '../cdk/merge';
import { reject } from '../cdk/reject';

/**
 * A transport protocol.
 */
export enum PolicyProtocol {
  /** TCP. */
  TCP = 'TCP',

  /** UDP. */
  UDP = 'UDP',

  /** SCTP, which Cilium supports if its chart's value `sctp.enabled` is true. */
  SCTP = 'SCTP',
}

/**
 * A port of the pod or host to which a connection is made, or a type of ICMP message.
 *
 * Ports are those on which pods listen, not those of a Service in front of them.
 *
 * @see https://docs.cilium.io/en/stable/security/policy/layer4/
 */
export class PolicyPort {
  /**
   * A TCP port.
   *
   * @param port 1 to 65535
   */
  public static tcp(port: number): PolicyPort {
    return PolicyPort.range(PolicyProtocol.TCP, port);
  }

  /**
   * A range of TCP ports.
   *
   * @param startPort its first port, 1 to 65535
   * @param endPort its last port
   */
  public static tcpRange(startPort: number, endPort: number): PolicyPort {
    return PolicyPort.range(PolicyProtocol.TCP, startPort, endPort);
  }

  /**
   * A UDP port.
   *
   * @param port 1 to 65535
   */
  public static udp(port: number): PolicyPort {
    return PolicyPort.range(PolicyProtocol.UDP, port);
  }

  /**
   * A range of UDP ports.
   *
   * @param startPort its first port, 1 to 65535
   * @param endPort its last port
   */
  public static udpRange(startPort: number, endPort: number): PolicyPort {
    return PolicyPort.range(PolicyProtocol.UDP, startPort, endPort);
  }

  /**
   * An SCTP port, which Cilium supports if its chart's value `sctp.enabled` is true.
   *
   * @param port 1 to 65535
   */
  public static sctp(port: number): PolicyPort {
    return PolicyPort.range(PolicyProtocol.SCTP, port);
  }

  /**
   * A port in every protocol: TCP, UDP and SCTP.
   *
   * @param port 1 to 65535
   */
  public static anyProtocol(port: number): PolicyPort {
    return PolicyPort.range(undefined, port);
  }

  /**
   * A port by its name in the pod's container. Only ports of pods have names.
   *
   * @param name at most 15 letters, digits and dashes
   * @param protocol the port's protocol, TCP unless given
   */
  public static named(name: string, protocol: PolicyProtocol = PolicyProtocol.TCP): PolicyPort {
    return new PolicyPort({ port: name, protocol }, protocol, (path, prop) => {
      if (!Token.isUnresolved(name) && (name.length > 15 || !/^[A-Za-z0-9-]+$/.test(name) || !/[A-Za-z]/.test(name) || /^-|--|-$/.test(name))) {
        reject(path, prop, name, 'a name of at most 15 letters, digits and single dashes, with a letter in it', 'give the name of the container\'s port');
      }
    });
  }

  /**
   * An ICMP echo request: ping.
   */
  public static icmpPing(): PolicyPort {
    return PolicyPort.icmpType(8);
  }

  /**
   * An ICMP message over IPv4.
   *
   * @param messageType its type, 0 to 255
   * @see https://www.iana.org/assignments/icmp-parameters
   */
  public static icmpType(messageType: number): PolicyPort {
    return new PolicyPort({ family: 'IPv4', type: messageType }, undefined, (path, prop) => {
      checkNumber(path, prop, messageType, 0, 255, 'give the number of the ICMP type');
    });
  }

  private static range(protocol: PolicyProtocol | undefined, first: number, last?: number): PolicyPort {
    const wire = {
      port: Token.isUnresolved(first) ? Tokenization.stringifyNumber(first) : `${first}`,
      ...last === undefined ? {} : { endPort: last },
      ...protocol ? { protocol } : {},
    };
    return new PolicyPort(wire, protocol, (path, prop) => {
      checkNumber(path, prop, first, 1, 65535, 'leave `ports` out for every port');
      if (last !== undefined) {
        checkNumber(path, prop, last, Token.isUnresolved(first) ? 1 : first, 65535, 'give the first port of the range before its last');
      }
    });
  }

  private constructor(
    private readonly wire: Json,
    private readonly protocol: PolicyProtocol | undefined,
    private readonly check: (path: string, prop: string) => void,
  ) {}

  /** @internal */
  public get _isIcmp(): boolean {
    return 'type' in this.wire;
  }

  /** @internal */
  public get _isTcp(): boolean {
    return this.protocol === PolicyProtocol.TCP;
  }

  /** @internal */
  public _render(path: string, prop: string): Json {
    this.check(path, prop);
    return this.wire;
  }
}

function checkNumber(path: string, prop: string, given: number, least: number, most: number, advice: string): void {
  if (!Token.isUnresolved(given) && (!Number.isInteger(given) || given < least || given > most)) {
    reject(path, prop, given, `a whole number from ${least} to ${most}`, advice);
  }
}
