"""What load balancers are there, as JSON, with all that belongs to them. Runs on boto3, with the credentials of the environment."""

import json

import boto3

ec2, elb, waf = boto3.client("ec2"), boto3.client("elbv2"), boto3.client("wafv2")


def pairs(items):
    return {item["Key"]: item["Value"] for item in items}


def tags(arn):
    return pairs(elb.describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"])


def listener(each):
    rules = elb.describe_rules(ListenerArn=each["ListenerArn"])["Rules"]
    return {
        "port": each["Port"], "protocol": each["Protocol"], "policy": each.get("SslPolicy"),
        "certificates": [one["CertificateArn"] for one in each.get("Certificates", [])],
        "redirects": [action["RedirectConfig"] for action in each["DefaultActions"] if action["Type"] == "redirect"],
        "rules": [{
            "hosts": [value for one in rule["Conditions"] if one["Field"] == "host-header" for value in one["HostHeaderConfig"]["Values"]],
            "paths": [value for one in rule["Conditions"] if one["Field"] == "path-pattern" for value in one["PathPatternConfig"]["Values"]],
            "actions": [action["Type"] for action in rule["Actions"]],
        } for rule in rules if not rule["IsDefault"]],
    }


def group(each):
    arn = each["TargetGroupArn"]
    return {
        "name": each["TargetGroupName"], "type": each["TargetType"], "version": each.get("ProtocolVersion"),
        "path": each.get("HealthCheckPath"), "interval": each["HealthCheckIntervalSeconds"], "timeout": each["HealthCheckTimeoutSeconds"],
        "healthy": each["HealthyThresholdCount"], "unhealthy": each["UnhealthyThresholdCount"],
        "codes": next(iter(each.get("Matcher", {}).values()), None),
        "attributes": pairs(elb.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"]),
        "targets": len(elb.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]), "tags": tags(arn),
    }


def opened(groups):
    """The groups that let one of these in."""
    return [group["GroupId"] for group in ec2.describe_security_groups()["SecurityGroups"]
            if any(pair.get("GroupId") in groups for rule in group["IpPermissions"] for pair in rule["UserIdGroupPairs"])]


def balancer(each):
    arn = each["LoadBalancerArn"]
    return {
        "dns": each["DNSName"], "scheme": each["Scheme"], "tags": tags(arn),
        "attributes": pairs(elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]),
        "webAcl": (waf.get_web_acl_for_resource(ResourceArn=arn).get("WebACL") or {}).get("ARN"),
        "opened": opened(each.get("SecurityGroups", [])),
        "listeners": [listener(one) for one in elb.describe_listeners(LoadBalancerArn=arn)["Listeners"]],
        "targetGroups": [group(one) for one in elb.describe_target_groups(LoadBalancerArn=arn)["TargetGroups"]],
    }


print(json.dumps([balancer(each) for each in elb.describe_load_balancers()["LoadBalancers"]]))
