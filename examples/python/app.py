"""The shop's Kubernetes platforms: a stack and a cluster for each environment."""

import aws_cdk as cdk
import org_eks_platform as eksplatform
from aws_cdk import aws_iam as iam
from aws_cdk import aws_route53 as route53

# Put your hosted zones here: ExternalDNS writes to no others.
ENVIRONMENTS = {
    "dev": (eksplatform.PlatformProfile.DEV, "dev.example.com", "Z0123456789EXAMPLEDEV"),
    "staging": (eksplatform.PlatformProfile.STAGING, "staging.example.com", "Z0123456789EXAMPLESTG"),
    "prod": (eksplatform.PlatformProfile.PROD, "example.com", "Z0123456789EXAMPLEPRD"),
}

# The roles that may use kubectl, such as "arn:aws:iam::123456789012:role/Admin". They must exist.
ADMINS: list[str] = []


def shop(app: cdk.App) -> None:
    """Defines the platforms: in the account and region that `cdk deploy` has credentials for."""
    for name, (profile, zone_name, hosted_zone_id) in ENVIRONMENTS.items():
        stack = cdk.Stack(
            app,
            f"shop-{name}",
            description=f"The shop's Kubernetes platform: {name}",
            termination_protection=profile.settings.deletion_protection,
        )
        zone = route53.HostedZone.from_hosted_zone_attributes(
            stack, "Zone", zone_name=zone_name, hosted_zone_id=hosted_zone_id
        )
        eksplatform.EksPlatform(
            stack,
            "Platform",
            cluster_name=f"shop-{name}",
            profile=profile,
            hosted_zones=[zone],
            admins=[iam.Role.from_role_arn(stack, f"Admin{index}", arn) for index, arn in enumerate(ADMINS)],
        )


if __name__ == "__main__":
    app = cdk.App()
    shop(app)
    app.synth()
