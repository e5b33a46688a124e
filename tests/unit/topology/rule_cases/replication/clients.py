"""Properties of clients that Kafka refuses together, which topology/rules/replication/clients.py refuses."""

from __future__ import annotations

from typing import Final

from tests.unit.topology.rule_cases.case import Case

__all__ = ["CASES"]


def together(component: str, properties: dict[str, str], blamed: str, message: str, allowed: str) -> Case:
    """Properties of a component, and the one that the rule names."""
    place = f"mirrormaker.{component.replace('/', '.')}.{blamed}"
    rule = "clients-accept-their-properties-together"
    return Case(rule, {f"mirrormaker/{component}": properties}, place, message, allowed)


SOURCE, CHECKPOINT = "connector_properties/source", "connector_properties/checkpoint"
DELIVERY = "delivery.timeout.ms of at least linger.ms + request.timeout.ms"

CASES: Final = (
    together(
        *(SOURCE, {"producer.override.max.in.flight.requests.per.connection": "6"}),
        "producer.override.max.in.flight.requests.per.connection",
        "is too many for an idempotent producer",
        "1 to 5",
    ),
    together(
        *("worker_properties", {"producer.retries": "0"}, "producer.retries"),
        "is not enough for an idempotent producer",
        "1 to 2147483647",
    ),
    together(
        *(
            SOURCE,
            {"producer.override.delivery.timeout.ms": "30000"},
            "producer.override.delivery.timeout.ms",
        ),
        "makes delivery.timeout.ms (30000) less than linger.ms + request.timeout.ms (30005)",
        DELIVERY,
    ),
    together(
        *(SOURCE, {"target.producer.delivery.timeout.ms": "9", "producer.linger.ms": "7"}),
        "target.producer.delivery.timeout.ms",
        "makes delivery.timeout.ms (9) less than linger.ms + request.timeout.ms (30007)",
        DELIVERY,
    ),
    together(
        *("worker_properties", {"admin.default.api.timeout.ms": "29999"}, "admin.default.api.timeout.ms"),
        "makes default.api.timeout.ms (29999) less than request.timeout.ms (30000)",
        "default.api.timeout.ms of at least request.timeout.ms",
    ),
    together(
        *(CHECKPOINT, {"consumer.override.session.timeout.ms": "3000"}),
        "consumer.override.session.timeout.ms",
        "makes heartbeat.interval.ms (3000) no less than session.timeout.ms (3000)",
        "heartbeat.interval.ms of less than session.timeout.ms",
    ),
)
