"""Properties of Kafka's clients that Kafka refuses together, wherever in the file each of them is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from topology.environment_file.problem import Path, Problem
from topology.kafka.catalogue import definitions
from topology.kafka.effective import number
from topology.kafka.property_values import trimmed
from topology.model import Environment
from topology.replication.client_properties import Client, clients
from topology.replication.connectors import (
    checkpoint_connector,
    heartbeat_connector,
    source_connector,
    worker_properties,
)
from topology.replication.flows import flows_into
from topology.rules.registry import rule

IN_FLIGHT = "max.in.flight.requests.per.connection"
MOST_IN_FLIGHT = 5
LARGEST = 2**31 - 1
CONNECTORS = {
    "source": source_connector,
    "checkpoint": checkpoint_connector,
    "heartbeat": heartbeat_connector,
}


class RefusedCombination(NamedTuple):
    """A combination: the client's properties in it (the file's own of these are named), and why."""

    names: tuple[str, ...]
    message: str
    allowed: str


@rule
def clients_accept_their_properties_together(environment: Environment) -> Iterator[Problem]:
    """A producer, consumer or admin client whose properties contradict each other is not built: the task
    fails at its start (ProducerConfig, KafkaProducer, KafkaAdminClient)."""
    extra = environment.mirrormaker.connector_properties
    for region in environment.regions:
        worker = worker_properties(environment, region)
        for flow in flows_into(environment, region):
            for kind, derive in CONNECTORS.items():
                given = getattr(extra, kind)
                properties = derive(flow)
                if properties is not None and (given or environment.mirrormaker.worker_properties):
                    for client in clients(worker, properties):
                        yield from _problems(environment, kind, client)


def _problems(environment: Environment, kind: str, client: Client) -> Iterator[Problem]:
    for refused in (*_of_producers(client), *_of_consumers(client), *_of_admins(client)):
        for name in refused.names:
            place = _place(environment, kind, client, name)
            if place is not None:
                yield Problem(place, refused.message, found=client.value(name), allowed=refused.allowed)
                break


def _of_producers(client: Client) -> Iterator[RefusedCombination]:
    if client.kind != "producer":
        return
    idempotence = client.value("enable.idempotence")
    in_flight, retries = _number(client, IN_FLIGHT), _number(client, "retries")
    if idempotence is None or trimmed(idempotence).lower() == "true":
        if in_flight is not None and in_flight > MOST_IN_FLIGHT:
            yield RefusedCombination(
                (IN_FLIGHT,), "is too many for an idempotent producer", f"1 to {MOST_IN_FLIGHT}"
            )
        if retries == 0 and idempotence is not None:
            yield RefusedCombination(
                ("retries",), "is not enough for an idempotent producer", f"1 to {LARGEST}"
            )
    names = ("delivery.timeout.ms", "linger.ms", "request.timeout.ms")
    delivery, linger, request = (_number(client, name) for name in names)
    if client.value(names[0]) is None or delivery is None or linger is None or request is None:
        return
    least = min(linger + request, LARGEST)
    if delivery < least:
        yield RefusedCombination(
            names,
            f"makes delivery.timeout.ms ({delivery}) less than linger.ms + request.timeout.ms ({least})",
            "delivery.timeout.ms of at least linger.ms + request.timeout.ms",
        )


def _of_consumers(client: Client) -> Iterator[RefusedCombination]:
    """Connect's own consumers are in a group, MirrorMaker's are not."""
    names = ("heartbeat.interval.ms", "session.timeout.ms")
    if client.kind != "consumer" or not client.layers[0].prefix.endswith(".override."):
        return
    heartbeat, session = (_number(client, name) for name in names)
    if heartbeat is not None and session is not None and heartbeat >= session:
        yield RefusedCombination(
            names,
            f"makes heartbeat.interval.ms ({heartbeat}) no less than session.timeout.ms ({session})",
            "heartbeat.interval.ms of less than session.timeout.ms",
        )


def _of_admins(client: Client) -> Iterator[RefusedCombination]:
    names = ("default.api.timeout.ms", "request.timeout.ms")
    if client.kind != "admin" or client.value(names[0]) is None:
        return
    whole, request = (_number(client, name) for name in names)
    if whole is not None and request is not None and whole < request:
        yield RefusedCombination(
            names,
            f"makes default.api.timeout.ms ({whole}) less than request.timeout.ms ({request})",
            "default.api.timeout.ms of at least request.timeout.ms",
        )


def _number(client: Client, name: str) -> int | None:
    default = int(definitions("4.1")[client.kind][name]["default"])
    value = client.value(name)
    return default if value is None else number({name: value}, name)


def _place(environment: Environment, kind: str, client: Client, name: str) -> Path | None:
    """Where the file sets a property of the client; None where it does not."""
    origin = client.origin(name)
    mirrormaker = environment.mirrormaker
    if origin is None:
        return None
    component, key = origin
    if component == "worker" and key in mirrormaker.worker_properties:
        return ("mirrormaker", "worker_properties", key)
    if component == "connector" and key in getattr(mirrormaker.connector_properties, kind):
        return ("mirrormaker", "connector_properties", kind, key)
    return None
