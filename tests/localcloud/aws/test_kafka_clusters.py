"""MSK clusters: creation, what they are described as, and what MSK refuses."""

import re
from typing import Any

import pytest

from tests.localcloud.aws.msk import SUBNETS, Refusal, create_cluster, create_configuration, describe, group

UNKNOWN = "arn:aws:kafka:us-east-1:123456789012:cluster/none/11111111-2222-3333-4444-555555555555-1"


def test_arn_has_account_region_name_and_id(client: Any, name: str) -> None:
    arn = create_cluster(client("kafka", "eu-west-1"), name)
    identifier = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-\d+"
    assert re.fullmatch(rf"arn:aws:kafka:eu-west-1:123456789012:cluster/{name}/{identifier}", arn)


def test_new_cluster_is_creating_and_active_when_next_read(kafka: Any, name: str) -> None:
    created = kafka.create_cluster_v2(
        ClusterName=name,
        Provisioned={
            "KafkaVersion": "3.9.x",
            "NumberOfBrokerNodes": 3,
            "BrokerNodeGroupInfo": group(),
        },
    )
    assert created["State"] == "CREATING"
    assert created["ClusterType"] == "PROVISIONED"
    assert describe(kafka, created["ClusterArn"])["State"] == "ACTIVE"


@pytest.mark.usefixtures("by_reads")
def test_states_follow_the_reads_where_a_test_wants_to_see_them(kafka: Any, name: str) -> None:
    arn = create_cluster(kafka, name)
    assert describe(kafka, arn)["State"] == "CREATING"
    with Refusal(400, "BadRequestException", "bootstrap broker nodes for a cluster in CREATING state"):
        kafka.get_bootstrap_brokers(ClusterArn=arn)
    assert describe(kafka, arn)["State"] == "ACTIVE"


def test_cluster_is_described_with_what_it_was_created_with(kafka: Any, name: str) -> None:
    configuration = create_configuration(kafka, name)
    logging = {"BrokerLogs": {"CloudWatchLogs": {"Enabled": True, "LogGroup": "/aws/msk/test"}}}
    monitoring = {"Prometheus": {"JmxExporter": {"EnabledInBroker": True}}}
    encryption = {"EncryptionAtRest": {"DataVolumeKMSKeyId": "arn:aws:kms:us-east-1:123456789012:key/k"}}
    arn = create_cluster(
        kafka,
        name,
        ConfigurationInfo={"Arn": configuration, "Revision": 1},
        LoggingInfo=logging,
        OpenMonitoring=monitoring,
        EncryptionInfo=encryption,
        EnhancedMonitoring="PER_BROKER",
        Tags={"Project": "mirror"},
    )
    described = describe(kafka, arn)
    assert described["CurrentBrokerSoftwareInfo"] == {
        "ConfigurationArn": configuration,
        "ConfigurationRevision": 1,
        "KafkaVersion": "3.9.x",
    }
    assert described["LoggingInfo"] == logging
    assert described["OpenMonitoring"] == monitoring
    assert described["EncryptionInfo"]["EncryptionAtRest"] == encryption["EncryptionAtRest"]
    assert described["EnhancedMonitoring"] == "PER_BROKER"
    assert described["NumberOfBrokerNodes"] == 3
    assert described["Tags"] == {"Project": "mirror"}
    assert described["BrokerNodeGroupInfo"]["ClientSubnets"] == SUBNETS


def test_defaults_are_those_of_msk(kafka: Any, name: str) -> None:
    described = describe(kafka, create_cluster(kafka, name))
    assert described["EncryptionInfo"]["EncryptionInTransit"] == {"ClientBroker": "TLS", "InCluster": True}
    assert described["EncryptionInfo"]["EncryptionAtRest"]["DataVolumeKMSKeyId"].startswith("arn:aws:kms:")
    assert described["EnhancedMonitoring"] == "DEFAULT"
    assert described["StorageMode"] == "LOCAL"
    assert described["BrokerNodeGroupInfo"]["ConnectivityInfo"]["PublicAccess"] == {"Type": "DISABLED"}


def test_zookeeper_is_named_for_clusters_that_have_one(kafka: Any, name: str) -> None:
    with_zookeeper = describe(kafka, create_cluster(kafka, f"{name}-zk", KafkaVersion="3.9.x"))
    assert with_zookeeper["ZookeeperConnectString"].count(":2181") == 3
    kraft = describe(kafka, create_cluster(kafka, f"{name}-kraft", KafkaVersion="3.9.x.kraft"))
    assert "ZookeeperConnectString" not in kraft


def test_v2_describes_the_same_cluster_under_provisioned(kafka: Any, name: str) -> None:
    arn = create_cluster(kafka, name)
    v1, v2 = describe(kafka, arn), kafka.describe_cluster_v2(ClusterArn=arn)["ClusterInfo"]
    assert v2["ClusterType"] == "PROVISIONED"
    assert v2["CurrentVersion"] == v1["CurrentVersion"]
    assert v2["Provisioned"]["BrokerNodeGroupInfo"] == v1["BrokerNodeGroupInfo"]
    assert v2["Provisioned"]["CurrentBrokerSoftwareInfo"] == v1["CurrentBrokerSoftwareInfo"]


def test_serverless_cluster_has_iam_and_nothing_to_provision(kafka: Any, name: str) -> None:
    serverless = {
        "VpcConfigs": [{"SubnetIds": SUBNETS}],
        "ClientAuthentication": {"Sasl": {"Iam": {"Enabled": True}}},
    }
    arn = kafka.create_cluster_v2(ClusterName=name, Serverless=serverless)["ClusterArn"]
    described = kafka.describe_cluster_v2(ClusterArn=arn)["ClusterInfo"]
    assert (described["ClusterType"], described["State"]) == ("SERVERLESS", "ACTIVE")
    assert described["Serverless"] == serverless
    assert "Provisioned" not in described
    assert arn not in [cluster["ClusterArn"] for cluster in kafka.list_clusters()["ClusterInfoList"]]
    found = kafka.list_clusters_v2(ClusterTypeFilter="SERVERLESS")["ClusterInfoList"]
    assert arn in [cluster["ClusterArn"] for cluster in found]
    assert list(_addresses(kafka, arn)) == ["BootstrapBrokerStringSaslIam"]


def test_list_finds_clusters_by_the_beginning_of_their_name(kafka: Any, name: str) -> None:
    made = {create_cluster(kafka, f"{name}-{i}") for i in range(3)}
    create_cluster(kafka, f"other-{name}")
    pages = kafka.get_paginator("list_clusters").paginate(
        ClusterNameFilter=name, PaginationConfig={"PageSize": 2}
    )
    assert {cluster["ClusterArn"] for page in pages for cluster in page["ClusterInfoList"]} == made
    found = kafka.list_clusters_v2(ClusterNameFilter=name)["ClusterInfoList"]
    assert {cluster["ClusterArn"] for cluster in found} == made


def test_nodes_are_the_brokers_spread_over_the_subnets(kafka: Any, name: str) -> None:
    nodes = kafka.list_nodes(ClusterArn=create_cluster(kafka, name, NumberOfBrokerNodes=6))["NodeInfoList"]
    brokers = [node["BrokerNodeInfo"] for node in nodes]
    assert [broker["BrokerId"] for broker in brokers] == [1, 2, 3, 4, 5, 6]
    assert [broker["ClientSubnet"] for broker in brokers] == SUBNETS * 2
    assert all(name in broker["Endpoints"][0] for broker in brokers)


def test_deleted_cluster_is_gone_and_its_name_free(kafka: Any, name: str) -> None:
    arn = create_cluster(kafka, name)
    version = describe(kafka, arn)["CurrentVersion"]
    assert kafka.delete_cluster(ClusterArn=arn, CurrentVersion=version)["State"] == "DELETING"
    with Refusal(404, "NotFoundException"):
        kafka.describe_cluster(ClusterArn=arn)
    assert create_cluster(kafka, name) != arn


def test_delete_of_an_outdated_version_is_refused(kafka: Any, name: str) -> None:
    arn = create_cluster(kafka, name)
    with Refusal(400, "BadRequestException", "isn't current"):
        kafka.delete_cluster(ClusterArn=arn, CurrentVersion="K0000000000000")
    assert describe(kafka, arn)["State"] == "ACTIVE"


def test_unknown_cluster_is_not_found_by_any_operation(kafka: Any) -> None:
    for operation in (
        kafka.describe_cluster,
        kafka.describe_cluster_v2,
        kafka.get_bootstrap_brokers,
        kafka.list_nodes,
        kafka.list_scram_secrets,
        kafka.get_cluster_policy,
        kafka.list_cluster_operations,
        kafka.delete_cluster,
    ):
        with Refusal(404, "NotFoundException"):
            operation(ClusterArn=UNKNOWN)


def test_name_is_taken_once(kafka: Any, name: str) -> None:
    create_cluster(kafka, name)
    with Refusal(409, "ConflictException", "A resource with this name already exists."):
        create_cluster(kafka, name)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"KafkaVersion": "4.1.1"}, "Unsupported KafkaVersion [4.1.1]. Valid values: ["),
        ({"NumberOfBrokerNodes": 4}, "must be a multiple of Availability Zones"),
        ({"BrokerNodeGroupInfo": group(ClientSubnets=SUBNETS[:1])}, "either two or three client subnets"),
        (
            {
                "KafkaVersion": "3.9.x.kraft",
                "BrokerNodeGroupInfo": group(
                    InstanceType="express.m7g.large", ClientSubnets=SUBNETS[:2], StorageInfo={}
                ),
            },
            "Clusters with Express instance types require 3 subnets.",
        ),
        (
            {"KafkaVersion": "3.9.x.kraft", "BrokerNodeGroupInfo": group(InstanceType="kafka.t3.small")},
            "Unsupported InstanceType",
        ),
        (
            {"BrokerNodeGroupInfo": group(InstanceType="express.m7g.large")},
            "Express instance types are not supported for Kafka version 3.9.x.",
        ),
        (
            {
                "BrokerNodeGroupInfo": group(
                    ConnectivityInfo={"PublicAccess": {"Type": "SERVICE_PROVIDED_EIPS"}}
                )
            },
            "the only valid value for the Type parameter in PublicAccess is DISABLED",
        ),
        (
            {
                "BrokerNodeGroupInfo": group(
                    ConnectivityInfo={
                        "VpcConnectivity": {"ClientAuthentication": {"Sasl": {"Iam": {"Enabled": True}}}}
                    }
                )
            },
            "all vpcConnectivity auth schemes must be disabled",
        ),
        (
            {"ConfigurationInfo": {"Arn": UNKNOWN.replace(":cluster/", ":configuration/"), "Revision": 1}},
            "Invalid Configuration ARN.",
        ),
        ({"ClusterName": "with_underscore"}, "characters that are not valid"),
    ],
)
def test_cluster_that_msk_would_not_create_is_refused(
    kafka: Any, name: str, settings: dict[str, Any], words: str
) -> None:
    with Refusal(400, "BadRequestException", words):
        create_cluster(kafka, settings.pop("ClusterName", name), **settings)


def test_configuration_for_another_kafka_version_is_refused(kafka: Any, name: str) -> None:
    configuration = create_configuration(kafka, name, KafkaVersions=["3.8.x"])
    with Refusal(400, "BadRequestException", "not compatible with Kafka version 3.9.x"):
        create_cluster(kafka, name, ConfigurationInfo={"Arn": configuration, "Revision": 1})


def test_express_brokers_run_the_versions_that_have_them(kafka: Any, name: str) -> None:
    express = group(InstanceType="express.m7g.large")
    del express["StorageInfo"]
    arn = create_cluster(kafka, name, KafkaVersion="3.9.x.kraft", BrokerNodeGroupInfo=express)
    assert "StorageInfo" not in describe(kafka, arn)["BrokerNodeGroupInfo"]


def _addresses(kafka: Any, arn: str) -> dict[str, str]:
    answer = kafka.get_bootstrap_brokers(ClusterArn=arn)
    return {member: value for member, value in answer.items() if member.startswith("Bootstrap")}
