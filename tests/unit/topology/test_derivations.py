"""Names, state addresses, log groups, brokers, networks, workload figures, the summary."""

from __future__ import annotations

import pytest

from tests.unit.topology.environments import environment, third_region
from topology import load_environment
from topology.aws.names import Names, NameTooLongError, bootstrap_variable
from topology.kafka.broker_properties import broker_limit, configuration_name, server_properties
from topology.kafka.catalogue import definitions, settable_on_msk
from topology.kubernetes.workload import (
    jvm_flags,
    memory_floor_to_scale_down_mib,
    memory_that_scales_up_mib,
    probes,
)
from topology.network.addresses import peering_pairs
from topology.observability.log_groups import log_groups
from topology.replication.flows import directed_flows, peers
from topology.state.stacks import STACK_KINDS, replica_region, stack_name, state_address
from topology.summary import summarize


def test_state_lives_in_the_bucket_of_its_own_region() -> None:
    loaded = environment()
    buckets = {r: state_address(loaded, "msk", r).bucket for r in loaded.regions}
    assert buckets == {r: f"orders-test-state-123456789012-{r}" for r in loaded.regions}
    keys = {state_address(loaded, kind, "us-east-1").key for kind in STACK_KINDS}
    assert len(keys) == len(STACK_KINDS)
    assert "orders/test/msk-us-east-1.tfstate" in keys


def test_state_is_replicated_to_the_next_region_or_the_one_named() -> None:
    loaded = load_environment("three-regions")
    assert [replica_region(loaded, r) for r in loaded.regions] == [
        "eu-central-1",
        "ap-southeast-1",
        "eu-west-1",
    ]
    named = environment({"regions/us-east-1/state_replica_region": "ca-central-1"})
    assert replica_region(named, "us-east-1") == "ca-central-1"


def test_stack_names_tell_what_and_where() -> None:
    assert stack_name("msk", "us-east-1") == "msk-us-east-1"
    with pytest.raises(ValueError, match="is not a kind of stack; allowed: state, "):
        stack_name("mks", "us-east-1")


def test_names_that_do_not_fit_are_refused_and_never_cut() -> None:
    loaded = environment()
    with pytest.raises(NameTooLongError, match="kms_alias allows 256"):
        Names(loaded, "us-east-1").kms_alias("k" * 250)


def test_global_names_carry_the_region_and_cluster_names_do_not() -> None:
    names = Names(environment(), "us-east-1")
    assert names.worker_role.endswith("us-east-1")
    assert names.dashboard.endswith("us-east-1")
    assert "us-east-1" not in names.msk_cluster


def test_tags_of_the_file_win() -> None:
    assert Names(environment({"tags": {"ManagedBy": "me"}}), "us-east-1").tags["ManagedBy"] == "me"


def test_bootstrap_variables_are_valid_names() -> None:
    assert bootstrap_variable("us-east-1") == "BOOTSTRAP_US_EAST_1"


def test_no_log_group_has_two_owners_and_all_are_under_eks_or_msk() -> None:
    loaded = load_environment("production")
    groups = [g for owner in ("logs", "msk") for g in log_groups(loaded, "us-east-1", owner)]
    assert len({g.name for g in groups}) == len(groups) == 7
    by_name = {g.name: g.retention_days for g in groups}
    assert by_name["/aws/eks/mirrormaker2/orders-production"] == 7
    assert by_name["/aws/eks/orders-production"] == 30
    assert by_name["/aws/msk/orders-production"] == 30
    assert by_name["/aws/containerinsights/shared-east/performance"] == 14
    assert not any("ecs" in name for name in by_name)


def test_a_region_may_keep_logs_longer() -> None:
    loaded = environment(
        {"retention/mirrormaker_days": 14, "regions/us-west-2/retention": {"mirrormaker_days": 90}}
    )
    kept = {
        region: {g.id: g.retention_days for g in log_groups(loaded, region, "logs")}["mirrormaker2"]
        for region in loaded.regions
    }
    assert kept == {"us-east-1": 14, "us-west-2": 90}


def test_brokers_are_configured_as_the_original_was() -> None:
    properties = server_properties(environment(), "us-east-1")
    assert properties["auto.create.topics.enable"] == "false"
    assert properties["default.replication.factor"] == "3"
    assert properties["min.insync.replicas"] == "2"
    assert properties["num.partitions"] == "12"
    assert properties["log.retention.ms"] == str(7 * 24 * 3600 * 1000)


@pytest.mark.parametrize("broker", ["kafka.m7g.large", "express.m7g.large"])
def test_msk_lets_every_derived_broker_property_be_set(broker: str) -> None:
    properties = server_properties(environment({"kafka/broker": {"type": broker}}), "us-east-1")
    kind = "express" if broker.startswith("express") else "standard"
    assert set(properties) <= settable_on_msk(kind)
    assert set(properties) <= set(definitions("3.9")["broker"])


def test_another_kafka_version_is_another_configuration() -> None:
    one, other = (
        configuration_name(environment({"kafka/version": version}), "us-east-1")
        for version in ("3.9.x", "3.9.x.kraft")
    )
    assert one != other


def test_partition_limits_are_those_of_the_broker_type() -> None:
    assert broker_limit("kafka.t3.small") == 300
    assert broker_limit("kafka.m7g.4xlarge") == 4000
    assert broker_limit("kafka.unknown.large") is None


def test_created_networks_that_share_a_flow_are_peered_once() -> None:
    loaded = load_environment("three-regions")
    assert len(peering_pairs(loaded)) == 3
    assert peering_pairs(load_environment("production")) == ()


def test_a_region_without_a_flow_has_no_peers() -> None:
    loaded = environment({"regions/eu-west-1": third_region(), "flows/0/regions": ["us-east-1", "us-west-2"]})
    assert peers(loaded, "eu-west-1") == ()
    assert peers(loaded, "us-east-1") == ("us-west-2",)
    assert [flow.name for flow in directed_flows(loaded)] == [
        "us-east-1-to-us-west-2",
        "us-west-2-to-us-east-1",
    ]


def test_the_report_s_memory_figures_leave_room_for_the_heap() -> None:
    mirrormaker = environment().mirrormaker
    assert memory_that_scales_up_mib(mirrormaker) == 1638
    assert memory_floor_to_scale_down_mib(mirrormaker) == 1092
    assert "-Xmx1024m" in jvm_flags(mirrormaker)


def test_probes_are_the_reports_with_readiness_on_health() -> None:
    found = probes()
    assert (found["liveness"].path, found["liveness"].initial_delay_seconds) == ("/connectors", 60)
    assert (found["readiness"].path, found["readiness"].initial_delay_seconds) == ("/health", 30)


@pytest.mark.parametrize("name", ["local", "production", "three-regions"])
def test_the_summary_names_every_region_and_flow(name: str) -> None:
    loaded = load_environment(name)
    text = summarize(loaded)
    for region in loaded.regions:
        assert f"region {region}" in text
    for flow in directed_flows(loaded):
        assert f"{flow.source_alias} -> {flow.target_alias}" in text
