"""Worker and connector properties: all of them Kafka's, and those that replication depends on."""

from __future__ import annotations

import json
import re

import pytest

from tests.unit.topology.environments import environment, text
from topology import load_environment
from topology.environment_file.problem import InvalidEnvironment, dotted
from topology.kafka.catalogue import definitions
from topology.loading import load_text
from topology.model import Environment
from topology.replication.connectors import connectors, worker_properties
from topology.replication.worker_files import connector_files
from topology.rules.replication.properties import CLIENT_PREFIXES

ENVIRONMENTS = ["local", "production", "three-regions"]
EXACTLY_ONCE = {"mirrormaker/exactly_once": True}


def kafka_has(key: str, component: str) -> bool:
    catalogue = definitions("4.1")
    if key in catalogue[component]:
        return True
    if component == "checkpoint_connector" and key in ("topics", "topics.exclude"):
        return True  # read by its topic filter (DefaultTopicFilter), which has a ConfigDef of its own
    prefixes = CLIENT_PREFIXES[component]
    if any(key.startswith(p) and key.removeprefix(p) in catalogue[client] for p, client in prefixes):
        return True
    # what MirrorMaker builds its clients from: any client's security and bootstrap settings (KIP-382)
    client = re.match(r"(?:source|target)\.cluster\.(.+)", key)
    if client is None:
        return False
    return any(client[1] in catalogue[c] for c in ("producer", "consumer", "admin"))


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_kafka_has_every_property_that_is_derived(name: str) -> None:
    loaded = load_environment(name)
    for region in loaded.regions:
        for key in worker_properties(loaded, region):
            assert kafka_has(key, "worker") or key.startswith("config.providers.env."), key
        for connector, config in connectors(loaded, region).items():
            component = connector.rsplit("-", 1)[1] + "_connector"
            for key in config:
                assert kafka_has(key, component), f"{connector}: {key}"


def test_the_workers_of_a_region_run_the_flows_that_end_there() -> None:
    loaded = load_environment("three-regions")
    assert list(connectors(loaded, "ap-southeast-1")) == [
        f"{source}-to-singapore-{kind}"
        for source in ("ireland", "frankfurt")
        for kind in ("source", "checkpoint", "heartbeat")
    ]
    assert list(connectors(loaded, "eu-west-1")) == [
        f"frankfurt-to-ireland-{kind}" for kind in ("source", "checkpoint", "heartbeat")
    ]


def source_of(loaded: Environment) -> dict[str, str]:
    return connectors(loaded, "us-west-2")["us-east-1-to-us-west-2-source"]


def test_all_three_converters_keep_bytes_as_they_are() -> None:
    properties = worker_properties(environment(), "us-east-1")
    for converter in ("key.converter", "value.converter", "header.converter"):
        assert properties[converter] == "org.apache.kafka.connect.converters.ByteArrayConverter"


def test_aliases_of_a_cluster_are_the_same_in_every_connector() -> None:
    loaded = load_environment("three-regions")
    for region in loaded.regions:
        for name, config in connectors(loaded, region).items():
            assert config["target.cluster.alias"] == loaded.alias(region), name
            source = next(r for r in loaded.regions if loaded.alias(r) == config["source.cluster.alias"])
            variable = config["source.cluster.bootstrap.servers"]
            assert variable == "${env:BOOTSTRAP_" + loaded.alias(source).upper() + "}"


def test_globs_become_the_regular_expressions_that_match_the_same_names() -> None:
    config = source_of(
        environment({"flows/0/topics": {"include": ["orders.*", "audit-?"], "exclude": ["*.tmp"]}})
    )
    assert config["topics"] == r"orders\..*,audit-."
    assert config["topics.exclude"] == r"mm2.*\.internal,.*\.replica,__.*,.*\.tmp"


def test_nothing_is_written_to_the_source() -> None:
    loaded = environment()
    for name, config in connectors(loaded, "us-west-2").items():
        if not name.endswith("heartbeat"):
            assert config["offset-syncs.topic.location"] == "target"
    assert source_of(loaded)["sync.topic.acls.enabled"] == "false"


def test_data_producers_are_idempotent_and_windows_fit_a_long_link() -> None:
    config = source_of(environment())
    assert config["producer.override.enable.idempotence"] == "true"
    assert config["producer.override.acks"] == "all"
    assert config["source.consumer.receive.buffer.bytes"] == "-1"


def test_source_tasks_are_twice_the_most_replicas() -> None:
    assert source_of(environment())["tasks.max"] == "12"
    assert source_of(environment({"flows/0/tasks_max": 7}))["tasks.max"] == "7"


def test_replication_factor_is_that_of_the_target() -> None:
    loaded = environment(
        {
            "regions/us-west-2/network/zones": ["a", "b"],
            "regions/us-west-2/kafka": {
                "replication_factor": 1,
                "min_insync_replicas": 1,
                "broker": {"count": 2},
            },
        }
    )
    assert source_of(loaded)["replication.factor"] == "1"
    assert worker_properties(loaded, "us-west-2")["offset.storage.replication.factor"] == "1"
    assert worker_properties(loaded, "us-east-1")["offset.storage.replication.factor"] == "3"


def test_checkpoints_and_group_offsets_follow_the_flow() -> None:
    name = "us-east-1-to-us-west-2-checkpoint"
    config = connectors(environment(), "us-west-2")[name]
    assert config["sync.group.offsets.enabled"] == "true"
    assert config["groups"] == r"us-east-1\..*"
    without = environment(
        {"flows/0/checkpoints": {"enabled": False}, "flows/0/heartbeats": {"enabled": False}}
    )
    assert list(connectors(without, "us-west-2")) == ["us-east-1-to-us-west-2-source"]
    assert source_of(without)["emit.offset-syncs.enabled"] == "false"


@pytest.mark.parametrize(
    ("written", "support", "required"),
    [
        *[(off, "disabled", False) for off in ("off", "no", "false", '"off"')],
        *[(preparing, "preparing", False) for preparing in ("preparing", '"preparing"')],
        *[(on, "enabled", True) for on in ("on", "yes", "true", '"on"')],
    ],
)
def test_the_three_states_of_exactly_once_may_be_quoted_or_not(
    written: str, support: str, required: bool
) -> None:
    loaded = load_text(text().replace("mirrormaker:\n", f"mirrormaker:\n  exactly_once: {written}\n"))
    assert worker_properties(loaded, "us-west-2")["exactly.once.source.support"] == support
    # a worker that is preparing refuses a connector that requires exactly-once
    assert (source_of(loaded).get("exactly.once.support") == "required") is required


@pytest.mark.parametrize("written", ["enabled", "1", '"true"', "maybe", "null", "[on]"])
def test_another_state_of_exactly_once_is_refused(written: str) -> None:
    with pytest.raises(InvalidEnvironment) as caught:
        load_text(text().replace("mirrormaker:\n", f"mirrormaker:\n  exactly_once: {written}\n"))
    (problem,) = caught.value.problems
    assert dotted(problem.path) == "mirrormaker.exactly_once"
    assert problem.allowed == "'off', 'preparing' or 'on'"
    assert problem.line > 1


def test_workers_that_prepare_do_not_read_offsets_of_aborted_transactions() -> None:
    """Else records that were never written would be skipped. Kafka itself reads them so with `enabled`
    only."""
    preparing = environment({"mirrormaker/exactly_once": "preparing"})
    assert worker_properties(preparing, "us-west-2")["isolation.level"] == "read_committed"
    assert "isolation.level" not in worker_properties(environment(), "us-west-2")


def test_exactly_once_is_asked_for_on_workers_and_connectors_alike() -> None:
    loaded = environment(EXACTLY_ONCE)
    assert worker_properties(loaded, "us-west-2")["exactly.once.source.support"] == "enabled"
    config = source_of(loaded)
    assert config["exactly.once.support"] == "required"
    assert config["source.consumer.isolation.level"] == "read_committed"  # else MM2 calls itself unable
    assert "exactly.once.support" not in source_of(environment())


def test_records_of_transactions_that_were_taken_back_are_not_read() -> None:
    assert source_of(environment())["source.consumer.isolation.level"] == "read_committed"


def test_properties_of_the_file_are_added_to_the_derived_ones() -> None:
    loaded = environment(
        {
            "mirrormaker/worker_properties": {"offset.flush.interval.ms": "5000"},
            "mirrormaker/connector_properties": {"source": {"source.consumer.max.poll.records": "900"}},
        }
    )
    assert worker_properties(loaded, "us-east-1")["offset.flush.interval.ms"] == "5000"
    assert source_of(loaded)["source.consumer.max.poll.records"] == "900"


def test_names_of_a_running_connect_cluster_can_be_kept() -> None:
    properties = worker_properties(
        environment({"mirrormaker/connect": {"group_id": "old", "offset_topic": "old-offsets"}}), "us-east-1"
    )
    assert properties["group.id"] == "old"
    assert properties["offset.storage.topic"] == "old-offsets"
    assert properties["config.storage.topic"] == "mirrormaker2.test.configs.internal"


def test_connectors_begin_stopped_only_where_the_file_says_so() -> None:
    stopped = environment({"mirrormaker/connect/initial_state": "STOPPED"})
    for loaded, state in ((load_environment("local"), None), (stopped, "STOPPED")):
        files = connector_files(loaded, next(iter(loaded.regions)))
        assert {json.loads(text).get("initial_state") for text in files.values()} == {state}
