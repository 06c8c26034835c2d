import { Stack, type App } from 'aws-cdk-lib';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { EksPlatform } from '@org/eks-platform';

/** A dev platform with one hosted zone, all add-ons in it. */
export function define(app: App): void {
  const stack = new Stack(app, 'Shop');
  new EksPlatform(stack, 'Platform', {
    clusterName: 'shop',
    hostedZones: [
      route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { zoneName: 'example.com', hostedZoneId: 'Z0123456789ABCDEFGHIJ' }),
    ],
  });
}
