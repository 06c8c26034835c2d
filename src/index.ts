export { AlbController, type AlbControllerCommonOptions, type AlbControllerOptions, type AlbControllerProps, type IAlbController } from './addons/alb-controller';
export { AlbFeatureGate } from './addons/alb-feature-gate';
export { type ChartOptions } from './addons/chart-options';
export { Cilium } from './addons/cilium';
export { CiliumEncryption, type CiliumOptions, type CiliumProps } from './addons/cilium-options';
export { ExternalDns, ExternalDnsPolicy, type ExternalDnsCommonOptions, type ExternalDnsOptions, type ExternalDnsProps } from './addons/external-dns';
export { HubbleTls, type HubbleOptions } from './addons/hubble';
export { NodeLocalDns, NodeLocalDnsMode, type NodeLocalDnsCommonOptions, type NodeLocalDnsOptions, type NodeLocalDnsProps } from './addons/node-local-dns';
export { KubectlProvider, type KubectlProviderProps } from './cluster/kubectl-provider';
export { NodeGroup } from './cluster/node-group';
export { type NodeGroupOptions, type NodeGroupProps } from './cluster/node-group-options';
export { WorkloadIdentity } from './cluster/workload-identity';
export { AlbIngress } from './ingress/alb-ingress';
export { type AlbIngressProps, type IngressListener, type IngressOptions, type WebAclOptions } from './ingress/alb-ingress-props';
export { GrpcService, type GrpcServiceProps } from './ingress/grpc-service';
export { type IngressHealthCheck } from './ingress/health-check';
export { HubbleUiIngress, type HubbleUiIngressProps } from './ingress/hubble-ui-ingress';
export {
  IngressAuthentication, type AuthenticationOptions, type CognitoAuthenticationOptions, type OidcAuthenticationOptions,
} from './ingress/ingress-authentication';
export { type IIngressClass } from './ingress/ingress-class';
export { IngressClassParams } from './ingress/ingress-class-params';
export { type IngressClassParamsProps } from './ingress/ingress-class-params-props';
export { PathType, type IngressBackend, type IngressPath } from './ingress/ingress-path';
export { InternalApi, type InternalApiProps } from './ingress/internal-api';
export { LoadBalancerScheme } from './ingress/load-balancer-scheme';
export { NlbService } from './ingress/nlb-service';
export { type NlbHealthCheck, type NlbPort, type NlbServiceProps } from './ingress/nlb-service-props';
export { PathBasedMicroservices, type PathBasedMicroservicesProps } from './ingress/path-based-microservices';
export { PublicWebApplication, type PublicWebApplicationProps } from './ingress/public-web-application';
export { type HostIngressProps, type ServiceIngressProps } from './ingress/service-ingress-props';
export { WebAcl } from './ingress/web-acl';
export { WebSocketApplication, type WebSocketApplicationProps } from './ingress/web-socket-application';
export { type NetworkOptions, type VpcProps } from './network/network-options';
export { Vpc } from './network/vpc';
export {
  CiliumClusterwideNetworkPolicy, CiliumNetworkPolicy, type CiliumClusterwideNetworkPolicyProps, type CiliumNetworkPolicyProps,
} from './policy/cilium-network-policy';
export { EndpointSelector, LabelExpression } from './policy/endpoint-selector';
export { type LoadBalancerAccess } from './policy/load-balancer-access';
export { Namespace, type INamespace } from './policy/namespace';
export { PodSecurityLevel, type NamespaceOptions, type NamespaceProps } from './policy/namespace-options';
export {
  type CiliumNetworkPolicyOptions, type CiliumPolicyRules, type PolicyDenyRule, type PolicyHttpRule, type PolicyRule,
} from './policy/policy-options';
export { PolicyEntity, PolicyPeer } from './policy/policy-peer';
export { PolicyPort, PolicyProtocol } from './policy/policy-port';
export { EksPlatform } from './platform/eks-platform';
export { type EksPlatformProps } from './platform/eks-platform-props';
export { PlatformProfile } from './platform/platform-profile';
export { type PlatformSettingsOverrides } from './platform/platform-settings-overrides';
export { type PlatformSettings } from './platform/profile-table';
export { IngressAdmissionAction, IngressAdmissionPolicy, type IngressAdmissionPolicyProps } from './rules/ingress-admission-policy';
export { IngressPolicy, type IngressPolicyProps } from './rules/ingress-policy';
export { type IngressRuleOptions } from './rules/ingress-rules';
