"""An MSK cluster with its configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cdktf import Fn, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.msk_cluster import (
    MskCluster,
    MskClusterBrokerNodeGroupInfo,
    MskClusterBrokerNodeGroupInfoStorageInfo,
    MskClusterBrokerNodeGroupInfoStorageInfoEbsStorageInfo,
    MskClusterClientAuthentication,
    MskClusterClientAuthenticationSasl,
    MskClusterConfigurationInfo,
    MskClusterEncryptionInfo,
    MskClusterEncryptionInfoEncryptionInTransit,
    MskClusterLoggingInfo,
    MskClusterLoggingInfoBrokerLogs,
    MskClusterLoggingInfoBrokerLogsCloudwatchLogs,
    MskClusterOpenMonitoring,
    MskClusterOpenMonitoringPrometheus,
    MskClusterOpenMonitoringPrometheusJmxExporter,
    MskClusterOpenMonitoringPrometheusNodeExporter,
)
from cdktf_cdktf_provider_aws.msk_configuration import MskConfiguration
from constructs import Construct

from modules.terraform.literals import literal
from topology.kafka.java_properties import render_properties
from topology.model import Kafka

__all__ = ["BrokerConfiguration", "BrokerNetwork", "KafkaCluster"]

GROWN_BY_AUTOSCALING = "broker_node_group_info[0].storage_info[0].ebs_storage_info[0].volume_size"


@dataclass(frozen=True)
class BrokerConfiguration:
    """The server.properties of an MSK configuration. A changed `kafka_version` replaces the configuration,
    so that it must come with another `name`."""

    name: str
    kafka_version: str
    properties: Mapping[str, str]

    @property
    def text(self) -> str:
        """As a Java properties file."""
        return render_properties(dict(sorted(self.properties.items())))


@dataclass(frozen=True)
class BrokerNetwork:
    """Where the brokers are: subnets, one a zone, and their security groups."""

    subnet_ids: Sequence[str]
    security_group_ids: Sequence[str]


class KafkaCluster(Construct):
    """TLS only, IAM (and SCRAM where asked for), one key for data at rest. Its configuration is followed at
    its latest revision. `log_group` is None for Express brokers, for which MSK drops broker logs. With
    `retain` a plan cannot destroy it."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        kafka: Kafka,
        configuration: BrokerConfiguration,
        network: BrokerNetwork,
        key_arn: str,
        log_group: str | None,
        retain: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        self.configuration = MskConfiguration(
            self,
            "configuration",
            name=configuration.name,
            kafka_versions=[configuration.kafka_version],
            server_properties=literal(configuration.text),
            # a configuration in use cannot be deleted: the cluster moves to the new one first
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        self.cluster = MskCluster(
            self,
            "Default",
            cluster_name=name,
            kafka_version=kafka.version,
            number_of_broker_nodes=kafka.broker.count,
            broker_node_group_info=_brokers(kafka, network),
            configuration_info=MskClusterConfigurationInfo(
                arn=self.configuration.arn, revision=self.configuration.latest_revision
            ),
            client_authentication=MskClusterClientAuthentication(
                sasl=MskClusterClientAuthenticationSasl(iam=True, scram=kafka.authentication.scram),
                unauthenticated=False,
            ),
            encryption_info=_encryption(key_arn),
            enhanced_monitoring=kafka.monitoring.level,
            open_monitoring=_open_monitoring(kafka),
            logging_info=_logging(log_group) if log_group is not None else None,
            lifecycle=_lifecycle(kafka, retain=retain),
        )

    @property
    def arn(self) -> str:
        """ARN of the cluster."""
        return self.cluster.arn

    @property
    def uuid(self) -> str:
        """The last part of the ARN, which MSK gives."""
        return str(Fn.element(Fn.split("/", self.cluster.arn), 2))

    @property
    def name(self) -> str:
        """Name of the cluster."""
        return self.cluster.cluster_name

    @property
    def bootstrap_brokers_iam(self) -> str:
        """`host:9098,...` for IAM clients in the VPC and its peers."""
        return self.cluster.bootstrap_brokers_sasl_iam

    @property
    def configuration_revision(self) -> float:
        """Revision of the configuration that the cluster follows."""
        return self.configuration.latest_revision


def _brokers(kafka: Kafka, network: BrokerNetwork) -> MskClusterBrokerNodeGroupInfo:
    storage = None
    if kafka.volumes:
        storage = MskClusterBrokerNodeGroupInfoStorageInfo(
            ebs_storage_info=MskClusterBrokerNodeGroupInfoStorageInfoEbsStorageInfo(
                volume_size=kafka.volumes.volume_gib
            )
        )
    return MskClusterBrokerNodeGroupInfo(
        instance_type=kafka.broker.type,
        client_subnets=list(network.subnet_ids),
        security_groups=list(network.security_group_ids),
        storage_info=storage,
    )


def _encryption(key_arn: str) -> MskClusterEncryptionInfo:
    return MskClusterEncryptionInfo(
        encryption_at_rest_kms_key_arn=key_arn,
        encryption_in_transit=MskClusterEncryptionInfoEncryptionInTransit(
            client_broker="TLS", in_cluster=True
        ),
    )


def _open_monitoring(kafka: Kafka) -> MskClusterOpenMonitoring:
    return MskClusterOpenMonitoring(
        prometheus=MskClusterOpenMonitoringPrometheus(
            jmx_exporter=MskClusterOpenMonitoringPrometheusJmxExporter(
                enabled_in_broker=kafka.monitoring.jmx_exporter
            ),
            node_exporter=MskClusterOpenMonitoringPrometheusNodeExporter(
                enabled_in_broker=kafka.monitoring.node_exporter
            ),
        )
    )


def _logging(log_group: str) -> MskClusterLoggingInfo:
    return MskClusterLoggingInfo(
        broker_logs=MskClusterLoggingInfoBrokerLogs(
            cloudwatch_logs=MskClusterLoggingInfoBrokerLogsCloudwatchLogs(enabled=True, log_group=log_group)
        )
    )


def _lifecycle(kafka: Kafka, *, retain: bool) -> TerraformResourceLifecycle | None:
    """The size of the volumes belongs to autoscaling where there is one, and to Terraform where not."""
    grows = kafka.storage_percent_target is not None
    if not grows and not retain:
        return None
    return TerraformResourceLifecycle(
        ignore_changes=[GROWN_BY_AUTOSCALING] if grows else None, prevent_destroy=True if retain else None
    )
