"""The platform of ../library.ts: dev, with all add-ons and one hosted zone."""

import org_eks_platform as eksplatform
from aws_cdk import App, Stack
from aws_cdk import aws_route53 as route53

app = App()
stack = Stack(app, "Shop")
zone = route53.HostedZone.from_hosted_zone_attributes(
    stack, "Zone", zone_name="example.com", hosted_zone_id="Z0123456789ABCDEFGHIJ"
)
eksplatform.EksPlatform(stack, "Platform", cluster_name="shop", hosted_zones=[zone])
app.synth()
