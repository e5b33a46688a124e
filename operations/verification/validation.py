"""Is a flow as it should be? Beyond counting records: what they carry, their topic, and groups' offsets.

Each check is a row: what was looked at, whether it is well, and what was found. What cannot be looked at is
skipped and says why.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from operations.connect.client import ConnectClient, ConnectError
from operations.kafka.clusters import ClusterError
from operations.kafka.groups import Groups
from operations.kafka.offset_translation import Checkpoint, read_checkpoints, read_offset_syncs
from operations.kafka.topic_content import read_topic
from operations.verification.specimens import Arrival, compared
from operations.verification.topic_agreement import (
    EXCLUDED_CONFIGS,
    config_differences,
    copied_rules,
    own_config,
)
from operations.verification.verify import VerifiedFlow
from topology.replication.mirrormaker_names import checkpoints_topic, is_connector_class, offset_syncs_topic

__all__ = ["Expectation", "ValidationCheck", "validate"]

PARTS: Final = ("keys", "values", "headers", "timestamps")


@dataclass(frozen=True)
class ValidationCheck:
    """One row."""

    flow: str
    name: str
    state: Literal["ok", "failed", "skipped"]
    found: str

    def as_json(self) -> dict[str, str]:
        return {"flow": self.flow, "check": self.name, "state": self.state, "found": self.found}


@dataclass(frozen=True)
class Expectation:
    """A flow and what is known of it. `connect` reaches the workers of its target; `groups` read its topic at
    the source and are to be translated, at most `checkpoint_seconds` late."""

    flow: VerifiedFlow
    connect: ConnectClient | None = None
    groups: Sequence[str] = ()
    checkpoint_seconds: float = 300.0
    quiet_seconds: float = 30.0

    @property
    def name(self) -> str:
        return f"{self.flow.source.alias} -> {self.flow.target.alias} {self.flow.topic}"


Rows = Iterator[tuple[str, Literal["ok", "failed", "skipped"], str]]


def validate(expected: Sequence[Expectation]) -> tuple[ValidationCheck, ...]:
    """The checks of every flow. Sends five records to each topic. A cluster that does not answer fails the
    check that asks it."""
    return tuple(check for one in expected for check in _checks(one))


def _checks(one: Expectation) -> Iterator[ValidationCheck]:
    connector, problem = _connector(one)
    config = connector or {}
    steps: tuple[tuple[str, Callable[[], Rows]], ...] = (
        ("records", lambda: _records(one)),
        ("partitions", lambda: _partitions(one.flow)),
        ("topic configuration", lambda: _configuration(one.flow, config)),
        ("ACL sync", lambda: _acl_sync(connector, problem)),
        ("ACLs", lambda: _rules(one.flow)),
        *((f"group {group}", lambda group=group: _group(one, group)) for group in one.groups),
        *([] if one.groups else [("checkpoints", lambda: _fresh(one))]),
    )
    for name, step in steps:
        try:
            yield from (ValidationCheck(one.name, *row) for row in step())
        except ClusterError as error:
            yield ValidationCheck(one.name, name, "failed", str(error))


def _records(one: Expectation) -> Rows:
    flow = one.flow
    arrivals = compared(flow.source, flow.topic, flow.target, flow.mirrored_topic, one.quiet_seconds)
    missing = [arrival.specimen.kind for arrival in arrivals if not arrival.arrived and not arrival.refused]
    arrived = [arrival for arrival in arrivals if arrival.arrived]
    if missing:
        yield "records", "failed", f"not arrived: {', '.join(missing)}"
    elif arrived:
        yield "records", "ok", f"{len(arrived)} arrived: {_kinds(arrived)}"
    for part in PARTS if arrived else ():
        wrong = [arrival for arrival in arrived if part in arrival.differs]
        if wrong:
            yield part, "failed", f"altered: {_kinds(wrong)}"
        elif part == "timestamps" and arrived[0].broker_time:
            yield part, "skipped", "the target's brokers stamp them (message.timestamp.type=LogAppendTime)"
        else:
            yield part, "ok", "byte for byte" if part != "timestamps" else "to the millisecond"
    for arrival in arrivals:
        if arrival.refused:
            yield arrival.specimen.kind, "skipped", f"the source refuses it: {arrival.refused}"


def _kinds(arrivals: Sequence[Arrival]) -> str:
    return ", ".join(arrival.specimen.kind for arrival in arrivals)


def _partitions(flow: VerifiedFlow) -> Rows:
    here, there = flow.source.topics().get(flow.topic, 0), flow.target.topics().get(flow.mirrored_topic, 0)
    yield "partitions", "ok" if there >= here else "failed", f"{here} at the source, {there} in the mirror"


def _configuration(flow: VerifiedFlow, connector: Mapping[str, str]) -> Rows:
    if connector.get("sync.topic.configs.enabled", "true") != "true":
        yield "topic configuration", "skipped", "the connector does not sync it"
        return
    original, _ = own_config(flow.source, flow.topic)
    _, held = own_config(flow.target, flow.mirrored_topic)
    excluded = connector.get("config.properties.exclude", EXCLUDED_CONFIGS)
    wrong = config_differences(original, held, excluded)
    if wrong:
        yield "topic configuration", "failed", "; ".join(f"{name}: {words}" for name, words in wrong.items())
    else:
        own = ", ".join(f"{name}={value}" for name, value in sorted(original.items()))
        yield "topic configuration", "ok", own or "the topic sets nothing itself"


def _connector(one: Expectation) -> tuple[Mapping[str, str] | None, str]:
    """The configuration of the flow's source connector, or why there is none to look at."""
    if one.connect is None:
        return None, "no address of Connect given"
    ends = (one.flow.source.alias, one.flow.target.alias)
    try:
        found = one.connect.connectors().values()
    except ConnectError as error:
        return None, str(error)
    for connector in found:
        config = connector.config
        is_source = is_connector_class(config.get("connector.class", ""), "source")
        if is_source and (config.get("source.cluster.alias"), config.get("target.cluster.alias")) == ends:
            return config, ""
    return None, f"Connect has no MirrorSourceConnector from {ends[0]} to {ends[1]}; are these the aliases?"


def _acl_sync(connector: Mapping[str, str] | None, problem: str) -> Rows:
    if connector is None:
        yield "ACL sync", "skipped", problem
        return
    # MirrorSourceConfig's default is true
    value = connector.get("sync.topic.acls.enabled", "true")
    found = f"sync.topic.acls.enabled={value}"
    yield "ACL sync", "ok" if value == "false" else "failed", found


def _rules(flow: VerifiedFlow) -> Rows:
    try:
        copied = copied_rules(flow.source, flow.topic, flow.target, flow.mirrored_topic)
    except ClusterError as error:
        yield "ACLs", "skipped", f"they cannot be listed: {error}"
        return
    if copied is None:
        yield "ACLs", "skipped", "a cluster has no authorizer with rules"
    elif copied:
        yield "ACLs", "failed", f"the mirror has rules of the original: {', '.join(copied)}"
    else:
        yield "ACLs", "ok", "none of the original's on the mirror"


def _group(one: Expectation, group: str) -> Rows:
    """Its checkpoints, and its offsets at the target, which MirrorMaker writes while nobody reads there."""
    flow, name = one.flow, f"group {group}"
    every = Groups(flow.source).committed(group).items()
    committed = {number: offset for (topic, number), offset in every if topic == flow.topic}
    if not committed:
        yield name, "failed", f"it has committed nothing in {flow.topic} on {flow.source.alias}"
        return
    mirrors = frozenset((flow.mirrored_topic, number) for number in committed)
    topic = checkpoints_topic(flow.source.alias)
    checkpoints = read_checkpoints(flow.target, topic, group, mirrors)
    lacking = sorted(mirrors - checkpoints.keys())
    if lacking:
        yield (
            name,
            "failed",
            f"no checkpoint of {', '.join(f'{topic}-{number}' for topic, number in lacking)}",
        )
        return
    late = _late(one, committed, checkpoints)
    youngest = max(checkpoints[mirror].written_ms for mirror in mirrors) / 1000
    found = f"{len(mirrors)} partitions translated, the last {time.time() - youngest:.0f} s ago"
    if late:
        limit = f"; older than {one.checkpoint_seconds:.0f} s and behind the group: {', '.join(late)}"
        yield name, "failed", found + limit
    else:
        yield name, "ok", found
    there = Groups(flow.target).committed(group).keys() & mirrors
    state: Literal["ok", "failed"] = "ok" if len(there) == len(mirrors) else "failed"
    yield f"{name}, offsets", state, f"{len(there)} of {len(mirrors)} partitions on {flow.target.alias}"


def _late(
    one: Expectation, committed: Mapping[int, int], checkpoints: Mapping[tuple[str, int], Checkpoint]
) -> list[str]:
    flow, now = one.flow, time.time()
    old = {
        number: offset
        for number, offset in committed.items()
        if now - checkpoints[flow.mirrored_topic, number].written_ms / 1000 > one.checkpoint_seconds
    }
    if not old:
        return []
    syncs = read_offset_syncs(
        flow.target,
        offset_syncs_topic(flow.source.alias),
        lambda found: all(found.downstream((flow.topic, n), at) is not None for n, at in old.items()),
    )
    return [
        f"{flow.mirrored_topic}-{number}"
        for number, offset in sorted(old.items())
        if not checkpoints[flow.mirrored_topic, number].still_right((flow.topic, number), offset, syncs)
    ]


def _fresh(one: Expectation) -> Rows:
    topic = checkpoints_topic(one.flow.source.alias)
    since = int((time.time() - one.checkpoint_seconds) * 1000)
    times = [message.timestamp()[1] for message in read_topic(one.flow.target, topic, since)]
    if times:
        age = time.time() - max(times) / 1000
        yield "checkpoints", "ok", f"the last one in {topic} is {age:.0f} s old"
    else:
        words = f"none in {topic} for {one.checkpoint_seconds:.0f} s; name a group that reads the topic"
        yield "checkpoints", "skipped", words
