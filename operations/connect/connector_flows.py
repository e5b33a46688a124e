"""The flows that a probe watches, read from the connectors that replicate them.

The mounted ConfigMap of connectors says it all: both clusters, how to log in, and which topics cross. So the
probe cannot watch something else than what runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from operations.connect.client import Offset
from operations.connect.connectors import ConnectorSpec, InvalidConnectors, load_desired
from operations.kafka.clusters import Cluster, ClusterError, client_settings
from operations.kafka.partitions import Partition
from topology.replication.mirrormaker_names import (
    NEVER_REPLICATED,
    POLICIES,
    RECONNECT_BACKOFF_MS,
    REFRESH_SECONDS,
    SEPARATOR,
    TOPIC_FILTER,
    TOPICS,
    ConnectorKind,
    flow_name,
    is_connector_class,
    patterns,
)
from topology.replication.replicated_topics import ReplicatedTopics

__all__ = ["ConnectorFlow", "flow_of", "flows_of", "load_flows", "replicated_topics"]

# What the probe can follow, and what MirrorMaker takes when nothing is said (MirrorConnectorConfig).
KNOWN_CLASSES: Final[Mapping[str, tuple[str, ...]]] = {
    "replication.policy.class": tuple(POLICIES.values()),
    "topic.filter.class": (TOPIC_FILTER,),
}
DEFAULT_PATTERNS: Final = {"topics": patterns((TOPICS,)), "topics.exclude": patterns(NEVER_REPLICATED)}
"""DefaultTopicFilter's own."""
REFRESH: Final = "refresh.topics.interval.seconds"
REFERENCE: Final = re.compile(r"\$\{(\w+):([^}]*)\}")
# Of source.cluster.* and target.cluster.* MirrorMaker keeps the address and these.
LOGIN: Final = ("security.", "ssl.", "sasl.")


@dataclass(frozen=True)
class ConnectorFlow:
    """`connector`: the name of the source connector that replicates `topics`, for which it looks anew every
    `refresh_seconds`. `checkpoint` and `heartbeat`: the names of the flow's other connectors; None: it has
    none."""

    connector: str
    source: Cluster
    target: Cluster
    topics: ReplicatedTopics
    refresh_seconds: float = REFRESH_SECONDS
    checkpoint: str | None = None
    heartbeat: str | None = None

    @property
    def name(self) -> str:
        """`<source alias>-to-<target alias>`."""
        return flow_name(self.source.alias, self.target.alias)

    def source_offsets(self, offsets: Iterable[Offset]) -> dict[Partition, int]:
        """Of the connector's offsets, those at the source: the last record that is committed as carried, of
        each partition."""
        return {
            (one.partition["topic"], int(one.partition["partition"])): int(one.offset["offset"])
            for one in offsets
            if one.offset is not None and one.partition.get("cluster") == self.source.alias
        }


def load_flows(directory: Path, variables: Mapping[str, str]) -> tuple[ConnectorFlow, ...]:
    """One flow for each MirrorSourceConnector of the directory, by name; `${env:..}` is looked up in
    `variables`.

    Raises InvalidConnectors with every problem, also when there is no such connector.
    """
    return flows_of(load_desired(directory), variables, directory)


def flows_of(
    specs: Mapping[str, ConnectorSpec], variables: Mapping[str, str], directory: Path | None = None
) -> tuple[ConnectorFlow, ...]:
    """`load_flows` of connectors that are at hand; `directory`: where they are from, for what is said."""
    flows, problems = [], []
    for name, spec in sorted(specs.items()):
        if not is_connector_class(spec.config["connector.class"], "source"):
            continue
        try:
            checkpoint = _companion(specs, spec, "checkpoint")
            heartbeat = _companion(specs, spec, "heartbeat")
            flows.append(replace(flow_of(spec, variables), checkpoint=checkpoint, heartbeat=heartbeat))
        except InvalidConnectors as error:
            place = f"{directory / name}.json" if directory else name
            problems += [f"{place}: {problem}" for problem in error.problems]
    if not flows and not problems:
        found = "found no MirrorSourceConnector; expected one for each flow"
        problems.append(f"{directory}: {found} to probe" if directory else found)
    if problems:
        raise InvalidConnectors(problems)
    return tuple(flows)


def flow_of(spec: ConnectorSpec, variables: Mapping[str, str]) -> ConnectorFlow:
    """The flow of one MirrorSourceConnector. Raises InvalidConnectors with every problem."""
    problems = [*_unresolved(spec.config, variables), *_unknown(spec.config)]
    if problems:
        raise InvalidConnectors(problems)
    config = {
        key: REFERENCE.sub(lambda found: variables[found[2]], value) for key, value in spec.config.items()
    }
    try:
        source, target = (_cluster(config, side) for side in ("source", "target"))
        refresh = float(config.get(REFRESH, REFRESH_SECONDS))
        return ConnectorFlow(spec.name, source, target, replicated_topics(config), refresh)
    except ClusterError as error:
        raise InvalidConnectors([str(error)]) from error


def _companion(specs: Mapping[str, ConnectorSpec], source: ConnectorSpec, kind: ConnectorKind) -> str | None:
    """The connector of another kind that has the same clusters as a source connector."""
    ends = ("source.cluster.alias", "target.cluster.alias")
    for name, spec in sorted(specs.items()):
        of_kind = is_connector_class(spec.config["connector.class"], kind)
        if of_kind and all(spec.config.get(end) == source.config.get(end) for end in ends):
            return name
    return None


def _unresolved(config: Mapping[str, str], variables: Mapping[str, str]) -> Iterator[str]:
    for key, value in sorted(config.items()):
        for provider, name in REFERENCE.findall(value):
            if provider != "env":
                yield f"{key}: found ${{{provider}:..}}; allowed: ${{env:NAME}}"
            elif name not in variables:
                yield f"{key}: the environment variable {name} is not set"


def _unknown(config: Mapping[str, str]) -> Iterator[str]:
    for key, allowed in KNOWN_CLASSES.items():
        if config.get(key, allowed[0]) not in allowed:
            yield f"{key}: found {config[key]}; the probe can follow {' and '.join(allowed)}"
    for side in ("source", "target"):
        for key in ("alias", "bootstrap.servers"):
            if not config.get(f"{side}.cluster.{key}"):
                yield f"{side}.cluster.{key}: not set"


def _cluster(config: Mapping[str, str], side: str) -> Cluster:
    prefix = f"{side}.cluster."
    bootstrap = config[f"{prefix}bootstrap.servers"]
    login = {
        key.removeprefix(prefix): value
        for key, value in config.items()
        if key.removeprefix(prefix).startswith(LOGIN) and key.startswith(prefix)
    }
    settings = {**RECONNECT_BACKOFF_MS, **client_settings(login, bootstrap)}
    return Cluster(config[f"{prefix}alias"], bootstrap, settings)


def replicated_topics(config: Mapping[str, str]) -> ReplicatedTopics:
    """Which topics a source connector with this config carries."""
    return ReplicatedTopics(
        source=config["source.cluster.alias"],
        target=config["target.cluster.alias"],
        include=_pattern(config, "topics"),
        exclude=_pattern(config, "topics.exclude"),
        separator=config.get("replication.policy.separator", SEPARATOR),
        identity=config.get("replication.policy.class") == POLICIES["identity"],
    )


def _pattern(config: Mapping[str, str], key: str) -> re.Pattern[str]:
    """Any of the comma-separated regular expressions (MirrorUtils.compilePatternList)."""
    patterns = config.get(key, DEFAULT_PATTERNS[key])
    try:
        return re.compile("|".join(pattern.strip() for pattern in patterns.split(",")))
    except re.error as error:
        raise InvalidConnectors([f"{key}: found {patterns}: {error}"]) from error
