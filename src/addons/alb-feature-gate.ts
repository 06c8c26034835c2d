/**
 * The feature gates of the AWS Load Balancer Controller 3.5, by the names that it knows.
 *
 * The controller does not start with a name that it does not know.
 *
 * @see https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/pkg/config/feature_gates.go
 */
export enum AlbFeatureGate {
  /** An agent can control the targets of an ALB. Off by default. */
  ALB_TARGET_CONTROL_AGENT = 'ALBTargetControlAgent',
  /** Gateway API for ALBs. Turned off by this library: it needs the CRDs of the Gateway API. */
  ALB_GATEWAY_API = 'ALBGatewayAPI',
  /** An ALB can be in a single subnet. Off by default. */
  ALB_SINGLE_SUBNET = 'ALBSingleSubnet',
  /** The controller asks ACM for certificates. Its role needs more rights for that. Off by default. */
  ENABLE_CERTIFICATE_MANAGEMENT = 'EnableCertificateManagement',
  /** Tags of an Ingress win over the controller's default tags. Off by default. */
  ENABLE_DEFAULT_TAGS_LOW_PRIORITY = 'EnableDefaultTagsLowPriority',
  /** The newer set of defaults. Off by default. */
  ENABLE_ENHANCED_DEFAULT_BEHAVIOR = 'EnhancedDefaultBehavior',
  /** Targets can be the addresses of pods. On by default, and needed here. */
  ENABLE_IP_TARGET_TYPE = 'EnableIPTargetType',
  /** Tags are read through the Resource Groups Tagging API. The role needs tag:GetResources for that. Off by default. */
  ENABLE_RGT_API = 'EnableRGTAPI',
  /** The controller serves Services. On by default. */
  ENABLE_SERVICE_CONTROLLER = 'EnableServiceController',
  /** One listener for a port's TCP and UDP. Off by default. */
  ENABLE_TCP_UDP_LISTENER = 'EnableTCPUDPListener',
  /** Targets stay when the state of their pods can't be read. On by default. */
  ENDPOINTS_FAIL_OPEN = 'EndpointsFailOpen',
  /** Listener sets of the Gateway API. Turned off by this library: it needs the CRDs of the Gateway API. */
  GATEWAY_LISTENER_SET = 'GatewayListenerSet',
  /** The controller manages Global Accelerators. Its role needs more rights for that. Off by default. */
  GLOBAL_ACCELERATOR_CONTROLLER = 'GlobalAcceleratorController',
  /** An annotation can ask for a dry run of an Ingress. Off by default. */
  INGRESS_PLAN_ANNOTATION = 'IngressPlanAnnotation',
  /** Capacity of load balancers can be reserved. On by default. */
  LB_CAPACITY_RESERVATION = 'LBCapacityReservation',
  /** Listener rules are tagged. On by default. */
  LISTENER_RULES_TAGGING = 'ListenerRulesTagging',
  /** Gateway API for NLBs. Turned off by this library: it needs the CRDs of the Gateway API. */
  NLB_GATEWAY_API = 'NLBGatewayAPI',
  /** Health checks of NLBs can be configured in full. On by default. */
  NLB_HEALTH_CHECK_ADVANCED_CONFIG = 'NLBHealthCheckAdvancedConfig',
  /** NLBs have security groups. On by default. */
  NLB_SECURITY_GROUP = 'NLBSecurityGroup',
  /** The controller ignores all Services but those of type LoadBalancer. Off by default. */
  SERVICE_TYPE_LOAD_BALANCER_ONLY = 'ServiceTypeLoadBalancerOnly',
  /** Subnets without tags are found by where their route tables lead. On by default. */
  SUBNET_DISCOVERY_BY_REACHABILITY = 'SubnetDiscoveryByReachability',
  /** Subnets that carry another cluster's tag are left out. On by default. */
  SUBNETS_CLUSTER_TAG_CHECK = 'SubnetsClusterTagCheck',
  /** A rule can split traffic between target groups by weight. On by default. */
  WEIGHTED_TARGET_GROUPS = 'WeightedTargetGroups',
}
