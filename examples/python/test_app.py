import aws_cdk as cdk
from aws_cdk import assertions

from app import shop


def template_of(name: str) -> assertions.Template:
    app = cdk.App()
    shop(app)
    return assertions.Template.from_stack(cdk.Stack.of(app.node.find_child(f"shop-{name}")))


def test_each_environment_has_a_cluster_of_its_own():
    for name in ("dev", "staging", "prod"):
        template_of(name).has_resource_properties("AWS::EKS::Cluster", {"Name": f"shop-{name}"})


def test_no_pod_network_but_ciliums():
    template = template_of("dev")
    template.has_resource_properties("AWS::EKS::Cluster", {"BootstrapSelfManagedAddons": False})
    template.has_resource_properties("Custom::AWSCDK-EKS-HelmChart", {"Release": "cilium"})


def test_prod_can_not_be_deleted_by_mistake():
    template_of("prod").has_resource_properties("AWS::EKS::Cluster", {"DeletionProtection": True})
