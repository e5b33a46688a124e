"""The summary of an environment, for people."""

from __future__ import annotations

import pytest

from topology import load_environment
from topology.replication.flows import directed_flows
from topology.summary import summarize


@pytest.mark.parametrize("name", ["local", "production", "three-regions"])
def test_the_summary_names_every_region_and_flow(name: str) -> None:
    loaded = load_environment(name)
    text = summarize(loaded)
    for region in loaded.regions:
        assert f"region {region}" in text
    for flow in directed_flows(loaded):
        assert f"{flow.source_alias} -> {flow.target_alias}" in text
