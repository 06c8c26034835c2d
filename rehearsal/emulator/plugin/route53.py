"""Route 53: hosted zones with given ids.

AWS chooses the id of a zone. A template refers to existing zones by their ids, so the rehearsal
first creates zones with these ids: the caller reference `id:Z...` asks for the id `Z...`.
"""

from typing import Any

from ministack.services import route53

_PREFIX = "id:"


def install() -> None:
    create, choose = route53._create_hosted_zone, route53._zone_id

    def create_hosted_zone(body: bytes, query: dict[str, Any]) -> Any:
        root = route53._parse_body(body)
        reference = route53._text(root, "CallerReference") if root is not None else ""
        if reference.startswith(_PREFIX):
            route53._zone_id = lambda: reference.removeprefix(_PREFIX)
        try:
            return create(body, query)
        finally:
            route53._zone_id = choose

    route53._create_hosted_zone = create_hosted_zone
