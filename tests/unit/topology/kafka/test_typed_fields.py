"""Every derived property is decided by something that is named, or may be replaced: nothing in between."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.unit.topology.environments import environment
from topology import load_environment
from topology.kafka.broker_properties import server_properties
from topology.kafka.effective import merged
from topology.kafka.guarded_properties import reserved
from topology.kafka.typed_fields import DECIDED, DECIDED_OF_CLIENTS, TUNABLE
from topology.model import Environment
from topology.model.schema_paths import known_keys
from topology.replication.connectors import connectors, worker_properties
from topology.replication.flows import directed_flows
from topology.rules.replication.aliases import aliases_are_the_same_everywhere
from topology.rules.replication.properties import ALIASES, Extra, decided_by

ENVIRONMENTS = {
    **{name: load_environment(name) for name in ("local", "production", "three-regions", "handover")},
    "exactly-once": environment({"mirrormaker/exactly_once": True}),
    "exactly-once-preparing": environment({"mirrormaker/exactly_once": "preparing"}),
    "preparing": environment({"mirrormaker/exactly_once": "preparing"}),
    "express": environment({"kafka/broker": {"type": "express.m7g.large"}}),
    "basic-auth": environment({"mirrormaker/rest": {"basic_auth": {"secret": "users"}}}),
}


def derived(loaded: Environment) -> Iterator[tuple[str, str]]:
    """Component and key of every property that is derived."""
    for region in loaded.regions:
        yield from (("broker", key) for key in server_properties(loaded, region))
        yield from (("worker", key) for key in worker_properties(loaded, region))
        for name, config in connectors(loaded, region).items():
            yield from ((f"{name.rsplit('-', 1)[1]}_connector", key) for key in config)


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_a_derived_property_is_decided_or_reserved_or_tunable_and_only_one_of_these(name: str) -> None:
    for component, key in sorted(set(derived(ENVIRONMENTS[name]))):
        answers = [
            decided_by(Extra((), component, key, "")) is not None,
            component != "broker" and (reserved(key) is not None or key in ALIASES),
            key in TUNABLE[component],
        ]
        assert answers.count(True) == 1, f"{component}: {key}: {answers}"


def test_aliases_are_refused_by_a_rule_of_their_own() -> None:
    loaded = environment()
    given = loaded.mirrormaker.connector_properties.model_copy(update={"source": {ALIASES[0]: "x"}})
    changed = loaded.mirrormaker.model_copy(update={"connector_properties": given})
    assert list(aliases_are_the_same_everywhere(loaded.model_copy(update={"mirrormaker": changed})))


def test_a_field_that_decides_exists() -> None:
    for entries in (*DECIDED.values(), *DECIDED_OF_CLIENTS.values()):
        for field in (entry.field for entry in entries if entry.field):
            *path, last = re.sub(r"\[\]", "", field).split(".")
            assert last in known_keys(path), field


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_what_iam_alarms_and_the_probe_ask_of_a_flow_is_what_its_connectors_do(name: str) -> None:
    loaded = ENVIRONMENTS[name]
    configs = {key: config for region in loaded.regions for key, config in connectors(loaded, region).items()}
    for flow in directed_flows(loaded):
        checkpoint = configs.get(f"{flow.name}-checkpoint", {})
        assert flow.has_checkpoints == (checkpoint.get("emit.checkpoints.enabled") == "true")
        assert flow.writes_group_offsets == (checkpoint.get("sync.group.offsets.enabled") == "true")
        source = configs[f"{flow.name}-source"]
        assert flow.has_checkpoints == (source["emit.offset-syncs.enabled"] == "true")
        assert "replication.policy.separator" not in source
        assert source.get("heartbeats.replication.enabled", "true") == "true"
        writers = [
            config
            for key, config in configs.items()
            if key.endswith("-heartbeat") and config["target.cluster.alias"] == flow.source_alias
        ]
        assert flow.carries_heartbeats == any(one["emit.heartbeats.enabled"] == "true" for one in writers)


def test_a_property_in_another_unit_replaces_the_derived_one() -> None:
    loaded = environment({"kafka/server_properties": {"log.retention.hours": "72"}})
    properties = server_properties(loaded, "us-east-1")
    assert properties["log.retention.hours"] == "72"
    assert not {"log.retention.ms", "log.retention.minutes"} & properties.keys()


def test_merging_keeps_what_is_not_replaced_and_sorts() -> None:
    assert list(merged({"b": "1", "a": "1"}, {"c": "2", "b": "2"}).items()) == [
        ("a", "1"),
        ("b", "2"),
        ("c", "2"),
    ]
