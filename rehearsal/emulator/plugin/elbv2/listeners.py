"""Listeners, their certificates and rules."""

from elbv2.records import Record, Refused, fields_of, keep, known, selected
from elbv2.target_groups import balancers_of, forwarded
from ministack.services import acm, alb

_SECURE = ("HTTPS", "TLS")


def _create_listener(params: Record) -> Record:
    balancer = known(alb._lbs, params["LoadBalancerArn"], "LoadBalancerNotFound")
    if any(each["LoadBalancerArn"] == params["LoadBalancerArn"] and each["Port"] == params["Port"] for each in alb._listeners.values()):
        raise Refused("DuplicateListener", f"A listener already exists on port {params['Port']} for this load balancer")
    listener = {**({"SslPolicy": "ELBSecurityPolicy-2016-08"} if params["Protocol"] in _SECURE else {}), **fields_of(params)}
    _check_listener(listener)
    _check_actions(listener["DefaultActions"], listener)
    arn = f"{balancer['LoadBalancerArn'].replace(':loadbalancer/', ':listener/')}/{alb._short_id()}"
    listener["ListenerArn"] = arn
    keep(alb._listeners, arn, listener, params)
    alb._listener_attrs[arn] = [{"Key": "routing.http.response.server.enabled", "Value": "true"}]
    default = f"{arn.replace(':listener/', ':listener-rule/')}/{alb._short_id()}"
    keep(alb._rules, default, {
        "RuleArn": default, "ListenerArn": arn, "Priority": "default", "Conditions": [], "Actions": listener["DefaultActions"], "IsDefault": True,
    }, {})
    return {"Listeners": [listener]}


def _check_listener(listener: Record) -> None:
    secure, certificates = listener["Protocol"] in _SECURE, listener.get("Certificates", [])
    if secure != bool(certificates):
        raise Refused("ValidationError", f"A certificate must be specified for {listener['Protocol']} listeners" if secure
                      else f"A certificate cannot be specified for {listener['Protocol']} listeners")
    for certificate in certificates:
        _check_certificate(certificate["CertificateArn"])


def _check_certificate(arn: str) -> None:
    if arn not in acm._certificates:
        raise Refused("CertificateNotFound", f"Certificate ARN '{arn}' is not valid")


def _check_actions(actions: list[Record], listener: Record) -> None:
    for group in forwarded(actions):
        record = known(alb._tgs, group, "TargetGroupNotFound")
        if record.get("ProtocolVersion") == "GRPC" and listener["Protocol"] != "HTTPS":
            raise Refused("InvalidLoadBalancerAction",
                          f"Listener protocol '{listener['Protocol']}' is not supported with a target group with the protocol-version 'GRPC'")
        if balancers_of(group) - {listener["LoadBalancerArn"]}:
            raise Refused("TargetGroupAssociationLimit",
                          f"The following target groups cannot be associated with more than one load balancer: {group}")
    for action in actions:
        if action["Type"].startswith("authenticate-") and listener["Protocol"] != "HTTPS":
            raise Refused("InvalidLoadBalancerAction", f"Actions of type '{action['Type']}' are supported only on HTTPS listeners")


def _describe_listeners(params: Record) -> Record:
    found = selected(alb._listeners, params.get("ListenerArns"), "ListenerNotFound")
    balancer = params.get("LoadBalancerArn")
    return {"Listeners": [_public(each) for each in found if balancer in (None, each["LoadBalancerArn"])]}


def _public(listener: Record) -> Record:
    """Without the certificates other than the default one, which have their own list."""
    return {name: value for name, value in listener.items() if name != "MoreCertificates"}


def _modify_listener(params: Record) -> Record:
    listener = known(alb._listeners, params["ListenerArn"], "ListenerNotFound")
    changed = {**listener, **fields_of(params)}
    _check_listener(changed)
    _check_actions(changed["DefaultActions"], changed)
    listener.update(changed)
    for rule in alb._rules.values():
        if rule["ListenerArn"] == params["ListenerArn"] and rule["IsDefault"]:
            rule["Actions"] = listener["DefaultActions"]
    return {"Listeners": [_public(listener)]}


def delete_listener(params: Record) -> Record:
    arn = params["ListenerArn"]
    for rule in [each["RuleArn"] for each in alb._rules.values() if each["ListenerArn"] == arn]:
        _delete_rule({"RuleArn": rule})
    for store in (alb._listeners, alb._listener_attrs, alb._tags):
        store.pop(arn, None)
    return {}


def _describe_certificates(params: Record) -> Record:
    listener = known(alb._listeners, params["ListenerArn"], "ListenerNotFound")
    default = [{**certificate, "IsDefault": True} for certificate in listener.get("Certificates", [])]
    return {"Certificates": default + [{"CertificateArn": arn, "IsDefault": False} for arn in listener.get("MoreCertificates", [])]}


def _add_certificates(params: Record) -> Record:
    listener = known(alb._listeners, params["ListenerArn"], "ListenerNotFound")
    for certificate in params["Certificates"]:
        _check_certificate(certificate["CertificateArn"])
        listener["MoreCertificates"] = [*listener.get("MoreCertificates", []), certificate["CertificateArn"]]
    return {"Certificates": params["Certificates"]}


def _remove_certificates(params: Record) -> Record:
    listener = known(alb._listeners, params["ListenerArn"], "ListenerNotFound")
    gone = [certificate["CertificateArn"] for certificate in params["Certificates"]]
    listener["MoreCertificates"] = [arn for arn in listener.get("MoreCertificates", []) if arn not in gone]
    return {}


def _create_rule(params: Record) -> Record:
    listener = known(alb._listeners, params["ListenerArn"], "ListenerNotFound")
    if any(rule["ListenerArn"] == params["ListenerArn"] and rule["Priority"] == params["Priority"] for rule in alb._rules.values()):
        raise Refused("PriorityInUse", f"Priority '{params['Priority']}' is currently in use")
    _check_rule(params, listener)
    arn = f"{params['ListenerArn'].replace(':listener/', ':listener-rule/')}/{alb._short_id()}"
    return {"Rules": [keep(alb._rules, arn, {**fields_of(params), "RuleArn": arn, "IsDefault": False}, params)]}


def _check_rule(rule: Record, listener: Record) -> None:
    _check_actions(rule["Actions"], listener)
    values = sum(len(config.get("Values", [])) for condition in rule["Conditions"] for config in condition.values() if isinstance(config, dict))
    if values > 5:
        raise Refused("ValidationError", "The number of condition values per rule cannot exceed 5")


def _describe_rules(params: Record) -> Record:
    found = selected(alb._rules, params.get("RuleArns"), "RuleNotFound")
    listener = params.get("ListenerArn")
    return {"Rules": [rule for rule in found if listener in (None, rule["ListenerArn"])]}


def _modify_rule(params: Record) -> Record:
    rule = known(alb._rules, params["RuleArn"], "RuleNotFound")
    changed = {**rule, **fields_of(params)}
    _check_rule(changed, alb._listeners[rule["ListenerArn"]])
    rule.update(changed)
    return {"Rules": [rule]}


def _delete_rule(params: Record) -> Record:
    alb._rules.pop(params["RuleArn"], None)
    alb._tags.pop(params["RuleArn"], None)
    return {}


HANDLERS = {
    "CreateListener": _create_listener, "DescribeListeners": _describe_listeners,
    "ModifyListener": _modify_listener, "DeleteListener": delete_listener,
    "DescribeListenerCertificates": _describe_certificates, "AddListenerCertificates": _add_certificates,
    "RemoveListenerCertificates": _remove_certificates,
    "CreateRule": _create_rule, "DescribeRules": _describe_rules, "ModifyRule": _modify_rule, "DeleteRule": _delete_rule,
}
