"""KafkaCluster: the MSK cluster and its configuration."""

from __future__ import annotations

from typing import Any

import pytest
from cdktf import TerraformOutput, TerraformStack, Token

from modules.kafka.msk_cluster import GROWN_BY_AUTOSCALING, BrokerConfiguration, BrokerNetwork, KafkaCluster
from tests.modules.synthesized import Stack, part, synthesized
from tests.synth.stack_json import output, resource
from topology.model import Authentication, Broker, Kafka, Monitoring, Storage

KEY = "arn:aws:kms:us-east-1:123456789012:key/1"
FIXED = Storage(volume_gib=250, autoscaling=None)
PROPERTIES = {"num.partitions": "12", "auto.create.topics.enable": "false", "log.dirs": "${env:X}"}


def kafka_cluster(kafka: Kafka | None = None, *, retain: bool = False, log_group: str | None = None) -> Stack:
    def build(stack: TerraformStack) -> None:
        made = KafkaCluster(
            stack,
            "cluster",
            name="orders-test",
            kafka=kafka or Kafka(),
            configuration=BrokerConfiguration("orders-test-3-9", "3.9.x", PROPERTIES),
            network=BrokerNetwork(["subnet-1", "subnet-2", "subnet-3"], ["sg-1"]),
            key_arn=KEY,
            log_group=log_group,
            retain=retain,
        )
        outputs = {
            "name": made.name,
            "uuid": made.uuid,
            "brokers": made.bootstrap_brokers_iam,
            "revision": Token.as_string(made.configuration_revision),
        }
        for name, value in outputs.items():
            TerraformOutput(stack, name, value=value)

    return synthesized(build)


def cluster(*args: Any, **options: Any) -> dict[str, Any]:
    return resource(kafka_cluster(*args, **options), "aws_msk_cluster", "cluster")


@pytest.fixture(scope="module")
def stack() -> Stack:
    """Everything by default."""
    return kafka_cluster()


@pytest.mark.parametrize(
    ("storage", "retain", "expected"),
    [
        (None, True, {"ignore_changes": [GROWN_BY_AUTOSCALING], "prevent_destroy": True}),
        (None, False, {"ignore_changes": [GROWN_BY_AUTOSCALING]}),
        (FIXED, True, {"prevent_destroy": True}),
        (FIXED, False, None),
    ],
    ids=["growing-retained", "growing", "fixed-retained", "fixed"],
)
def test_lifecycle_ignores_growing_volumes_and_protects_a_retained_cluster(
    storage: Storage | None, retain: bool, expected: dict[str, Any] | None
) -> None:
    assert cluster(Kafka(storage=storage), retain=retain).get("lifecycle") == expected


def test_express_brokers_have_no_storage_settings_and_can_be_retained() -> None:
    found = cluster(Kafka(broker=Broker(type="express.m7g.large")), retain=True)
    assert found["broker_node_group_info"] == {
        "instance_type": "express.m7g.large",
        "client_subnets": ["subnet-1", "subnet-2", "subnet-3"],
        "security_groups": ["sg-1"],
    }
    assert found["lifecycle"] == {"prevent_destroy": True}


def test_broker_type_count_and_volume_size_come_from_the_environment() -> None:
    found = cluster(Kafka(storage=FIXED, broker=Broker(type="kafka.m7g.xlarge", count=6)))
    assert found["number_of_broker_nodes"] == 6
    assert part(found["broker_node_group_info"], "instance_type", "storage_info") == {
        "instance_type": "kafka.m7g.xlarge",
        "storage_info": {"ebs_storage_info": {"volume_size": 250}},
    }


@pytest.mark.parametrize("scram", [True, False])
def test_scram_is_optional_and_unauthenticated_access_is_off(scram: bool) -> None:
    found = cluster(Kafka(authentication=Authentication(scram=scram)))
    assert found["client_authentication"] == {
        "sasl": {"iam": True, "scram": scram},
        "unauthenticated": False,
    }


def test_data_is_encrypted_at_rest_under_the_given_key_and_in_transit(stack: Stack) -> None:
    assert resource(stack, "aws_msk_cluster", "cluster")["encryption_info"] == {
        "encryption_at_rest_kms_key_arn": KEY,
        "encryption_in_transit": {"client_broker": "TLS", "in_cluster": True},
    }


def test_exporters_are_switched_independently() -> None:
    monitoring = Monitoring(level="PER_TOPIC_PER_BROKER", jmx_exporter=False, node_exporter=True)
    assert part(cluster(Kafka(monitoring=monitoring)), "enhanced_monitoring", "open_monitoring") == {
        "enhanced_monitoring": "PER_TOPIC_PER_BROKER",
        "open_monitoring": {
            "prometheus": {
                "jmx_exporter": {"enabled_in_broker": False},
                "node_exporter": {"enabled_in_broker": True},
            }
        },
    }


def test_brokers_log_only_if_a_log_group_is_given(stack: Stack) -> None:
    logs = {"enabled": True, "log_group": "/aws/msk/orders"}
    assert cluster(log_group="/aws/msk/orders")["logging_info"] == {
        "broker_logs": {"cloudwatch_logs": logs},
    }
    assert "logging_info" not in resource(stack, "aws_msk_cluster", "cluster")


def test_server_properties_are_sorted_and_escaped(stack: Stack) -> None:
    assert resource(stack, "aws_msk_configuration", "cluster_configuration") == {
        "name": "orders-test-3-9",
        "kafka_versions": ["3.9.x"],
        "server_properties": "auto.create.topics.enable=false\nlog.dirs=$${env:X}\nnum.partitions=12\n",
        "lifecycle": {"create_before_destroy": True},
    }


def test_the_cluster_follows_the_latest_revision_of_its_configuration(stack: Stack) -> None:
    configuration = "aws_msk_configuration.cluster_configuration"
    assert resource(stack, "aws_msk_cluster", "cluster")["configuration_info"] == {
        "arn": f"${{{configuration}.arn}}",
        "revision": f"${{{configuration}.latest_revision}}",
    }
    assert output(stack, "revision") == f"${{{configuration}.latest_revision}}"


def test_outputs_refer_to_the_cluster(stack: Stack) -> None:
    assert {name: output(stack, name) for name in ("name", "uuid", "brokers")} == {
        "name": "${aws_msk_cluster.cluster.cluster_name}",
        "uuid": '${element(split("/", aws_msk_cluster.cluster.arn), 2)}',
        "brokers": "${aws_msk_cluster.cluster.bootstrap_brokers_sasl_iam}",
    }
