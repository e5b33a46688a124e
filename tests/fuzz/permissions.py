"""Connectors against Kafka's catalogue and against the policies of their workers: by names, as Kafka and IAM
would see them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import NamedTuple

from tests.fuzz.derivations import UUID
from topology.aws.arns import cluster_arn
from topology.iam.identities import identity_policy
from topology.kafka.catalogue import Definitions, definitions
from topology.model import Environment, ExactlyOnce
from topology.replication.connectors import connectors, worker_properties
from topology.replication.flows import DirectedFlow, directed_flows, flows_into

__all__ = ["contradictions"]

CLIENTS = ("producer", "consumer", "admin")
BOUNDS = {"int": 2**31, "long": 2**63, "short": 2**15}


class Need(NamedTuple):
    """An action on something in the cluster of a region; `name` is empty for the cluster."""

    action: str
    region: str
    kind: str
    name: str = ""


def contradictions(environment: Environment) -> list[str]:
    """In words: derived properties that Kafka does not have or that have no value of their type, flows that
    lead back, and what a connector would do and its workers may not."""
    return [
        *_of_flows(environment),
        *(fault for region in environment.regions for fault in _of_properties(environment, region)),
        *(fault for region in environment.regions for fault in _denied(environment, region)),
    ]


def _of_flows(environment: Environment) -> Iterator[str]:
    aliases = {environment.alias(region) for region in environment.regions}
    directions = [(flow.source, flow.target) for flow in directed_flows(environment)]
    yield from (f"{pair} is there twice" for pair in set(directions) if directions.count(pair) > 1)
    for flow in directed_flows(environment):
        if flow.source == flow.target:
            yield f"{flow.source} is replicated to itself"
        for topic in _topics(flow):
            first, dot, _ = topic.partition(".")
            if flow.spec.policy == "default" and dot and first in aliases and not _excluded(flow, topic):
                yield f"{topic} of {flow.source} is taken for a mirrored one"
            if not re.fullmatch(_connector(flow, "source")["topics"].replace(",", "|"), topic):
                yield f"{topic} is not among the topics of {flow.name}"


def _of_properties(environment: Environment, region: str) -> Iterator[str]:
    if not flows_into(environment, region):
        return
    catalogue = definitions("4.1")
    found = [("worker", worker_properties(environment, region))]
    found += [
        (f"{name.rsplit('-', 1)[1]}_connector", config)
        for name, config in connectors(environment, region).items()
    ]
    extra = environment.mirrormaker.connector_properties
    given = {*environment.mirrormaker.worker_properties, *extra.source, *extra.checkpoint, *extra.heartbeat}
    for component, properties in found:
        for key, value in properties.items():
            known = _definition(catalogue, component, key)
            if known is None:
                yield f"{key} is not a property of a {component}"
            elif key not in given and not _is_of(known["type"], value):
                yield f"{key} = {value} is no {known['type']}"


def _definition(catalogue: Definitions, component: str, key: str) -> dict[str, str] | None:
    if key.startswith("config.providers."):
        return {"type": "string"}  # of the provider's own
    if component == "checkpoint_connector" and key in ("topics", "topics.exclude"):
        component = "source_connector"  # DefaultTopicFilter reads them, for both
    if key in catalogue[component]:
        return dict(catalogue[component][key])
    if component == "worker" and key in catalogue["consumer"]:
        return dict(catalogue["consumer"][key])  # read by consumers of its own topics
    for start in ("source.cluster.", "target.cluster."):
        if key.startswith(start):
            return catalogue["admin"].get(key.removeprefix(start))
    steps = [step for step in key.split(".") if step not in ("source", "target")]
    for client in CLIENTS:
        if steps[0] == client:
            rest = ".".join(steps[1:]).removeprefix("override.")
            return catalogue[client].get(rest)
    return None


def _is_of(kind: str, value: str) -> bool:
    if value.startswith("${"):
        return True
    if kind == "boolean":
        return value in ("true", "false")
    return kind not in BOUNDS or (
        re.fullmatch(r"-?\d+", value) is not None and abs(int(value)) < BOUNDS[kind]
    )


def _denied(environment: Environment, region: str) -> Iterator[str]:
    def arn(other: str) -> str:
        return cluster_arn(environment, other, UUID)

    if not flows_into(environment, region):
        return
    document = identity_policy(environment, region, "worker", arn)
    for need in _needs(environment, region):
        resource = arn(need.region)
        if need.kind != "cluster":
            resource = f"{resource.replace(':cluster/', f':{need.kind}/')}/{need.name}"
        if not any(
            f"kafka-cluster:{need.action}" in statement["Action"]
            and any(fnmatchcase(resource, pattern) for pattern in statement["Resource"])
            for statement in document["Statement"]
        ):
            yield f"{need.action} on {resource}"


def _needs(environment: Environment, region: str) -> Iterator[Need]:
    worker = worker_properties(environment, region)
    for store in ("config", "offset", "status"):
        for action in ("CreateTopic", "ReadData", "WriteData"):
            yield Need(action, region, "topic", worker[f"{store}.storage.topic"])
    yield Need("AlterGroup", region, "group", worker["group.id"])
    if environment.mirrormaker.exactly_once is not ExactlyOnce.OFF:
        yield Need(
            "AlterTransactionalId", region, "transactional-id", f"connect-cluster-{worker['group.id']}"
        )
    for flow in flows_into(environment, region):
        yield from _needs_of_flow(flow, worker["group.id"])


def _needs_of_flow(flow: DirectedFlow, worker_group: str) -> Iterator[Need]:
    for end in (flow.source, flow.target):
        yield Need("Connect", end, "cluster")
    for topic in _topics(flow):
        mirrored = topic if flow.spec.policy == "identity" else f"{flow.source_alias}.{topic}"
        yield from (Need(action, flow.source, "topic", topic) for action in ("DescribeTopic", "ReadData"))
        yield from (Need(action, flow.target, "topic", mirrored) for action in ("CreateTopic", "WriteData"))
    if flow.environment.mirrormaker.exactly_once is not ExactlyOnce.OFF:
        task = f"{worker_group}-{_connector(flow, 'source')['name']}-0"
        yield Need("AlterTransactionalId", flow.target, "transactional-id", task)
    if flow.spec.checkpoints.enabled:
        for group in _matching(flow.groups):
            yield Need("DescribeGroup", flow.source, "group", group)
            if flow.spec.checkpoints.sync_group_offsets:
                yield Need("AlterGroup", flow.target, "group", group)


def _topics(flow: DirectedFlow) -> Iterator[str]:
    """Names that the flow replicates."""
    yield from (topic for topic in _matching(flow.topics) if not _excluded(flow, topic))


def _excluded(flow: DirectedFlow, topic: str) -> bool:
    patterns = _connector(flow, "source")["topics.exclude"].split(",")
    return any(re.fullmatch(pattern, topic) for pattern in patterns)


def _connector(flow: DirectedFlow, kind: str) -> dict[str, str]:
    return connectors(flow.environment, flow.target)[f"{flow.name}-{kind}"]


def _matching(globs: Iterable[str]) -> Iterator[str]:
    """Names that each glob matches: with nothing for its stars, and with something."""
    for glob in globs:
        for star in ("", "x", "eu.orders-1"):
            yield glob.replace("*", star).replace("?", "q")
