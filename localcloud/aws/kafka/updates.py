"""The changes of MSK's Update operations: each checks a cluster, then changes it, or raises and leaves it."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from localcloud.aws.kafka import rules
from localcloud.aws.kafka.cluster import MskCluster
from localcloud.aws.kafka.configurations import Configurations
from localcloud.aws.kafka.exceptions import BadRequestException

Change = Callable[[MskCluster], None]


def use_configuration(information: Mapping[str, Any], configurations: Configurations) -> Change:
    """UpdateClusterConfiguration: run with this revision of this configuration."""

    def change(cluster: MskCluster) -> None:
        rules.check_configuration(information, cluster.kafka_version, configurations)
        cluster.configuration_info = dict(information)

    return change


def upgrade(target: str, information: Mapping[str, Any] | None, configurations: Configurations) -> Change:
    """UpdateClusterKafkaVersion, with a configuration for the new version where the old does not fit it."""

    def change(cluster: MskCluster) -> None:
        rules.check_upgrade(cluster, target)
        rules.check_configuration(information or cluster.configuration_info, target, configurations)
        cluster.kafka_version = target
        if information:
            cluster.configuration_info = dict(information)

    return change


def grow_volumes(volumes: list[Mapping[str, Any]]) -> Change:
    """UpdateBrokerStorage. MSK grows all brokers alike: the one entry `All`, or the same for each broker."""

    def change(cluster: MskCluster) -> None:
        named = {volume["KafkaBrokerNodeId"].lower() for volume in volumes}
        if named != {"all"} and named != {str(broker) for broker in cluster.broker_ids}:
            raise BadRequestException(
                "Specify either All or the IDs of all brokers.", "targetBrokerEBSVolumeInfo"
            )
        volume = volumes[0]
        set_storage(volume.get("VolumeSizeGB"), volume.get("ProvisionedThroughput"), None)(cluster)

    return change


def set_storage(
    size_gib: int | None, throughput: Mapping[str, Any] | None, storage_mode: str | None
) -> Change:
    """UpdateStorage: bigger volumes, their throughput, or tiered storage."""

    def change(cluster: MskCluster) -> None:
        group = deepcopy(cluster.broker_node_group_info or {})
        ebs = group.setdefault("StorageInfo", {}).setdefault("EbsStorageInfo", {})
        new_throughput = throughput is not None and throughput != ebs.get("ProvisionedThroughput")
        new_mode = storage_mode is not None and storage_mode != cluster.storage_mode
        rules.check_growth(ebs.get("VolumeSize"), size_gib, new_throughput or new_mode)
        if size_gib is not None:
            ebs["VolumeSize"] = size_gib
        if throughput is not None:
            ebs["ProvisionedThroughput"] = dict(throughput)
        cluster.storage_mode = storage_mode or cluster.storage_mode
        cluster.broker_node_group_info = group

    return change


def set_broker_count(count: int) -> Change:
    def change(cluster: MskCluster) -> None:
        subnets = (cluster.broker_node_group_info or {}).get("ClientSubnets", [])
        rules.check_broker_count(count, subnets, "targetNumberOfBrokerNodes")
        if count == cluster.number_of_broker_nodes:
            raise BadRequestException(
                f"The cluster already has {count} broker nodes.", "targetNumberOfBrokerNodes"
            )
        cluster.number_of_broker_nodes = count

    return change


def set_broker_type(instance_type: str) -> Change:
    return _in_group("InstanceType", instance_type)


def set_connectivity(connectivity: Mapping[str, Any]) -> Change:
    """UpdateConnectivity: public access or multi-VPC connectivity; what is not named stays."""

    def change(cluster: MskCluster) -> None:
        named = {name: value for name, value in connectivity.items() if value is not None}
        _in_group("ConnectivityInfo", {**cluster.connectivity(), **named})(cluster)

    return change


def set_monitoring(
    enhanced: str | None, open_monitoring: Mapping[str, Any] | None, logging: Mapping[str, Any] | None
) -> Change:
    """UpdateMonitoring: what is not named stays."""

    def change(cluster: MskCluster) -> None:
        cluster.enhanced_monitoring = enhanced or cluster.enhanced_monitoring
        cluster.open_monitoring = dict(open_monitoring) if open_monitoring else cluster.open_monitoring
        cluster.logging_info = dict(logging) if logging else cluster.logging_info

    return change


def set_security(authentication: Mapping[str, Any] | None, encryption: Mapping[str, Any] | None) -> Change:
    """UpdateSecurity. The key at rest and the encryption between brokers are chosen at creation only."""

    def change(cluster: MskCluster) -> None:
        current: dict[str, Any] = cluster.encryption_info or {}
        in_transit = {
            **current["EncryptionInTransit"],
            **((encryption or {}).get("EncryptionInTransit") or {}),
        }
        if in_transit.get("InCluster") != current["EncryptionInTransit"].get("InCluster"):
            raise BadRequestException(
                "Updating encryption-in-transit in cluster is not supported.", "inCluster"
            )
        cluster.encryption_info = {**current, "EncryptionInTransit": in_transit}
        if authentication:
            cluster.client_authentication = dict(authentication)

    return change


def set_rebalancing(rebalancing: Mapping[str, Any]) -> Change:
    def change(cluster: MskCluster) -> None:
        cluster.rebalancing = dict(rebalancing)

    return change


def restart(broker_ids: list[str]) -> Change:
    """RebootBroker changes nothing, but only a broker that exists can be rebooted."""

    def change(cluster: MskCluster) -> None:
        unknown = set(broker_ids) - {str(broker) for broker in cluster.broker_ids}
        if unknown:
            raise BadRequestException(f"Invalid broker IDs: {sorted(unknown)}.", "brokerIds")

    return change


def _in_group(member: str, value: Any) -> Change:
    def change(cluster: MskCluster) -> None:
        cluster.broker_node_group_info = {**(cluster.broker_node_group_info or {}), member: value}

    return change
