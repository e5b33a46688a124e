"""Latency is watched exactly where heartbeats arrive, because nothing else measures it."""

from __future__ import annotations

from tests.unit.topology.environments import environment, third_region
from topology.iam.statements import PROBE_GROUP, operations_statements, worker_statements
from topology.model import Environment
from topology.observability.alarms import alarms
from topology.observability.dashboard import series
from topology.observability.metrics import METRICS, metric
from topology.replication.flows import flows_into
from topology.replication.mirrormaker_names import HEARTBEATS

ONE_WAY = {"source": "us-east-1", "target": "us-west-2"}
FROM_A_THIRD = {"source": "eu-west-1", "target": "us-east-1", "topics": {"include": ["payments.*"]}}


def carrying(loaded: Environment, region: str) -> set[str]:
    """The sources whose heartbeats arrive in a region, which alarms, dashboard and policy must agree on."""
    flows = {flow.source_alias for flow in flows_into(loaded, region) if flow.carries_heartbeats}
    latency = metric("replication-latency")
    watched = {
        dict(query.dimensions)["Source"]
        for alarm in alarms(loaded, region)
        for query in alarm.queries
        if query.metric == latency
    }
    drawn = {one["Source"] for one in series(loaded, region, latency)}
    readable = {
        resource.name.removesuffix(f".{HEARTBEATS}")
        for statement in operations_statements(loaded, region)
        if "ReadData" in statement.actions
        for resource in statement.resources
    }
    assert flows == watched == drawn == readable
    return flows


def test_both_directions_of_an_active_active_flow_carry_heartbeats() -> None:
    loaded = environment()
    assert carrying(loaded, "us-west-2") == {"us-east-1"}
    assert carrying(loaded, "us-east-1") == {"us-west-2"}


def test_a_one_way_flow_carries_none_because_nothing_writes_them_at_its_source() -> None:
    loaded = environment({"flows/0": ONE_WAY})
    assert len(flows_into(loaded, "us-west-2")) == 1
    assert carrying(loaded, "us-west-2") == set()


def test_a_one_way_flow_carries_them_where_another_flow_ends_at_its_source() -> None:
    further = {"source": "eu-west-1", "target": "us-east-1"}
    loaded = environment({"regions/eu-west-1": third_region(), "flows/0": ONE_WAY, "flows/1": further})
    assert carrying(loaded, "us-west-2") == {"us-east-1"}
    assert carrying(loaded, "us-east-1") == set()


def test_heartbeats_that_are_switched_off_are_not_waited_for() -> None:
    assert carrying(environment({"flows/0/heartbeats": {"enabled": False}}), "us-west-2") == set()


def test_other_metrics_of_the_probe_do_not_depend_on_heartbeats() -> None:
    loaded = environment({"flows/0": ONE_WAY})
    for known in METRICS:
        if known.source == "probe" and known.part is None:
            assert len(series(loaded, "us-west-2", known)) == 1, known.id


def test_heartbeats_keep_the_alias_under_the_identity_policy() -> None:
    loaded = environment({"flows/0": {**ONE_WAY, "policy": "identity"}})
    (flow,) = flows_into(loaded, "us-west-2")
    assert flow.mirrored("orders.test.x") == "orders.test.x"
    assert flow.mirrored(HEARTBEATS) == "us-east-1.heartbeats"
    written = environment(
        {
            "regions/eu-west-1": third_region(),
            "flows/0": {**ONE_WAY, "policy": "identity"},
            "flows/1": FROM_A_THIRD,
        }
    )
    (mirrored,) = [s for s in worker_statements(written, "us-west-2") if s.sid == "MirroredHeartbeats"]
    assert {resource.name for resource in mirrored.resources} == {"us-east-1.heartbeats"}


def test_heartbeats_that_nobody_writes_need_no_permission() -> None:
    loaded = environment({"flows/0": ONE_WAY})
    sids = {s.sid for s in worker_statements(loaded, "us-west-2")}
    assert "MirroredHeartbeats" not in sids
    (source,) = [s for s in worker_statements(loaded, "us-west-2") if s.sid == "SourceTopics"]
    assert HEARTBEATS not in {resource.name for resource in source.resources}


def test_the_probe_may_ask_both_ends_and_change_nothing() -> None:
    by_sid = {statement.sid: statement for statement in operations_statements(environment(), "us-west-2")}
    assert {(r.region, r.kind) for r in by_sid["ProbeConnect"].resources} == {
        ("us-west-2", "cluster"),
        ("us-east-1", "cluster"),
    }
    assert {(r.region, r.name) for r in by_sid["ProbeOffsets"].resources} == {
        ("us-west-2", "us-east-1.orders.test.*"),
        ("us-east-1", "orders.test.*"),
    }
    assert [(r.region, r.kind, r.name) for r in by_sid["ProbeGroup"].resources] == [
        ("us-west-2", "group", PROBE_GROUP)
    ]
    actions = {action for statement in by_sid.values() for action in statement.actions}
    assert actions == {"Connect", "DescribeTopic", "ReadData", "AlterGroup", "DescribeGroup"}


def test_a_region_where_no_flow_ends_has_nothing_to_probe() -> None:
    assert operations_statements(environment({"flows/0": ONE_WAY}), "us-east-1") == ()
