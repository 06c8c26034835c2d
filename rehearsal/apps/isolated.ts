import { join } from 'path';
import { App, Stack } from 'aws-cdk-lib';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { EksPlatform } from '../../src';

/** The stand-in charts, or those that a rehearsal with real charts is given. */
const CHARTS = process.env.CHARTS_DIR ?? join(__dirname, '..', 'charts', 'stand-ins');

/** A platform without a way to the internet, whose charts are assets. */
export function isolated(app: App): Stack {
  const stack = new Stack(app, 'isolated');
  const chart = (name: string) => ({ chartAsset: new Asset(stack, name, { path: join(CHARTS, name) }) });
  new EksPlatform(stack, 'Platform', {
    clusterName: 'isolated',
    network: { isolated: true },
    imageRegistry: '111122223333.dkr.ecr.us-east-1.amazonaws.com/mirror',
    hostedZones: [route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { zoneName: 'isolated.example.com', hostedZoneId: 'Z0123456789EXAMPLEISO' })],
    cilium: chart('cilium'),
    albController: chart('aws-load-balancer-controller'),
    externalDns: chart('external-dns'),
  });
  return stack;
}

if (require.main === module) {
  const app = new App();
  isolated(app);
  app.synth();
}
