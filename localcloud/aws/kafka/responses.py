"""MskResponse: the requests of the MSK API, parsed and answered by moto's own service model."""

# mypy: disable-error-code="override"
# moto's MSK answers with strings that it formats by hand; its newer services, and we, with an ActionResult.

from collections.abc import Mapping
from typing import Any, cast

from moto.core.responses import ActionResult, EmptyResult, PaginatedResult
from moto.kafka.responses import KafkaResponse

from localcloud.aws.kafka import updates
from localcloud.aws.kafka.cluster import MskCluster
from localcloud.aws.kafka.configurations import MskConfiguration
from localcloud.aws.kafka.models import MskBackend
from localcloud.aws.kafka.operation import ClusterOperation
from localcloud.aws.kafka.versions import compatible_targets, known_version
from topology.kafka.msk_versions import MSK_VERSIONS


class MskResponse(KafkaResponse):
    """One method for each operation that we add to moto or mend in it; `dispatch` finds them by name."""

    def __init__(self) -> None:
        super().__init__()
        self.automated_parameter_parsing = True

    @property
    def kafka_backend(self) -> MskBackend:
        return cast(MskBackend, super().kafka_backend)

    # Configurations

    def create_configuration(self) -> ActionResult:
        configuration = self.kafka_backend.create_configuration(
            self._get_param("Name"),
            self._get_param("ServerProperties"),
            self._get_param("KafkaVersions", []),
            self._get_param("Description"),
        )
        return ActionResult(configuration.describe())

    def update_configuration(self) -> ActionResult:
        configuration = self.kafka_backend.update_configuration(
            self._get_param("Arn"), self._get_param("ServerProperties"), self._get_param("Description")
        )
        return ActionResult(configuration.describe())

    def describe_configuration(self) -> ActionResult:
        return ActionResult(self._configuration().describe())

    def describe_configuration_revision(self) -> ActionResult:
        return ActionResult(self._configuration().describe_revision(self._get_param("Revision")))

    def list_configurations(self) -> ActionResult:
        found = self.kafka_backend.configurations.all()
        return PaginatedResult({"Configurations": [configuration.describe() for configuration in found]})

    def list_configuration_revisions(self) -> ActionResult:
        revisions = self._configuration().revisions
        return PaginatedResult({"Revisions": [revision.summary() for revision in revisions]})

    def delete_configuration(self) -> ActionResult:
        arn = self._get_param("Arn")
        self.kafka_backend.delete_configuration(arn)
        return ActionResult({"Arn": arn, "State": "DELETING"})

    # Clusters

    def create_cluster(self) -> ActionResult:
        return self._created(self.params, None)

    def create_cluster_v2(self) -> ActionResult:
        return self._created(self._get_param("Provisioned"), self._get_param("Serverless"))

    def describe_cluster(self) -> ActionResult:
        return ActionResult({"ClusterInfo": self._tagged(self._read(), version=1)})

    def describe_cluster_v2(self) -> ActionResult:
        return ActionResult({"ClusterInfo": self._tagged(self._read(), version=2)})

    def list_clusters(self) -> ActionResult:
        """The v1 API knows provisioned clusters only."""
        found = self.kafka_backend.clusters_named(self._get_param("ClusterNameFilter"), "PROVISIONED")
        return PaginatedResult({"ClusterInfoList": [self._tagged(cluster, version=1) for cluster in found]})

    def list_clusters_v2(self) -> ActionResult:
        found = self.kafka_backend.clusters_named(
            self._get_param("ClusterNameFilter"), self._get_param("ClusterTypeFilter")
        )
        return PaginatedResult({"ClusterInfoList": [self._tagged(cluster, version=2) for cluster in found]})

    def delete_cluster(self) -> ActionResult:
        arn, state = self.kafka_backend.delete_cluster(self._cluster_arn, self._get_param("CurrentVersion"))
        return ActionResult({"ClusterArn": arn, "State": state})

    def get_bootstrap_brokers(self) -> ActionResult:
        return ActionResult(self.kafka_backend.bootstrap_brokers(self._cluster_arn))

    def list_nodes(self) -> ActionResult:
        return PaginatedResult({"NodeInfoList": self.kafka_backend.list_nodes(self._cluster_arn)})

    # Updates

    def update_cluster_configuration(self) -> ActionResult:
        change = updates.use_configuration(
            self._get_param("ConfigurationInfo"), self.kafka_backend.configurations
        )
        return self._update("UPDATE_CLUSTER_CONFIGURATION", change)

    def update_cluster_kafka_version(self) -> ActionResult:
        change = updates.upgrade(
            self._get_param("TargetKafkaVersion"),
            self._get_param("ConfigurationInfo"),
            self.kafka_backend.configurations,
        )
        return self._update("UPDATE_CLUSTER_KAFKA_VERSION", change)

    def update_broker_storage(self) -> ActionResult:
        change = updates.grow_volumes(self._get_param("TargetBrokerEBSVolumeInfo"))
        return self._update("UPDATE_BROKER_STORAGE", change)

    def update_storage(self) -> ActionResult:
        change = updates.set_storage(
            self._get_param("VolumeSizeGB"),
            self._get_param("ProvisionedThroughput"),
            self._get_param("StorageMode"),
        )
        return self._update("UPDATE_STORAGE", change)

    def update_broker_count(self) -> ActionResult:
        change = updates.set_broker_count(self._get_param("TargetNumberOfBrokerNodes"))
        return self._update("UPDATE_BROKER_COUNT", change)

    def update_broker_type(self) -> ActionResult:
        change = updates.set_broker_type(self._get_param("TargetInstanceType"))
        return self._update("UPDATE_BROKER_TYPE", change)

    def update_connectivity(self) -> ActionResult:
        change = updates.set_connectivity(self._get_param("ConnectivityInfo", {}))
        return self._update("UPDATE_CONNECTIVITY", change)

    def update_monitoring(self) -> ActionResult:
        change = updates.set_monitoring(
            self._get_param("EnhancedMonitoring"),
            self._get_param("OpenMonitoring"),
            self._get_param("LoggingInfo"),
        )
        return self._update("UPDATE_MONITORING", change)

    def update_security(self) -> ActionResult:
        change = updates.set_security(
            self._get_param("ClientAuthentication"), self._get_param("EncryptionInfo")
        )
        return self._update("UPDATE_SECURITY", change)

    def update_rebalancing(self) -> ActionResult:
        return self._update("UPDATE_REBALANCING", updates.set_rebalancing(self._get_param("Rebalancing")))

    def reboot_broker(self) -> ActionResult:
        change = updates.restart(self._get_param("BrokerIds"))
        return self._update("REBOOT_NODE", change, state="REBOOTING_BROKER")

    # Operations and versions

    def describe_cluster_operation(self) -> ActionResult:
        return ActionResult({"ClusterOperationInfo": self._operation().describe()})

    def describe_cluster_operation_v2(self) -> ActionResult:
        return ActionResult({"ClusterOperationInfo": self._operation().describe_v2()})

    def list_cluster_operations(self) -> ActionResult:
        found = [operation.describe() for operation in self._read().operations]
        return PaginatedResult({"ClusterOperationInfoList": found})

    def list_cluster_operations_v2(self) -> ActionResult:
        found = [operation.describe_v2() for operation in self._read().operations]
        return PaginatedResult({"ClusterOperationInfoList": found})

    def list_kafka_versions(self) -> ActionResult:
        listed = [
            {"Version": known.name, "Status": "ACTIVE" if known.supported else "DEPRECATED"}
            for known in MSK_VERSIONS
        ]
        return PaginatedResult({"KafkaVersions": listed})

    def get_compatible_kafka_versions(self) -> ActionResult:
        arn = self._get_param("ClusterArn")
        sources = [known_version(str(self.kafka_backend.cluster(arn).kafka_version))] if arn else MSK_VERSIONS
        compatible = [
            {"SourceVersion": source.name, "TargetVersions": compatible_targets(source)} for source in sources
        ]
        return ActionResult({"CompatibleKafkaVersions": compatible})

    # SCRAM secrets, policies, tags

    def batch_associate_scram_secret(self) -> ActionResult:
        refused = self.kafka_backend.associate_scram_secrets(
            self._cluster_arn, self._get_param("SecretArnList")
        )
        return ActionResult({"ClusterArn": self._cluster_arn, "UnprocessedScramSecrets": refused})

    def batch_disassociate_scram_secret(self) -> ActionResult:
        refused = self.kafka_backend.disassociate_scram_secrets(
            self._cluster_arn, self._get_param("SecretArnList")
        )
        return ActionResult({"ClusterArn": self._cluster_arn, "UnprocessedScramSecrets": refused})

    def list_scram_secrets(self) -> ActionResult:
        cluster = self.kafka_backend.cluster(self._cluster_arn)
        return PaginatedResult({"SecretArnList": list(cluster.scram_secrets)})

    def put_cluster_policy(self) -> ActionResult:
        version = self.kafka_backend.put_cluster_policy(
            self._cluster_arn, self._get_param("CurrentVersion"), self._get_param("Policy")
        )
        return ActionResult({"CurrentVersion": version})

    def get_cluster_policy(self) -> ActionResult:
        policy, version = self.kafka_backend.get_cluster_policy(self._cluster_arn)
        return ActionResult({"CurrentVersion": version, "Policy": policy})

    def delete_cluster_policy(self) -> ActionResult:
        self.kafka_backend.delete_cluster_policy(self._cluster_arn)
        return EmptyResult()

    def list_tags_for_resource(self) -> ActionResult:
        arn = self._taggable()
        return ActionResult({"Tags": self.kafka_backend.list_tags_for_resource(arn)})

    def tag_resource(self) -> ActionResult:
        self.kafka_backend.tag_resource(self._taggable(), self._get_param("Tags"))
        return EmptyResult()

    def untag_resource(self) -> ActionResult:
        self.kafka_backend.untag_resource(self._taggable(), self._get_param("TagKeys"))
        return EmptyResult()

    @property
    def _cluster_arn(self) -> str:
        return str(self._get_param("ClusterArn"))

    def _taggable(self) -> str:
        arn = str(self._get_param("ResourceArn"))
        self.kafka_backend.check_taggable(arn)
        return arn

    def _read(self) -> MskCluster:
        return self.kafka_backend.read_cluster(self._cluster_arn)

    def _configuration(self) -> MskConfiguration:
        return self.kafka_backend.configurations.get(self._get_param("Arn"))

    def _operation(self) -> ClusterOperation:
        return self.kafka_backend.cluster_operation(self._get_param("ClusterOperationArn"))

    def _tagged(self, cluster: MskCluster, version: int) -> dict[str, Any]:
        described = cluster.describe() if version == 1 else cluster.describe_v2()
        return {**described, "Tags": self.kafka_backend.list_tags_for_resource(cluster.arn)}

    def _created(
        self, provisioned: Mapping[str, Any] | None, serverless: Mapping[str, Any] | None
    ) -> ActionResult:
        cluster = self.kafka_backend.create_msk_cluster(
            self._get_param("ClusterName"), provisioned, serverless, self._get_param("Tags")
        )
        return ActionResult(
            {
                "ClusterArn": cluster.arn,
                "ClusterName": cluster.cluster_name,
                "ClusterType": cluster.cluster_type,
                "State": "CREATING",
            }
        )

    def _update(self, operation_type: str, change: updates.Change, state: str = "UPDATING") -> ActionResult:
        operation = self.kafka_backend.update_cluster(
            self._cluster_arn, self._get_param("CurrentVersion"), operation_type, change, state
        )
        return ActionResult({"ClusterArn": operation.cluster_arn, "ClusterOperationArn": operation.arn})
