"""The probe watches exactly what the connectors of its directory replicate."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from operations.connect.connector_flows import load_flows
from operations.connect.connectors import InvalidConnectors
from tests.unit.topology.environments import environment, third_region
from topology.aws.names import bootstrap_variable
from topology.model import Environment
from topology.replication.flows import flows_into
from topology.replication.globs import matches
from topology.replication.mirrormaker_names import HEARTBEATS
from topology.replication.replicated_topics import ReplicatedTopics
from topology.replication.worker_files import connector_files

BROKERS = "b-1.x.kafka.{region}.amazonaws.com:9098"


def mounted(directory: Path, loaded: Environment, region: str) -> dict[str, str]:
    """Writes the connectors of a region as its pods see them; gives the pods' addresses."""
    for name, text in connector_files(loaded, region).items():
        (directory / name).write_text(text)
    return {bootstrap_variable(loaded.alias(r)): BROKERS.format(region=r) for r in loaded.regions}


def changed(directory: Path, name: str, **properties: str | None) -> None:
    path = directory / f"{name}.json"
    content = json.loads(path.read_text())
    for key, value in properties.items():
        if value is None:
            del content["config"][key]
        else:
            content["config"][key] = value
    path.write_text(json.dumps(content))


@pytest.mark.parametrize("policy", ["default", "identity"])
def test_flows_and_topics_are_those_of_the_environment(tmp_path: Path, policy: str) -> None:
    spec = {"source": "us-east-1", "target": "us-west-2", "policy": policy}
    spec |= {"topics": {"include": ["orders.*", "audit-?"], "exclude": ["orders.tmp.*"]}}  # type: ignore[dict-item]
    further = {"source": "eu-west-1", "target": "us-west-2"}
    loaded = environment({"regions/eu-west-1": third_region(), "flows/0": spec, "flows/1": further})
    found = load_flows(tmp_path, mounted(tmp_path, loaded, "us-west-2"))
    wanted = flows_into(loaded, "us-west-2")
    assert {flow.name for flow in found} == {flow.name for flow in wanted}
    by_name = {flow.name: flow for flow in found}
    for flow in wanted:
        probed = by_name[flow.name]
        assert probed.topics.heartbeats == flow.mirrored(HEARTBEATS)
        assert probed.source.bootstrap == BROKERS.format(region=flow.source)
        for topic in ("orders.eu", "audit-1", "audit-12", "orders.test.x", "orders.tmp.x", "payments"):
            included = any(matches(glob, topic) for glob in flow.topics)
            excluded = any(matches(glob, topic) for glob in flow.spec.topics.exclude)
            assert probed.topics.replicated(topic) == (included and not excluded), topic
            assert probed.topics.mirrored(flow.mirrored(topic)) == (included and not excluded), topic


def test_a_flow_knows_its_other_connectors_where_it_has_them(tmp_path: Path) -> None:
    further = {"source": "eu-west-1", "target": "us-west-2", "checkpoints": {"enabled": False}}
    loaded = environment(
        {
            "regions/eu-west-1": third_region(),
            "flows/1": further,
            "flows/0": {"source": "us-east-1", "target": "us-west-2"},
        }
    )
    found = load_flows(tmp_path, mounted(tmp_path, loaded, "us-west-2"))
    assert {(flow.name, flow.checkpoint, flow.heartbeat) for flow in found} == {
        (
            "us-east-1-to-us-west-2",
            "us-east-1-to-us-west-2-checkpoint",
            "us-east-1-to-us-west-2-heartbeat",
        ),
        ("eu-west-1-to-us-west-2", None, "eu-west-1-to-us-west-2-heartbeat"),
    }


def test_a_flow_logs_in_as_its_connector_does(tmp_path: Path) -> None:
    (flow,) = load_flows(tmp_path, mounted(tmp_path, environment(), "us-west-2"))
    for cluster in (flow.source, flow.target):
        assert cluster.settings["security.protocol"] == "SASL_SSL"
        assert cluster.settings["sasl.mechanism"] == "OAUTHBEARER", "librdkafka's way of AWS_MSK_IAM"
        assert callable(cluster.settings["oauth_cb"])
        assert cluster.settings["reconnect.backoff.ms"] == 1000


def topics(identity: bool = False, exclude: str = r"mm2.*\.internal|.*\.replica|__.*") -> ReplicatedTopics:
    return ReplicatedTopics(
        "us-east-1", "us-west-2", re.compile(".*"), re.compile(exclude), identity=identity
    )


# What MirrorSourceConnector.shouldReplicateTopic of Kafka 4.1.1 answers; to heartbeats it says yes.
@pytest.mark.parametrize(
    ("topic", "default", "identity"),
    [
        ("orders", True, True),
        ("eu-west-1.orders", True, True),
        ("us-west-2.orders", False, True),  # has been at the target
        ("eu-west-1.us-west-2.orders", False, True),
        ("orders.us-west-2", True, True),  # the last segment is a name, not an alias
        ("us-west-2", True, True),
        ("__consumer_offsets", False, False),
        (".hidden", False, False),
        ("mm2-offset-syncs.us-west-2.internal", False, False),
        ("us-west-2.checkpoints.internal", False, False),
        ("orders.replica", False, False),
        ("orders-internal", True, True),
        ("orders.internal", True, True),
        ("mm2-orders.internal", False, False),
        ("mm2-orders", True, True),
        ("heartbeats", False, False),
        ("us-west-2.heartbeats", False, False),
        ("device.heartbeats", False, False),
    ],
)
def test_topics_cross_by_the_rules_of_mirrormaker(topic: str, default: bool, identity: bool) -> None:
    assert topics().replicated(topic) is default
    assert topics(identity=True).replicated(topic) is identity


def test_internal_topics_do_not_cross_even_when_nothing_excludes_them() -> None:
    for topic in ("mm2-offset-syncs.b.internal", "b.checkpoints.internal", "__x", ".x"):
        assert not topics(exclude="none").replicated(topic), topic
    assert topics(exclude="none").replicated("orders.internal"), "KIP-1074"


@pytest.mark.parametrize(
    ("topic", "default", "identity"),
    [
        ("us-east-1.orders", True, True),
        ("orders", False, True),
        ("eu-west-1.orders", False, True),
        ("us-east-1.eu-west-1.orders", True, True),
        ("us-east-1.us-west-2.orders", False, True),
        ("us-east-1.heartbeats", False, False),
        # of a topic checkpoints.internal, which the derived exclude list has where a glob matches it
        ("us-east-1.checkpoints.internal", True, False),
        ("us-east-1.flowheartbeats", True, True),
        ("flowheartbeats", False, False),  # the identity policy, too, puts the alias before such a name
    ],
)
def test_mirrored_topics_are_known_by_their_names(topic: str, default: bool, identity: bool) -> None:
    assert topics().mirrored(topic) is default
    assert topics(identity=True).mirrored(topic) is identity


def test_every_problem_of_a_directory_is_told_at_once(tmp_path: Path) -> None:
    loaded = environment({"regions/eu-west-1": third_region()})
    variables = mounted(tmp_path, loaded, "us-west-2")
    del variables["BOOTSTRAP_US_EAST_1"]
    changed(
        tmp_path,
        "eu-west-1-to-us-west-2-source",
        **{
            "replication.policy.class": "com.example.Renaming",
            "topic.filter.class": "com.example.Filter",
            "target.cluster.alias": None,
            "sasl.jaas.config": "${file:/secret}",
        },
    )
    with pytest.raises(InvalidConnectors) as caught:
        load_flows(tmp_path, variables)
    said = str(caught.value)
    assert "us-east-1-to-us-west-2-source.json: source.cluster.bootstrap.servers" in said
    assert "environment variable BOOTSTRAP_US_EAST_1 is not set" in said
    assert "replication.policy.class: found com.example.Renaming" in said
    assert "topic.filter.class: found com.example.Filter" in said
    assert "target.cluster.alias: not set" in said
    assert "sasl.jaas.config: found ${file:..}; allowed: ${env:NAME}" in said
    assert len(caught.value.problems) == 5


def test_a_pattern_that_is_none_is_refused(tmp_path: Path) -> None:
    variables = mounted(tmp_path, environment(), "us-west-2")
    changed(tmp_path, "us-east-1-to-us-west-2-source", topics="orders(")
    with pytest.raises(InvalidConnectors, match=r"us-west-2-source\.json: topics: found orders\(: missing"):
        load_flows(tmp_path, variables)


def test_a_directory_without_a_flow_is_refused(tmp_path: Path) -> None:
    mounted(tmp_path, environment(), "us-west-2")
    (tmp_path / "us-east-1-to-us-west-2-source.json").unlink()
    with pytest.raises(InvalidConnectors, match="found no MirrorSourceConnector"):
        load_flows(tmp_path, {})
