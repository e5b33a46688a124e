"""A single node takes the MSK configuration as it is, except what one node cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from localcloud.kafka.server import LOCAL_DEFAULTS, ONE_NODE, server_properties
from localcloud.wan import Listener
from topology.kafka.broker_properties import server_properties as deployed_properties
from topology.loading import load_environment

HOME = Listener("LOCAL", None, ("198.18.0.1", 9092), ("198.18.0.1", 9092))
CROSSING = Listener("CROSSING_1", "us-west-2", ("127.0.0.1", 20001), ("127.0.0.1", 40001))
PLACE = {
    "node.id",
    "process.roles",
    "controller.quorum.voters",
    "controller.listener.names",
    "inter.broker.listener.name",
    "listeners",
    "advertised.listeners",
    "listener.security.protocol.map",
    "log.dirs",
}


@pytest.mark.parametrize("environment", ["local", "production", "three-regions"])
def test_everything_that_is_deployed_is_kept_except_what_one_node_overrides(environment: str) -> None:
    loaded = load_environment(environment)
    for region in loaded.regions:
        deployed = deployed_properties(loaded, region)
        here = server_properties(deployed, [HOME], 9093, Path("data"))
        differs = {key for key in deployed if here[key] != deployed[key]}
        assert differs <= ONE_NODE.keys()
        assert here.keys() - deployed.keys() <= ONE_NODE.keys() | LOCAL_DEFAULTS.keys() | PLACE


def test_a_default_gives_way_to_the_configuration_and_an_override_does_not() -> None:
    configured = {
        "group.initial.rebalance.delay.ms": "3000",
        "min.insync.replicas": "2",
        "log.dirs": "elsewhere",
    }
    here = server_properties(configured, [HOME], 9093, Path("data"))
    assert here["group.initial.rebalance.delay.ms"] == "3000"
    assert here["min.insync.replicas"] == "1"
    assert here["log.dirs"] == "data"
    assert here["auto.create.topics.enable"] == "false"


def test_clients_behind_a_proxy_are_told_the_proxys_address() -> None:
    here = server_properties({}, [HOME, CROSSING], 9093, Path("data"))
    assert here["listeners"] == (
        "LOCAL://198.18.0.1:9092,CROSSING_1://127.0.0.1:20001,CONTROLLER://127.0.0.1:9093"
    )
    assert here["advertised.listeners"] == "LOCAL://198.18.0.1:9092,CROSSING_1://127.0.0.1:40001"
    assert here["listener.security.protocol.map"] == (
        "LOCAL:PLAINTEXT,CROSSING_1:PLAINTEXT,CONTROLLER:PLAINTEXT"
    )
    assert here["inter.broker.listener.name"] == "LOCAL"
