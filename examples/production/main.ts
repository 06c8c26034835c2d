import * as eksplatform from '@org/eks-platform';
import { App, Stack, Tags } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { applications } from './applications';

/** Put yours here: the zone, a certificate of it with `*.example.com`, and the role that may use kubectl. */
const ZONE = { zoneName: 'example.com', hostedZoneId: 'Z0123456789EXAMPLEPRD' };
const CERTIFICATE = 'arn:aws:acm:eu-central-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef';
const ADMIN = 'arn:aws:iam::123456789012:role/Admin';

/** Production as we run it: at least three nodes, and no more than we pay for. */
const PROFILE = eksplatform.PlatformProfile.PROD.customize({ nodeMinSize: 3, nodeMaxSize: 9 });

/** Defines the platform and what runs on it. */
export function production(app: App): Stack {
  const stack = new Stack(app, 'shop-production', {
    description: 'The shop in production',
    terminationProtection: PROFILE.settings.deletionProtection,
  });
  Tags.of(stack).add('Environment', 'production');
  Tags.of(stack).add('Team', 'shop');
  const platform = new eksplatform.EksPlatform(stack, 'Platform', {
    clusterName: 'shop',
    profile: PROFILE,
    hostedZones: [route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', ZONE)],
    admins: [iam.Role.fromRoleArn(stack, 'Admin', ADMIN)],
  });
  applications(platform, acm.Certificate.fromCertificateArn(stack, 'Certificate', CERTIFICATE));
  return stack;
}

if (require.main === module) {
  const app = new App();
  production(app);
  app.synth();
}
