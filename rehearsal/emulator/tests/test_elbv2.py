"""Load balancers with their target groups, listeners and rules, and what other services know about them."""

import unittest
from typing import Any
from xml.etree import ElementTree

import elbv2
import iam
from ec2 import security_groups
from ministack.services import acm, alb, ec2, tagging, waf

elbv2.install()
security_groups.install()


def call(action: str, **params: Any) -> tuple[int, ElementTree.Element]:
    """A call as the AWS SDK makes it: lists and maps as dotted names."""
    status, _, body = alb._ACTION_MAP[action](dict(dotted(params)))
    return status, ElementTree.fromstring(body.decode().replace(f' xmlns="{alb.NS}"', ""))


def dotted(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from dotted(each, f"{name}.{key}" if name else key)
    elif isinstance(value, list):
        for number, each in enumerate(value, 1):
            yield from dotted(each, f"{name}.member.{number}")
    else:
        yield name, [str(value)]


class LoadBalancerTest(unittest.TestCase):
    def setUp(self) -> None:
        for store in (alb._lbs, alb._tgs, alb._listeners, alb._rules, alb._tags, ec2._subnets, ec2._security_groups, ec2._internet_gateways,
                      waf._associations):
            store.clear()
        for name, zone in (("subnet-a", "us-east-1a"), ("subnet-b", "us-east-1b"), ("subnet-c", "us-east-1b")):
            ec2._subnets[name] = {"SubnetId": name, "AvailabilityZone": zone, "VpcId": "vpc", "CidrBlock": "10.0.0.0/24"}
        ec2._security_groups["sg-1"] = {"GroupId": "sg-1", "GroupName": "shop", "VpcId": "vpc"}
        acm._certificates["arn:cert"] = {}

    def accepted(self, action: str, **params: Any) -> ElementTree.Element:
        status, answer = call(action, **params)
        self.assertEqual(status, 200, ElementTree.tostring(answer))
        return answer

    def refused(self, code: str, action: str, **params: Any) -> None:
        status, answer = call(action, **params)
        self.assertEqual((status, answer.findtext(".//Code")), (400, code))

    def balancer(self, name: str = "shop", **params: Any) -> str:
        answer = self.accepted("CreateLoadBalancer", Name=name, Scheme="internal", **{"Subnets": ["subnet-a", "subnet-b"], "SecurityGroups": ["sg-1"], **params})
        return answer.findtext(".//LoadBalancerArn") or ""

    def group(self, name: str = "web", **params: Any) -> str:
        return self.accepted("CreateTargetGroup", Name=name, Protocol="HTTP", Port=80, **params).findtext(".//TargetGroupArn") or ""

    def listener(self, balancer: str, group: str, protocol: str = "HTTPS") -> Any:
        certificates = {"Certificates": [{"CertificateArn": "arn:cert"}]} if protocol == "HTTPS" else {}
        return {"LoadBalancerArn": balancer, "Port": 443, "Protocol": protocol, "DefaultActions": [{"Type": "forward", "TargetGroupArn": group}], **certificates}

    def test_a_load_balancer_needs_two_zones_one_subnet_in_each(self) -> None:
        self.refused("ValidationError", "CreateLoadBalancer", Name="shop", Scheme="internal", Subnets=["subnet-a"])
        self.refused("InvalidConfigurationRequest", "CreateLoadBalancer", Name="shop", Scheme="internal", Subnets=["subnet-b", "subnet-c"])

    def test_one_that_faces_the_internet_needs_an_internet_gateway(self) -> None:
        self.refused("InvalidSubnet", "CreateLoadBalancer", Name="shop", Scheme="internet-facing", Subnets=["subnet-a", "subnet-b"])

    def test_a_protected_one_is_not_deleted(self) -> None:
        arn = self.balancer()
        self.accepted("ModifyLoadBalancerAttributes", LoadBalancerArn=arn, Attributes=[{"Key": "deletion_protection.enabled", "Value": "true"}])
        self.refused("OperationNotPermitted", "DeleteLoadBalancer", LoadBalancerArn=arn)

    def test_its_listeners_rules_and_web_acl_are_deleted_with_it(self) -> None:
        arn = self.balancer()
        listener = self.accepted("CreateListener", **self.listener(arn, self.group())).findtext(".//ListenerArn")
        self.accepted("CreateRule", ListenerArn=listener, Priority=1, Conditions=[{"Field": "path-pattern"}], Actions=[{"Type": "fixed-response"}])
        waf._associations[arn] = "acl"
        self.accepted("DeleteLoadBalancer", LoadBalancerArn=arn)
        self.assertEqual([len(store) for store in (alb._lbs, alb._listeners, alb._rules, waf._associations)], [0, 0, 0, 0])

    def test_a_target_group_of_grpc_keeps_its_version_and_its_codes(self) -> None:
        self.group(ProtocolVersion="GRPC", Matcher={"GrpcCode": "0"})
        answer = self.accepted("DescribeTargetGroups")
        self.assertEqual([answer.findtext(f".//{name}") for name in ("ProtocolVersion", "GrpcCode")], ["GRPC", "0"])
        self.refused("ValidationError", "CreateTargetGroup", Name="other", Protocol="HTTP", ProtocolVersion="GRPC", Matcher={"HttpCode": "200"})

    def test_a_health_check_ends_before_the_next_one_and_with_tcp_at_the_latest_with_it(self) -> None:
        times = {"HealthCheckIntervalSeconds": 10, "HealthCheckTimeoutSeconds": 10}
        self.refused("ValidationError", "CreateTargetGroup", Name="web", Protocol="HTTP", Port=80, **times)
        self.accepted("CreateTargetGroup", Name="web", Protocol="TCP", Port=80, **times)

    def test_grpc_and_authentication_need_https(self) -> None:
        arn, grpc = self.balancer(), self.group(ProtocolVersion="GRPC")
        self.refused("InvalidLoadBalancerAction", "CreateListener", **self.listener(arn, grpc, "HTTP"))
        login = {**self.listener(arn, grpc, "HTTP"), "DefaultActions": [{"Type": "authenticate-oidc"}]}
        self.refused("InvalidLoadBalancerAction", "CreateListener", **login)
        self.accepted("CreateListener", **self.listener(arn, grpc))

    def test_https_needs_a_certificate_that_exists(self) -> None:
        wanted = self.listener(self.balancer(), self.group())
        self.refused("ValidationError", "CreateListener", **{**wanted, "Certificates": []})
        self.refused("CertificateNotFound", "CreateListener", **{**wanted, "Certificates": [{"CertificateArn": "arn:other"}]})

    def test_a_used_target_group_is_not_deleted_and_has_one_load_balancer(self) -> None:
        group = self.group()
        self.accepted("CreateListener", **self.listener(self.balancer(), group))
        self.refused("ResourceInUse", "DeleteTargetGroup", TargetGroupArn=group)
        self.refused("TargetGroupAssociationLimit", "CreateListener", **self.listener(self.balancer("other"), group))

    def test_a_security_group_of_a_load_balancer_is_not_deleted(self) -> None:
        self.balancer()
        self.assertIn(b"DependencyViolation", ec2._ACTION_MAP["DeleteSecurityGroup"]({"GroupId": ["sg-1"]})[2])

    def test_a_rule_has_five_values_at_most(self) -> None:
        listener = self.accepted("CreateListener", **self.listener(self.balancer(), self.group())).findtext(".//ListenerArn")
        paths = [{"Field": "path-pattern", "PathPatternConfig": {"Values": [f"/{number}" for number in range(6)]}}]
        self.refused("ValidationError", "CreateRule", ListenerArn=listener, Priority=1, Conditions=paths, Actions=[{"Type": "fixed-response"}])

    def test_iam_knows_the_tags_of_load_balancers(self) -> None:
        iam.install()
        arn = self.balancer(Tags=[{"Key": "team", "Value": "shop"}])
        self.assertEqual(tagging.resource_tags(arn), {"team": "shop"})


if __name__ == "__main__":
    unittest.main()
