"""Target groups, their health checks, and what forwards to them."""

from elbv2.records import Record, Refused, arn_of, fields_of, keep, known, selected
from ministack.services import alb


def _create_target_group(params: Record) -> Record:
    name = params["Name"]
    if any(group["TargetGroupName"] == name for group in alb._tgs.values()):
        raise Refused("DuplicateTargetGroupName", f"A target group with the name '{name}' already exists")
    arn = arn_of(f"targetgroup/{name}/{alb._short_id()}")
    layer_7 = params["Protocol"] in ("HTTP", "HTTPS")
    grpc = params.get("ProtocolVersion") == "GRPC"
    checked = params.get("HealthCheckProtocol", "HTTP" if layer_7 else "TCP") in ("HTTP", "HTTPS")
    if "Matcher" in params and grpc != ("GrpcCode" in params["Matcher"]):
        raise Refused("ValidationError", "Health check matcher must be of gRPC codes for protocol version GRPC, and of HTTP codes for others")
    record = {
        "TargetType": "instance", **({"ProtocolVersion": "HTTP1"} if layer_7 else {}),
        "HealthCheckEnabled": True, "HealthCheckProtocol": "HTTP" if layer_7 else "TCP", "HealthCheckPort": "traffic-port",
        **({"HealthCheckPath": "/AWS.ALB/healthcheck" if grpc else "/"} if checked else {}),
        **({"Matcher": {"GrpcCode": "12"} if grpc else {"HttpCode": "200"}} if checked else {}),
        "HealthCheckIntervalSeconds": 30, "HealthCheckTimeoutSeconds": 5, "HealthyThresholdCount": 5, "UnhealthyThresholdCount": 2,
        **fields_of(params), "TargetGroupArn": arn, "TargetGroupName": name, "LoadBalancerArns": [],
    }
    record.pop("Name")
    _check_health(record)
    keep(alb._tgs, arn, record, params)
    alb._targets[arn] = []
    alb._tg_attrs[arn] = [{"Key": key, "Value": value} for key, value in (
        ("deregistration_delay.timeout_seconds", "300"), ("stickiness.enabled", "false"),
        ("stickiness.type", "lb_cookie" if layer_7 else "source_ip"),
        *([("stickiness.lb_cookie.duration_seconds", "86400"), ("slow_start.duration_seconds", "0")] if layer_7 else []),
    )]
    return {"TargetGroups": [record]}


def _check_health(group: Record) -> None:
    interval, timeout = int(group["HealthCheckIntervalSeconds"]), int(group["HealthCheckTimeoutSeconds"])
    if timeout > interval or timeout == interval and group["Protocol"] in ("HTTP", "HTTPS"):
        raise Refused("ValidationError", "Health check timeout must be smaller than the interval")


def _describe_target_groups(params: Record) -> Record:
    found = selected(alb._tgs, params.get("TargetGroupArns"), "TargetGroupNotFound")
    names, balancer = params.get("Names"), params.get("LoadBalancerArn")
    return {"TargetGroups": [group for group in map(_with_balancers, found) if (not names or group["TargetGroupName"] in names)
                             and (not balancer or balancer in group["LoadBalancerArns"])]}


def _with_balancers(group: Record) -> Record:
    return {**group, "LoadBalancerArns": sorted(balancers_of(group["TargetGroupArn"]))}


def balancers_of(group: str) -> set[str]:
    """The load balancers with a listener or a rule that forwards to a target group."""
    using = [each for each in alb._listeners.values() if group in forwarded(each.get("DefaultActions", []))]
    using += [alb._listeners[rule["ListenerArn"]] for rule in alb._rules.values() if group in forwarded(rule["Actions"])]
    return {each["LoadBalancerArn"] for each in using}


def forwarded(actions: list[Record]) -> set[str]:
    groups = {group["TargetGroupArn"] for action in actions for group in action.get("ForwardConfig", {}).get("TargetGroups", [])}
    return groups | {action["TargetGroupArn"] for action in actions if "TargetGroupArn" in action}


def _modify_target_group(params: Record) -> Record:
    group = known(alb._tgs, params["TargetGroupArn"], "TargetGroupNotFound")
    changed = {**group, **fields_of(params)}
    _check_health(changed)
    group.update(changed)
    return {"TargetGroups": [_with_balancers(group)]}


def _delete_target_group(params: Record) -> Record:
    arn = params["TargetGroupArn"]
    if balancers_of(arn):
        raise Refused("ResourceInUse", f"Target group '{arn}' is currently in use by a listener or a rule")
    for store in (alb._tgs, alb._tg_attrs, alb._targets, alb._tags):
        store.pop(arn, None)
    return {}


HANDLERS = {
    "CreateTargetGroup": _create_target_group, "DescribeTargetGroups": _describe_target_groups,
    "ModifyTargetGroup": _modify_target_group, "DeleteTargetGroup": _delete_target_group,
}
