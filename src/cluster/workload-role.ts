import { Aws, Fn } from 'aws-cdk-lib';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { WorkloadIdentity } from './workload-identity';

export interface WorkloadRoleProps {
  readonly cluster: eks.ICluster;
  readonly identity?: WorkloadIdentity;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly statements: iam.PolicyStatement[];
}

/**
 * The role of one service account.
 *
 * What depends on this construct is created after the role, its policy and its association, and deleted
 * before them. The chart creates the service account.
 */
export class WorkloadRole extends Construct {
  public readonly role: iam.Role;

  /** The service account's annotations: what IRSA needs, nothing with Pod Identity. */
  public readonly annotations: { readonly [key: string]: string };

  /** Helm values for the pods, which all charts name alike. They change with the kind of identity, as pods get credentials only when they start. */
  public readonly podValues: { readonly podAnnotations?: { readonly [key: string]: string } };

  constructor(scope: Construct, id: string, props: WorkloadRoleProps) {
    super(scope, id);
    const podIdentity = props.identity === WorkloadIdentity.POD_IDENTITY;
    this.role = new iam.Role(this, 'Resource', {
      description: `${props.namespace}/${props.serviceAccount}`,
      assumedBy: podIdentity ? podIdentityPrincipal(props) : new iam.OpenIdConnectPrincipal(props.cluster.openIdConnectProvider),
      // Inside the role: CloudFormation can't delete one and leave the other.
      inlinePolicies: { Workload: new iam.PolicyDocument({ statements: props.statements, minimize: false }) },
    });
    if (podIdentity) {
      this.associate(props);
    } else {
      this.trustServiceAccount(props);
    }
    this.annotations = podIdentity ? {} : { 'eks.amazonaws.com/role-arn': this.role.roleArn };
    this.podValues = podIdentity ? { podAnnotations: { 'eks-platform/identity': 'pod-identity' } } : {};
  }

  private associate(props: WorkloadRoleProps) {
    const association = new eks.CfnPodIdentityAssociation(this, 'Association', {
      clusterName: props.cluster.clusterName,
      namespace: props.namespace,
      serviceAccount: props.serviceAccount,
      roleArn: this.role.roleArn,
    });
    const agent = props.cluster.eksPodIdentityAgent;
    if (agent) {
      association.node.addDependency(agent);
    }
  }

  /**
   * The issuer is known at deployment only, so it can't be a key of a JSON object. The policy is written
   * as text, which CloudFormation takes as well: CDK's own way needs a custom resource.
   */
  private trustServiceAccount(props: WorkloadRoleProps) {
    const provider = props.cluster.openIdConnectProvider;
    const trust = {
      Version: '2012-10-17',
      Statement: [{
        Effect: 'Allow',
        Action: 'sts:AssumeRoleWithWebIdentity',
        Principal: { Federated: '${Provider}' },
        Condition: {
          StringEquals: {
            '${Issuer}:aud': 'sts.amazonaws.com',
            '${Issuer}:sub': `system:serviceaccount:${props.namespace}:${props.serviceAccount}`,
          },
        },
      }],
    };
    (this.role.node.defaultChild as iam.CfnRole).assumeRolePolicyDocument = Fn.sub(JSON.stringify(trust), {
      Provider: provider.openIdConnectProviderArn,
      Issuer: provider.openIdConnectProviderIssuer,
    });
  }
}

/** @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html */
function podIdentityPrincipal({ cluster, namespace, serviceAccount }: WorkloadRoleProps): iam.IPrincipal {
  return new iam.PrincipalWithConditions(new iam.ServicePrincipal('pods.eks.amazonaws.com'), {
    StringEquals: {
      'aws:SourceAccount': Aws.ACCOUNT_ID,
      'aws:RequestTag/eks-cluster-name': cluster.clusterName,
      'aws:RequestTag/kubernetes-namespace': namespace,
      'aws:RequestTag/kubernetes-service-account': serviceAccount,
    },
  }).withSessionTags();
}
