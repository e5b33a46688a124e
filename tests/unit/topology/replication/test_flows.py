"""Which regions replicate to each other."""

from __future__ import annotations

from tests.unit.topology.environments import environment, third_region
from topology.replication.flows import directed_flows, peers


def test_a_region_without_a_flow_has_no_peers() -> None:
    loaded = environment({"regions/eu-west-1": third_region(), "flows/0/regions": ["us-east-1", "us-west-2"]})
    assert peers(loaded, "eu-west-1") == ()
    assert peers(loaded, "us-east-1") == ("us-west-2",)
    assert [flow.name for flow in directed_flows(loaded)] == [
        "us-east-1-to-us-west-2",
        "us-west-2-to-us-east-1",
    ]
