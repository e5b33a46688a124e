"""Mistakes about brokers' domain names, which topology/rules/kafka/advertised.py refuses."""

from __future__ import annotations

from typing import Final

from tests.unit.topology.rule_cases.case import Case

__all__ = ["CASES"]

IAM = "CLIENT_IAM://b-{broker_id}.example.com:9000+{broker_id}"


def listeners(value: str, message: str, allowed: str | None = None) -> Case:
    """A value of the property."""
    return Case(
        "custom-domain-names-fit-the-listeners",
        {"kafka/server_properties": {"custom.advertised.listeners": value}},
        "kafka.server_properties.custom.advertised.listeners",
        message,
        allowed,
    )


CASES: Final = (
    listeners("CLIENT_IAM://b-{broker_id}.example.com:9000", "format", "LISTENER://host:port+{broker_id}"),
    listeners("", "does not match the required format"),
    listeners(f"{IAM},", "does not match the required format"),
    listeners(IAM.replace("IAM", "SASL_SCRAM"), "a listener that the cluster does not have", "CLIENT_IAM"),
    listeners(IAM.replace("CLIENT_IAM", "REPLICATION"), "a listener that the cluster does not have"),
    listeners(
        IAM.replace("9000", "65533"), "has a port out of range", "1 to 65532: each broker's id is added"
    ),
    listeners(f"{IAM},{IAM.replace('9000', '9100')}", "has one listener more than once"),
    listeners(f"{IAM},{IAM}", "has one address more than once"),
)
