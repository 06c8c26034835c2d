import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { NlbPort } from './nlb-service-props';
import { numeral } from './written';
import type { Json } from '../cdk/merge';

/** The protocol of a port. */
export function protocolOf(port: NlbPort): elbv2.Protocol {
  return port.protocol ?? elbv2.Protocol.TCP;
}

/** Kubernetes knows no TLS, and takes both protocols of a port as two ports. */
export function servicePorts(ports: NlbPort[]): Json[] {
  return ports.flatMap(port => {
    const protocols = { [elbv2.Protocol.UDP]: ['UDP'], [elbv2.Protocol.TCP_UDP]: ['TCP', 'UDP'] }[protocolOf(port) as string] ?? ['TCP'];
    return protocols.map(protocol => ({
      name: `${protocol.toLowerCase()}-${numeral(port.port)}`, protocol, port: port.port, targetPort: port.targetPort ?? port.port,
    }));
  });
}
