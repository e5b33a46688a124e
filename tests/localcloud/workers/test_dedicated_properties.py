"""mm2.properties of a dedicated MirrorMaker, as someone would have written it for the same flows."""

from __future__ import annotations

from localcloud.workers import dedicated_properties
from topology import load_environment
from topology.replication.flows import directed_flows, flows_into

ENVIRONMENT = load_environment("local")
EAST, WEST = "us-east-1", "us-west-2"
ADDRESSES = {EAST: "east:9092", WEST: "west:9092"}


def test_one_flow_has_the_names_and_patterns_of_the_flow() -> None:
    properties = dedicated_properties(flows_into(ENVIRONMENT, WEST), ADDRESSES)
    assert properties["clusters"] == f"{EAST}, {WEST}"
    assert properties[f"{EAST}.bootstrap.servers"] == "east:9092"
    assert properties[f"{EAST}->{WEST}.enabled"] == "true"
    assert properties[f"{EAST}->{WEST}.topics"] == r"demo\..*"
    assert properties[f"{EAST}->{WEST}.groups"] == rf"{EAST}\..*"
    assert not [key for key in properties if key.startswith(f"{WEST}->")]


def test_both_flows_are_in_one_file() -> None:
    properties = dedicated_properties(directed_flows(ENVIRONMENT), ADDRESSES)
    assert {key for key in properties if key.endswith(".enabled") and "group" not in key} == {
        f"{EAST}->{WEST}.enabled",
        f"{WEST}->{EAST}.enabled",
    }


def test_what_is_not_said_is_left_to_mirrormaker() -> None:
    properties = dedicated_properties(flows_into(ENVIRONMENT, WEST), ADDRESSES)
    assert not [key for key in properties if "offset-syncs.topic.location" in key or "group.id" in key]
    assert {value for key, value in properties.items() if "replication.factor" in key} == {"1"}


def test_what_is_given_wins() -> None:
    name = f"{EAST}->{WEST}.topics"
    assert dedicated_properties(flows_into(ENVIRONMENT, WEST), ADDRESSES, {name: "orders"})[name] == "orders"
