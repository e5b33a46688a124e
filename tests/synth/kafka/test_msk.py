"""msk-R: the Kafka cluster of a region."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import ENVIRONMENTS
from tests.synth.stack_json import document, output, resource, resources
from tests.unit.topology.environments import environment
from topology import load_environment
from topology.network.addresses import PORTS

Stack = dict[str, Any]
Synthesized = Callable[[str], dict[str, Stack]]
Synthesize = Callable[..., dict[str, Stack]]
VOLUME_SIZE = "broker_node_group_info[0].storage_info[0].ebs_storage_info[0].volume_size"


@pytest.fixture(scope="module")
def stack(synthesized: Synthesized) -> Stack:
    return synthesized("production")["msk-us-east-1"]


@pytest.fixture(scope="module")
def cluster(stack: Stack) -> dict[str, Any]:
    return resource(stack, "aws_msk_cluster", "cluster")


@pytest.fixture(scope="module")
def express(synthesized: Synthesized) -> Stack:
    return synthesized("three-regions")["msk-ap-southeast-1"]


def open_ports(stack: Stack) -> dict[int, set[str]]:
    """Sources by port."""
    found: dict[int, set[str]] = {}
    for rule in resources(stack, "aws_vpc_security_group_ingress_rule").values():
        assert rule["from_port"] == rule["to_port"]
        source = rule.get("cidr_ipv4") or rule["referenced_security_group_id"]
        found.setdefault(rule["from_port"], set()).add(source)
    return found


def test_configuration_changes_reach_the_cluster(cluster: dict[str, Any]) -> None:
    assert cluster["configuration_info"] == {
        "arn": "${aws_msk_configuration.cluster_configuration.arn}",
        "revision": "${aws_msk_configuration.cluster_configuration.latest_revision}",
    }


def test_a_changed_property_makes_a_revision_and_a_changed_version_another_configuration(
    synthesize: Synthesize,
) -> None:
    def configuration(changes: dict[str, Any]) -> dict[str, Any]:
        stacks = synthesize(environment(changes))
        return resource(stacks["msk-us-east-1"], "aws_msk_configuration", "cluster_configuration")

    first = configuration({})
    property_changed = configuration({"kafka/server_properties": {"log.retention.ms": "3600000"}})
    version_changed = configuration({"kafka/version": "3.8.x"})
    assert property_changed["name"] == first["name"]
    assert property_changed["server_properties"] != first["server_properties"]
    assert version_changed["name"] != first["name"]
    assert version_changed["kafka_versions"] == ["3.8.x"]


def test_a_configuration_is_replaced_before_the_old_one_goes(stack: Stack) -> None:
    configuration = resource(stack, "aws_msk_configuration", "cluster_configuration")
    assert configuration["lifecycle"]["create_before_destroy"] is True


def test_the_configuration_is_a_properties_file_with_the_durability_of_the_environment(stack: Stack) -> None:
    text = resource(stack, "aws_msk_configuration", "cluster_configuration")["server_properties"]
    properties = dict(line.split("=", 1) for line in text.splitlines())
    assert properties["auto.create.topics.enable"] == "false"
    assert properties["default.replication.factor"] == "3"
    assert properties["min.insync.replicas"] == "2"


def test_what_a_property_says_is_text_to_java_and_to_terraform(synthesize: Synthesize) -> None:
    odd = {"compression.type": "${var.x}\nlog.retention.ms=1"}
    stacks = synthesize(environment({"kafka/server_properties": odd}))
    configuration = resource(stacks["msk-us-east-1"], "aws_msk_configuration", "cluster_configuration")
    lines = configuration["server_properties"].splitlines()
    assert r"compression.type=$${var.x}\nlog.retention.ms=1" in lines


def test_clients_speak_tls_and_prove_themselves_by_iam(cluster: dict[str, Any]) -> None:
    assert cluster["encryption_info"]["encryption_in_transit"] == {"client_broker": "TLS", "in_cluster": True}
    assert cluster["client_authentication"] == {
        "sasl": {"iam": True, "scram": False},
        "unauthenticated": False,
    }


def test_data_at_rest_is_under_a_customer_managed_key(stack: Stack, cluster: dict[str, Any]) -> None:
    assert cluster["encryption_info"]["encryption_at_rest_kms_key_arn"] == "${aws_kms_key.key.arn}"
    assert resource(stack, "aws_kms_key", "key")["enable_key_rotation"] is True


def test_iam_port_is_open_to_the_workers_and_their_peers_only(stack: Stack) -> None:
    # us-west-2's pods have a range of their own within their VPC, and their nodes' addresses outside it
    assert open_ports(stack)[PORTS["iam"]] == {"10.32.0.0/16", "10.64.0.0/16", "100.64.0.0/16"}


def test_applications_are_admitted_by_address_and_by_security_group(synthesize: Synthesize) -> None:
    clients = {"client_cidrs": ["192.168.7.0/24"], "client_security_groups": ["sg-0123456789abcdef0"]}
    stack = synthesize(environment({"regions/us-east-1/kafka": clients}))["msk-us-east-1"]
    assert open_ports(stack)[PORTS["iam"]] >= {"192.168.7.0/24", "sg-0123456789abcdef0"}
    rule = resource(stack, "aws_vpc_security_group_ingress_rule", "brokers_iam-sg-0123456789abcdef0")
    assert "cidr_ipv4" not in rule


def test_rules_of_earlier_states_are_renamed_and_not_created_again(stack: Stack) -> None:
    """A rule that is deleted and created in one apply may be refused as a duplicate."""
    kind = "aws_vpc_security_group_ingress_rule"
    moves = {move["from"]: move["to"] for move in stack["moved"]}
    assert moves[f"{kind}.brokers_iam-us-west-2-0"] == f"{kind}.brokers_iam-100-64-0-0-16"
    assert set(moves.values()) == {f"{kind}.{name}" for name in resources(stack, kind)}
    assert not set(moves) & set(moves.values())


def test_exporters_are_open_to_the_own_region_only(stack: Stack) -> None:
    assert open_ports(stack)[PORTS["jmx_exporter"]] == {"10.32.0.0/16"}
    assert open_ports(stack)[PORTS["node_exporter"]] == {"10.32.0.0/16"}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_clear_text_and_unused_ports_are_closed(name: str, synthesized: Synthesized) -> None:
    for stack_name, stack in synthesized(name).items():
        if stack_name.startswith("msk-"):
            assert open_ports(stack).keys() == {PORTS["iam"], PORTS["jmx_exporter"], PORTS["node_exporter"]}
            assert "0.0.0.0/0" not in {cidr for cidrs in open_ports(stack).values() for cidr in cidrs}


def test_brokers_open_no_connections(stack: Stack) -> None:
    assert "aws_vpc_security_group_egress_rule" not in stack["resource"]
    assert "egress" not in resource(stack, "aws_security_group", "brokers")
    assert "ingress" not in resource(stack, "aws_security_group", "brokers")


def test_brokers_log_to_a_group_with_retention_under_the_key(stack: Stack, cluster: dict[str, Any]) -> None:
    group = resource(stack, "aws_cloudwatch_log_group", "brokers_log")
    assert (group["name"], group["retention_in_days"]) == ("/aws/msk/orders-production", 30)
    assert group["kms_key_id"] == "${aws_kms_key.key.arn}"
    assert cluster["logging_info"]["broker_logs"]["cloudwatch_logs"] == {
        "enabled": True,
        "log_group": "${aws_cloudwatch_log_group.brokers_log.name}",
    }


def test_the_key_is_open_to_the_brokers_log_group_and_no_other(stack: Stack) -> None:
    statements = {s["Sid"]: s for s in document(resource(stack, "aws_kms_key", "key"))["Statement"]}
    logs = statements["CloudWatchLogsForTheseGroups"]
    assert logs["Principal"] == {"Service": "logs.us-east-1.amazonaws.com"}
    assert logs["Condition"]["ArnEquals"]["kms:EncryptionContext:aws:logs:arn"] == [
        "arn:aws:logs:us-east-1:111122223333:log-group:/aws/msk/orders-production"
    ]


def test_brokers_are_spread_over_the_subnets_of_the_network_stack(cluster: dict[str, Any]) -> None:
    brokers = cluster["broker_node_group_info"]
    subnets = "${data.terraform_remote_state.network-us-east-1.outputs.private_subnet_ids}"
    assert brokers["client_subnets"] == subnets
    assert brokers["security_groups"] == ["${aws_security_group.brokers.id}"]
    assert "connectivity_info" not in brokers, "public access cannot be set at creation, and is not wanted"
    assert cluster["number_of_broker_nodes"] == 3


def test_volumes_grow_by_autoscaling(stack: Stack) -> None:
    target = resource(stack, "aws_appautoscaling_target", "storage")
    assert (target["service_namespace"], target["scalable_dimension"]) == (
        "kafka",
        "kafka:broker-storage:VolumeSize",
    )
    assert (target["min_capacity"], target["max_capacity"]) == (1, 4000)
    tracking = resource(stack, "aws_appautoscaling_policy", "storage_policy")[
        "target_tracking_scaling_policy_configuration"
    ]
    assert tracking["target_value"] == 60
    assert tracking["disable_scale_in"] is True
    metric = tracking["predefined_metric_specification"]["predefined_metric_type"]
    assert metric == "KafkaBrokerStorageUtilization"


def test_volume_size_is_ignored_exactly_when_autoscaling_grows_it(
    cluster: dict[str, Any], synthesize: Synthesize
) -> None:
    assert cluster["lifecycle"]["ignore_changes"] == [VOLUME_SIZE]
    fixed = synthesize(environment({"kafka/storage": {"volume_gib": 200, "autoscaling": None}}))
    stack = fixed["msk-us-east-1"]
    assert "ignore_changes" not in resource(stack, "aws_msk_cluster", "cluster").get("lifecycle", {})
    assert "aws_appautoscaling_target" not in stack["resource"]


def test_express_brokers_have_no_ebs_settings(express: Stack) -> None:
    cluster = resource(express, "aws_msk_cluster", "cluster")
    assert cluster["broker_node_group_info"]["instance_type"] == "express.m7g.large"
    assert "storage_info" not in cluster["broker_node_group_info"]
    assert "lifecycle" not in cluster
    assert "aws_appautoscaling_target" not in express["resource"]


def test_express_brokers_have_no_log_group_because_msk_would_drop_their_logs(express: Stack) -> None:
    assert "logging_info" not in resource(express, "aws_msk_cluster", "cluster")
    assert "aws_cloudwatch_log_group" not in express["resource"]
    assert "logs." not in json.dumps(document(resource(express, "aws_kms_key", "key")))


def test_scram_has_no_secret_unless_asked_for(stack: Stack) -> None:
    assert "aws_secretsmanager_secret" not in stack["resource"]


def test_scram_secret_is_one_that_msk_takes_and_its_value_is_not_in_the_state(synthesize: Synthesize) -> None:
    stack = synthesize(environment({"kafka/authentication": {"scram": True}}))["msk-us-east-1"]
    secret = resource(stack, "aws_secretsmanager_secret", "scram")
    assert secret["name"].startswith("AmazonMSK_")
    assert secret["kms_key_id"] == "${aws_kms_key.key.arn}"
    assert "aws_secretsmanager_secret_version" not in stack["resource"]
    (reader,) = document(resource(stack, "aws_secretsmanager_secret_policy", "scram_policy"))["Statement"]
    assert reader["Principal"] == {"Service": "kafka.amazonaws.com"}
    assert reader["Action"] == "secretsmanager:GetSecretValue"
    assert resource(stack, "aws_msk_cluster", "cluster")["client_authentication"]["sasl"]["scram"] is True
    assert open_ports(stack)[PORTS["scram"]] == {"10.1.0.0/16"}


ASSOCIATIONS = "aws_msk_single_scram_secret_association"
BILLING = "arn:aws:secretsmanager:us-east-1:123456789012:secret:AmazonMSK_team/billing-a1B2c3"


def test_an_empty_scram_secret_is_associated_in_a_second_step(synthesize: Synthesize) -> None:
    before, after = (
        synthesize(environment({"kafka/authentication": {"scram": True, **more}}))["msk-us-east-1"]
        for more in ({}, {"scram_secret_associated": True})
    )
    assert resources(before, ASSOCIATIONS) == {}
    association = resource(after, ASSOCIATIONS, "scram_association")
    assert association["secret_arn"] == "${aws_secretsmanager_secret.scram.arn}"
    assert association["cluster_arn"] == "${aws_msk_cluster.cluster.arn}"
    assert association["depends_on"] == ["aws_secretsmanager_secret_policy.scram_policy"]
    kinds = {kind for stack in (before, after) for kind in stack["resource"]}
    assert "aws_msk_scram_secret_association" not in kinds, "it removes secrets that others associate"


def test_the_exclusive_association_is_forgotten_and_its_secret_stays_associated(
    synthesize: Synthesize, stack: Stack
) -> None:
    scram = synthesize(environment({"kafka/authentication": {"scram": True}}))["msk-us-east-1"]
    assert scram["removed"] == [
        {"from": "aws_msk_scram_secret_association.scram_association", "lifecycle": {"destroy": False}}
    ]
    assert "removed" not in stack


def test_secrets_of_others_are_associated_each_by_itself(synthesize: Synthesize) -> None:
    given = {"authentication": {"scram": True, "scram_secrets": [BILLING]}}
    stacks = synthesize(environment({"regions/us-east-1/kafka": given}))
    association = resource(stacks["msk-us-east-1"], ASSOCIATIONS, "AmazonMSK_team_billing-a1B2c3")
    assert association["secret_arn"] == BILLING
    assert resources(stacks["msk-us-west-2"], ASSOCIATIONS) == {}


def test_monitoring_level_has_what_the_alarms_ask_for(cluster: dict[str, Any]) -> None:
    assert cluster["enhanced_monitoring"] == "PER_BROKER"
    assert cluster["open_monitoring"]["prometheus"] == {
        "jmx_exporter": {"enabled_in_broker": True},
        "node_exporter": {"enabled_in_broker": True},
    }


def test_others_find_the_cluster_by_its_outputs(stack: Stack) -> None:
    assert output(stack, "cluster_arn") == "${aws_msk_cluster.cluster.arn}"
    assert output(stack, "bootstrap_brokers_iam") == "${aws_msk_cluster.cluster.bootstrap_brokers_sasl_iam}"
    assert output(stack, "security_group_id") == "${aws_security_group.brokers.id}"
    assert output(stack, "configuration_revision").endswith(".latest_revision}")
    assert output(stack, "cluster_uuid") == '${element(split("/", aws_msk_cluster.cluster.arn), 2)}'


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_no_region_id_in_the_name_of_a_cluster(name: str, synthesized: Synthesized) -> None:
    """aws-msk-iam-auth up to 2.3.7 signs for the first region id in the host name."""
    for region in load_environment(name).regions:
        cluster = resource(synthesized(name)[f"msk-{region}"], "aws_msk_cluster", "cluster")
        assert region not in cluster["cluster_name"]
