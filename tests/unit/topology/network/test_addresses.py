"""Peerings of created networks."""

from __future__ import annotations

from topology import load_environment
from topology.network.addresses import peering_pairs


def test_created_networks_that_share_a_flow_are_peered_once() -> None:
    loaded = load_environment("three-regions")
    assert len(peering_pairs(loaded)) == 3
    assert peering_pairs(load_environment("production")) == ()
