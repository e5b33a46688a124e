"""Which topics a flow replicates: connectors, probe and failover ask one object."""

from __future__ import annotations

import re
from typing import Any

import pytest

from operations.connect.connector_flows import replicated_topics
from tests.conftest import ENVIRONMENTS
from tests.unit.topology.environments import environment, third_region
from topology import load_environment
from topology.aws.names import Names
from topology.replication.connectors import checkpoint_connector, connectors, source_connector
from topology.replication.flows import DirectedFlow, directed_flows, flows_into, internal_topics
from topology.replication.globs import glob_regex
from topology.replication.mirrormaker_names import NEVER_REPLICATED, POLICIES, connector_class, patterns

HANDOVER_NAMES = {
    "config_topic": "mm2-configs.x",
    "offset_topic": "mm2-offsets.x",
    "status_topic": "mm2-status.x",
}
KAFKA_DEFAULT = r"mm2.*\.internal,.*\.replica,__.*"
"""DefaultTopicFilter of 4.1.1, which tests/e2e/operations/test_verify_flows.py reads from the jar."""


def flow_of(changes: dict[str, Any]) -> DirectedFlow:
    (flow,) = flows_into(environment(changes), "us-west-2")
    return flow


def test_a_topic_of_an_application_that_ends_in_internal_is_replicated() -> None:
    flow = flow_of({"flows/0/topics": {"include": ["orders.*"]}})
    assert flow.replicated_topics.replicated("orders.internal")
    assert flow.replicated_topics.mirrored("us-east-1.orders.internal")
    assert not flow.excludes("orders.internal")


def test_the_exclude_list_is_kafkas_own_where_no_internal_topic_matches() -> None:
    flow = flow_of({"flows/0/topics": {"include": ["orders.*"]}})
    assert source_connector(flow)["topics.exclude"] == KAFKA_DEFAULT == patterns(NEVER_REPLICATED)
    config = checkpoint_connector(flow)
    assert config is not None
    assert config["topics.exclude"] == KAFKA_DEFAULT


@pytest.mark.parametrize(
    "include", [["*"], ["mm2-*"], ["mm2-?*"], ["mm2-configs.*", "mm2-offsets.*", "mm2-status.*"]]
)
def test_connects_topics_never_cross_whatever_they_are_called(include: list[str]) -> None:
    flow = flow_of({"mirrormaker/connect": HANDOVER_NAMES, "flows/0/topics": {"include": include}})
    for name in HANDOVER_NAMES.values():
        assert not flow.replicated_topics.replicated(name)
        assert flow.excludes(name)
        assert name in flow.excluded_topics


def test_internal_topics_of_every_region_are_excluded_by_name_where_globs_match_them() -> None:
    changes: dict[str, Any] = {
        "regions/eu-west-1": third_region(),
        "flows/0/topics": {
            "include": ["*"],
            "exclude": [f"{region}.*" for region in ("us-east-1", "us-west-2")],
        },
        "flows/0/regions": ["us-east-1", "us-west-2"],
    }
    loaded = environment(changes)
    for flow in directed_flows(loaded):
        for name in internal_topics(loaded):
            assert flow.excludes(name), name
            assert re.fullmatch("|".join(map(glob_regex, flow.excluded_topics)), name), name
    found = set(internal_topics(loaded))
    assert {"heartbeats", "mm2-offset-syncs.eu-west-1.internal", "eu-west-1.checkpoints.internal"} <= found
    assert set(Names(loaded, "us-east-1").connect_topics) <= found


def test_the_exclude_list_stays_short_where_globs_match_no_internal_topic() -> None:
    for name in ENVIRONMENTS:
        for flow in directed_flows(load_environment(name)):
            assert flow.excluded_topics == (*NEVER_REPLICATED, *flow.spec.topics.exclude), (name, flow.name)


@pytest.mark.parametrize("policy", sorted(POLICIES))
@pytest.mark.parametrize("include", [["*"], ["mm2-*", "orders.*"], ["orders.?"]])
def test_the_flow_and_its_connectors_properties_say_the_same(policy: str, include: list[str]) -> None:
    spec = {"source": "us-east-1", "target": "us-west-2", "policy": policy}
    flow = flow_of(
        {
            "mirrormaker/connect": HANDOVER_NAMES,
            "flows/0": {**spec, "topics": {"include": include, "exclude": ["orders.tmp.*"]}},
        }
    )
    from_file, from_properties = flow.replicated_topics, replicated_topics(source_connector(flow))
    assert from_file == from_properties


def test_a_sample_topic_is_one_that_crosses() -> None:
    for exclude in ([], ["n*"], ["numbered", "x*"]):
        flow = flow_of({"flows/0/topics": {"include": ["*"], "exclude": exclude}})
        assert flow.replicated_topics.replicated(flow.sample_topic), flow.sample_topic


def test_a_topic_that_would_be_mirrored_into_an_internal_topic_is_excluded() -> None:
    flow = flow_of({"flows/0/topics": {"include": ["*"]}})
    assert flow.mirrored("checkpoints.internal") == flow.checkpoints_topic
    assert not flow.replicated_topics.replicated("checkpoints.internal")
    assert not flow.replicated_topics.mirrored(flow.checkpoints_topic)


def test_an_include_that_one_direction_replicates_is_accepted() -> None:
    environment({"flows/0/topics": {"include": ["orders.*", "mm2-*", "*.internal"]}})


def test_connectors_are_of_the_classes_and_names_that_operations_look_for() -> None:
    found = connectors(environment(), "us-west-2")
    assert {config["connector.class"] for config in found.values()} == {
        connector_class(kind) for kind in ("source", "checkpoint", "heartbeat")
    }
