/**
 * How a controller's pods get AWS credentials.
 */
export enum WorkloadIdentity {
  /**
   * IAM Roles for Service Accounts: the cluster's OpenID Connect provider vouches for the pod.
   *
   * @see https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html
   */
  IRSA = 'irsa',

  /**
   * EKS Pod Identity: an agent on each node hands out the credentials.
   *
   * Defines the `eks-pod-identity-agent` add-on, once for each cluster that is defined
   * with CDK; an imported cluster must have it already.
   *
   * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html
   */
  POD_IDENTITY = 'pod-identity',
}
