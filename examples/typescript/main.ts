import * as eksplatform from '@org/eks-platform';
import { App, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as route53 from 'aws-cdk-lib/aws-route53';

const { DEV, STAGING, PROD } = eksplatform.PlatformProfile;

/** The environments, each a stack and a cluster of its own. Put your hosted zones here: ExternalDNS writes to no others. */
const ENVIRONMENTS = {
  dev: { profile: DEV, zoneName: 'dev.example.com', hostedZoneId: 'Z0123456789EXAMPLEDEV' },
  staging: { profile: STAGING, zoneName: 'staging.example.com', hostedZoneId: 'Z0123456789EXAMPLESTG' },
  prod: { profile: PROD, zoneName: 'example.com', hostedZoneId: 'Z0123456789EXAMPLEPRD' },
};

/** The roles that may use kubectl, such as 'arn:aws:iam::123456789012:role/Admin'. They must exist. */
const ADMINS: string[] = [];

/** Defines the shop's platforms: in the account and region that `cdk deploy` has credentials for. */
export function shop(app: App): void {
  for (const [name, { profile, ...zone }] of Object.entries(ENVIRONMENTS)) {
    const stack = new Stack(app, `shop-${name}`, {
      description: `The shop's Kubernetes platform: ${name}`,
      terminationProtection: profile.settings.deletionProtection,
    });
    new eksplatform.EksPlatform(stack, 'Platform', {
      clusterName: `shop-${name}`,
      profile,
      hostedZones: [route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', zone)],
      admins: ADMINS.map((arn, index) => iam.Role.fromRoleArn(stack, `Admin${index}`, arn)),
    });
  }
}

if (require.main === module) {
  const app = new App();
  shop(app);
  app.synth();
}
