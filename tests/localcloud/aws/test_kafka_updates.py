"""Updates of MSK clusters: each takes the current version, makes a new one, and can be seen afterwards."""

from typing import Any

import pytest

from tests.localcloud.aws.msk import (
    Refusal,
    create_cluster,
    create_configuration,
    current_version,
    describe,
    group,
)

UNKNOWN_CONFIGURATION = (
    "arn:aws:kafka:us-east-1:123456789012:configuration/none/11111111-2222-3333-4444-555555555555-1"
)


def test_new_revision_reaches_the_cluster(kafka: Any, name: str) -> None:
    configuration = create_configuration(kafka, name)
    arn = create_cluster(kafka, name, ConfigurationInfo={"Arn": configuration, "Revision": 1})
    before = current_version(kafka, arn)
    kafka.update_configuration(Arn=configuration, ServerProperties=b"log.retention.hours=168\n")
    answer = kafka.update_cluster_configuration(
        ClusterArn=arn, CurrentVersion=before, ConfigurationInfo={"Arn": configuration, "Revision": 2}
    )
    described = describe(kafka, arn)
    assert described["State"] == "ACTIVE"
    assert described["CurrentBrokerSoftwareInfo"]["ConfigurationRevision"] == 2
    assert described["CurrentVersion"] != before
    operation = kafka.describe_cluster_operation(ClusterOperationArn=answer["ClusterOperationArn"])[
        "ClusterOperationInfo"
    ]
    assert operation["OperationState"] == "UPDATE_COMPLETE"
    assert operation["OperationType"] == "UPDATE_CLUSTER_CONFIGURATION"
    assert operation["SourceClusterInfo"]["ConfigurationInfo"]["Revision"] == 1
    assert operation["TargetClusterInfo"]["ConfigurationInfo"]["Revision"] == 2


@pytest.mark.usefixtures("by_reads")
def test_cluster_and_operation_are_in_progress_until_done(kafka: Any, name: str) -> None:
    arn = create_cluster(kafka, name)
    _await_active(kafka, arn)
    version = current_version(kafka, arn)
    operation = kafka.update_monitoring(
        ClusterArn=arn, CurrentVersion=version, EnhancedMonitoring="PER_BROKER"
    )["ClusterOperationArn"]
    described = describe(kafka, arn)
    assert (described["State"], described["ActiveOperationArn"]) == ("UPDATING", operation)
    with Refusal(400, "BadRequestException", "one of the following states :[ACTIVE]"):
        kafka.update_broker_count(
            ClusterArn=arn, CurrentVersion=described["CurrentVersion"], TargetNumberOfBrokerNodes=6
        )
    seen = kafka.describe_cluster_operation_v2(ClusterOperationArn=operation)["ClusterOperationInfo"]
    assert seen["OperationState"] == "UPDATE_COMPLETE"
    described = describe(kafka, arn)
    assert described["State"] == "ACTIVE"
    assert "ActiveOperationArn" not in described


def test_outdated_version_is_refused_and_nothing_changes(kafka: Any, name: str) -> None:
    arn = create_cluster(kafka, name)
    outdated = current_version(kafka, arn)
    kafka.update_monitoring(ClusterArn=arn, CurrentVersion=outdated, EnhancedMonitoring="PER_BROKER")
    with Refusal(400, "BadRequestException", "isn't current"):
        kafka.update_broker_count(ClusterArn=arn, CurrentVersion=outdated, TargetNumberOfBrokerNodes=6)
    assert describe(kafka, arn)["NumberOfBrokerNodes"] == 3


def test_refused_update_leaves_version_and_operations(kafka: Any, name: str) -> None:
    arn = create_cluster(kafka, name)
    version = current_version(kafka, arn)
    with Refusal(400, "BadRequestException", "Invalid Configuration ARN."):
        kafka.update_cluster_configuration(
            ClusterArn=arn,
            CurrentVersion=version,
            ConfigurationInfo={"Arn": UNKNOWN_CONFIGURATION, "Revision": 1},
        )
    assert current_version(kafka, arn) == version
    assert kafka.list_cluster_operations(ClusterArn=arn)["ClusterOperationInfoList"] == []


def test_revision_that_does_not_exist_is_refused(kafka: Any, name: str) -> None:
    configuration = create_configuration(kafka, name)
    arn = create_cluster(kafka, name)
    with Refusal(400, "BadRequestException", "revision 2 does not exist"):
        kafka.update_cluster_configuration(
            ClusterArn=arn,
            CurrentVersion=current_version(kafka, arn),
            ConfigurationInfo={"Arn": configuration, "Revision": 2},
        )


@pytest.mark.parametrize("broker", ["All", "all"])
def test_volumes_of_all_brokers_grow(kafka: Any, name: str, broker: str) -> None:
    arn = create_cluster(kafka, name)
    _grow(kafka, arn, [{"KafkaBrokerNodeId": broker, "VolumeSizeGB": 200}])
    storage = describe(kafka, arn)["BrokerNodeGroupInfo"]["StorageInfo"]
    assert storage["EbsStorageInfo"]["VolumeSize"] == 200


@pytest.mark.parametrize(
    ("volumes", "words"),
    [
        ([{"KafkaBrokerNodeId": "All", "VolumeSizeGB": 50}], "must increase it by at least 10 GiB"),
        ([{"KafkaBrokerNodeId": "All", "VolumeSizeGB": 105}], "must increase it by at least 10 GiB"),
        ([{"KafkaBrokerNodeId": "All", "VolumeSizeGB": 100}], "does not include any updates"),
        ([{"KafkaBrokerNodeId": "1", "VolumeSizeGB": 200}], "All or the IDs of all brokers"),
    ],
)
def test_volumes_never_shrink_nor_differ(
    kafka: Any, name: str, volumes: list[dict[str, Any]], words: str
) -> None:
    arn = create_cluster(kafka, name)
    with Refusal(400, "BadRequestException", words):
        _grow(kafka, arn, volumes)


def test_storage_takes_throughput_and_tiers(kafka: Any, name: str) -> None:
    arn = create_cluster(kafka, name)
    throughput = {"Enabled": True, "VolumeThroughput": 250}
    kafka.update_storage(
        ClusterArn=arn,
        CurrentVersion=current_version(kafka, arn),
        ProvisionedThroughput=throughput,
        StorageMode="TIERED",
    )
    described = describe(kafka, arn)
    assert described["StorageMode"] == "TIERED"
    ebs = described["BrokerNodeGroupInfo"]["StorageInfo"]["EbsStorageInfo"]
    assert ebs == {"VolumeSize": 100, "ProvisionedThroughput": throughput}


def test_monitoring_changes_what_is_named_only(kafka: Any, name: str) -> None:
    logging = {"BrokerLogs": {"S3": {"Enabled": True, "Bucket": "logs"}}}
    arn = create_cluster(kafka, name, LoggingInfo=logging)
    exporters = {"Prometheus": {"NodeExporter": {"EnabledInBroker": True}}}
    kafka.update_monitoring(
        ClusterArn=arn, CurrentVersion=current_version(kafka, arn), OpenMonitoring=exporters
    )
    described = describe(kafka, arn)
    assert described["OpenMonitoring"] == exporters
    assert described["LoggingInfo"] == logging
    assert described["EnhancedMonitoring"] == "DEFAULT"


def test_brokers_are_added_by_whole_rounds_of_the_zones(kafka: Any, name: str) -> None:
    arn = create_cluster(kafka, name)
    version = current_version(kafka, arn)
    with Refusal(400, "BadRequestException", "multiple of Availability Zones"):
        kafka.update_broker_count(ClusterArn=arn, CurrentVersion=version, TargetNumberOfBrokerNodes=4)
    kafka.update_broker_count(ClusterArn=arn, CurrentVersion=version, TargetNumberOfBrokerNodes=6)
    assert describe(kafka, arn)["NumberOfBrokerNodes"] == 6
    assert len(kafka.list_nodes(ClusterArn=arn)["NodeInfoList"]) == 6


def test_broker_type_changes_for_cluster_and_nodes(kafka: Any, name: str) -> None:
    arn = create_cluster(kafka, name)
    kafka.update_broker_type(
        ClusterArn=arn, CurrentVersion=current_version(kafka, arn), TargetInstanceType="kafka.m7g.xlarge"
    )
    assert describe(kafka, arn)["BrokerNodeGroupInfo"]["InstanceType"] == "kafka.m7g.xlarge"
    assert kafka.list_nodes(ClusterArn=arn)["NodeInfoList"][0]["InstanceType"] == "m7g.xlarge"


def test_kafka_is_upgraded_with_a_configuration_that_fits(kafka: Any, name: str) -> None:
    old = create_configuration(kafka, f"{name}-38", KafkaVersions=["3.8.x"])
    new = create_configuration(kafka, f"{name}-39", KafkaVersions=["3.9.x"])
    arn = create_cluster(kafka, name, KafkaVersion="3.8.x", ConfigurationInfo={"Arn": old, "Revision": 1})
    upgrade = {
        "ClusterArn": arn,
        "CurrentVersion": current_version(kafka, arn),
        "TargetKafkaVersion": "3.9.x",
    }
    with Refusal(400, "BadRequestException", "not compatible with Kafka version 3.9.x"):
        kafka.update_cluster_kafka_version(**upgrade)
    kafka.update_cluster_kafka_version(**upgrade, ConfigurationInfo={"Arn": new, "Revision": 1})
    assert describe(kafka, arn)["CurrentBrokerSoftwareInfo"] == {
        "ConfigurationArn": new,
        "ConfigurationRevision": 1,
        "KafkaVersion": "3.9.x",
    }


@pytest.mark.parametrize("target", ["3.8.x", "4.0.x.kraft", "3.9.x"])
def test_kafka_goes_neither_back_nor_from_zookeeper_to_kraft(kafka: Any, name: str, target: str) -> None:
    arn = create_cluster(kafka, name)
    with Refusal(400, "BadRequestException", f"from 3.9.x to {target}"):
        kafka.update_cluster_kafka_version(
            ClusterArn=arn, CurrentVersion=current_version(kafka, arn), TargetKafkaVersion=target
        )


def test_compatible_versions_are_those_that_an_upgrade_takes(kafka: Any, name: str) -> None:
    arn = create_cluster(kafka, name, KafkaVersion="3.9.x.kraft")
    (compatible,) = kafka.get_compatible_kafka_versions(ClusterArn=arn)["CompatibleKafkaVersions"]
    assert compatible["SourceVersion"] == "3.9.x.kraft"
    assert "4.0.x.kraft" in compatible["TargetVersions"]
    kafka.update_cluster_kafka_version(
        ClusterArn=arn,
        CurrentVersion=current_version(kafka, arn),
        TargetKafkaVersion=compatible["TargetVersions"][0],
    )


def test_versions_are_listed_with_their_support(kafka: Any) -> None:
    pages = kafka.get_paginator("list_kafka_versions").paginate(PaginationConfig={"PageSize": 5})
    listed = {each["Version"]: each["Status"] for page in pages for each in page["KafkaVersions"]}
    assert listed["3.9.x"] == "ACTIVE"
    assert listed["3.6.0"] == "DEPRECATED"


def test_connectivity_changes_what_is_named_only(kafka: Any, name: str) -> None:
    arn = create_cluster(kafka, name, BrokerNodeGroupInfo=group())
    iam = {"ClientAuthentication": {"Sasl": {"Iam": {"Enabled": True}}}}
    kafka.update_connectivity(
        ClusterArn=arn,
        CurrentVersion=current_version(kafka, arn),
        ConnectivityInfo={"VpcConnectivity": iam},
    )
    connectivity = describe(kafka, arn)["BrokerNodeGroupInfo"]["ConnectivityInfo"]
    assert connectivity["VpcConnectivity"] == iam
    assert connectivity["PublicAccess"] == {"Type": "DISABLED"}


def test_security_adds_an_authentication(kafka: Any, name: str) -> None:
    arn = create_cluster(kafka, name)
    both = {"Sasl": {"Iam": {"Enabled": True}, "Scram": {"Enabled": True}}}
    kafka.update_security(
        ClusterArn=arn, CurrentVersion=current_version(kafka, arn), ClientAuthentication=both
    )
    assert describe(kafka, arn)["ClientAuthentication"] == both
    assert "BootstrapBrokerStringSaslScram" in kafka.get_bootstrap_brokers(ClusterArn=arn)


def test_encryption_between_brokers_is_chosen_at_creation(kafka: Any, name: str) -> None:
    arn = create_cluster(kafka, name)
    with Refusal(400, "BadRequestException", "in cluster"):
        kafka.update_security(
            ClusterArn=arn,
            CurrentVersion=current_version(kafka, arn),
            EncryptionInfo={"EncryptionInTransit": {"ClientBroker": "TLS", "InCluster": False}},
        )


def test_rebalancing_is_paused(kafka: Any, name: str) -> None:
    arn = create_cluster(kafka, name)
    kafka.update_rebalancing(
        ClusterArn=arn, CurrentVersion=current_version(kafka, arn), Rebalancing={"Status": "PAUSED"}
    )
    assert describe(kafka, arn)["Rebalancing"] == {"Status": "PAUSED"}


@pytest.mark.usefixtures("by_reads")
def test_broker_that_exists_is_rebooted(kafka: Any, name: str) -> None:
    arn = create_cluster(kafka, name)
    _await_active(kafka, arn)
    with Refusal(400, "BadRequestException", "Invalid broker IDs: ['7']"):
        kafka.reboot_broker(ClusterArn=arn, BrokerIds=["7"])
    kafka.reboot_broker(ClusterArn=arn, BrokerIds=["2"])
    assert describe(kafka, arn)["State"] == "REBOOTING_BROKER"
    assert describe(kafka, arn)["State"] == "ACTIVE"


def test_operations_are_listed_in_both_versions_of_the_api(kafka: Any, name: str) -> None:
    arn = create_cluster(kafka, name)
    for size in (200, 300, 400):
        _grow(kafka, arn, [{"KafkaBrokerNodeId": "All", "VolumeSizeGB": size}])
    pages = kafka.get_paginator("list_cluster_operations").paginate(
        ClusterArn=arn, PaginationConfig={"PageSize": 2}
    )
    sizes = [
        operation["TargetClusterInfo"]["BrokerEBSVolumeInfo"][0]["VolumeSizeGB"]
        for page in pages
        for operation in page["ClusterOperationInfoList"]
    ]
    assert sizes == [200, 300, 400]
    listed = kafka.list_cluster_operations_v2(ClusterArn=arn)["ClusterOperationInfoList"]
    assert [operation["OperationState"] for operation in listed] == ["UPDATE_COMPLETE"] * 3


def test_unknown_operation_is_not_found(kafka: Any) -> None:
    arn = "arn:aws:kafka:us-east-1:123456789012:cluster-operation/none/1-1/2"
    with Refusal(404, "NotFoundException"):
        kafka.describe_cluster_operation(ClusterOperationArn=arn)
    with Refusal(404, "NotFoundException"):
        kafka.describe_cluster_operation_v2(ClusterOperationArn=arn)


def _grow(kafka: Any, arn: str, volumes: list[dict[str, Any]]) -> None:
    kafka.update_broker_storage(
        ClusterArn=arn, CurrentVersion=current_version(kafka, arn), TargetBrokerEBSVolumeInfo=volumes
    )


def _await_active(kafka: Any, arn: str) -> None:
    for _ in range(3):
        if describe(kafka, arn)["State"] == "ACTIVE":
            return
    raise AssertionError("two reads make a cluster ACTIVE")
