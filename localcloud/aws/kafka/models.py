"""MskBackend: moto's KafkaBackend with the operations that it lacks, in the manner of moto.

Register it with `localcloud.aws.kafka.urls.register()` before the first request.
"""

from collections.abc import Callable, Mapping
from typing import Any

from moto.kafka.models import KafkaBackend
from moto.moto_api._internal import mock_random

from localcloud.aws.kafka import rules
from localcloud.aws.kafka.bootstrap import LOCAL_KAFKA
from localcloud.aws.kafka.cluster import MskCluster
from localcloud.aws.kafka.configurations import Configurations, MskConfiguration
from localcloud.aws.kafka.exceptions import (
    BadRequestException,
    NotFoundException,
    configuration_in_use,
    name_taken,
    no_brokers_yet,
    unknown_cluster,
)
from localcloud.aws.kafka.operation import ClusterOperation


class MskConfigurationBackend(KafkaBackend):
    """Configurations and what clusters are made with them; updates are in MskBackend."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.msk_clusters: dict[str, MskCluster] = {}
        # iter_tagged_resources of the base class (Resource Groups Tagging API) reads them by its own name.
        self.clusters = self.msk_clusters  # type: ignore[assignment]
        self.configurations = Configurations(region_name, account_id)

    def create_configuration(
        self, name: str, server_properties: bytes, kafka_versions: list[str], description: str | None
    ) -> MskConfiguration:
        rules.check_name(name, "name")
        if self.configurations.has_name(name):
            raise name_taken("name")
        configuration = self.configurations.create(name, kafka_versions)
        configuration.add_revision(server_properties, description)
        return configuration

    def update_configuration(
        self, arn: str, server_properties: bytes, description: str | None
    ) -> MskConfiguration:
        configuration = self.configurations.get(arn)
        configuration.add_revision(server_properties, description)
        return configuration

    def delete_configuration(self, arn: str) -> None:
        configuration = self.configurations.get(arn)
        if any((c.configuration_info or {}).get("Arn") == arn for c in self.msk_clusters.values()):
            raise configuration_in_use()
        self.configurations.remove(configuration.arn)

    def create_msk_cluster(
        self,
        cluster_name: str,
        provisioned: Mapping[str, Any] | None,
        serverless: Mapping[str, Any] | None,
        tags: dict[str, str] | None,
    ) -> MskCluster:
        """CreateCluster and CreateClusterV2; the cluster is CREATING until it is next read."""
        rules.check_name(cluster_name, "clusterName")
        if any(cluster.cluster_name == cluster_name for cluster in self.msk_clusters.values()):
            raise name_taken("clusterName")
        if (provisioned is None) == (serverless is None):
            raise BadRequestException("Specify exactly one of provisioned and serverless.", "provisioned")
        if provisioned is not None:
            rules.check_new_cluster(provisioned, self.configurations)
        cluster = MskCluster(self.account_id, self.region_name, cluster_name, provisioned, serverless)
        self.msk_clusters[cluster.arn] = cluster
        self.tag_resource(cluster.arn, tags or {})
        return cluster

    def cluster(self, cluster_arn: str) -> MskCluster:
        """Raises NotFoundException."""
        if cluster_arn not in self.msk_clusters:
            raise unknown_cluster()
        return self.msk_clusters[cluster_arn]

    def read_cluster(self, cluster_arn: str) -> MskCluster:
        """The cluster for a Describe call: its state, and that of its operations, may change by it."""
        cluster = self.cluster(cluster_arn)
        cluster.read()
        return cluster

    def clusters_named(self, prefix: str | None, cluster_type: str | None = None) -> list[MskCluster]:
        """Clusters whose name begins with `prefix`, of `cluster_type` (ALL or None: both)."""
        return [
            cluster
            for cluster in self.msk_clusters.values()
            if cluster.cluster_name.startswith(prefix or "")
            and (cluster_type or "ALL").upper() in ("ALL", cluster.cluster_type)
        ]

    def delete_cluster(self, cluster_arn: str, current_version: str | None) -> tuple[str, str]:
        """The cluster is gone at once; DELETING is only ever seen in the answer."""
        cluster = self.cluster(cluster_arn)
        cluster.check_version(current_version)
        del self.msk_clusters[cluster_arn]
        self.policies.pop(cluster_arn, None)
        self.tagger.delete_all_tags_for_resource(cluster_arn)
        return cluster_arn, "DELETING"

    def check_taggable(self, resource_arn: str) -> None:
        if resource_arn not in self.msk_clusters:
            raise NotFoundException("The specified resource does not exist.", "resourceArn")


class MskBackend(MskConfigurationBackend):
    """All of MSK: updates, operations, brokers, SCRAM secrets and policies of clusters."""

    def update_cluster(
        self,
        cluster_arn: str,
        current_version: str | None,
        operation_type: str,
        change: Callable[[MskCluster], None],
        state: str = "UPDATING",
    ) -> ClusterOperation:
        """One update: `change` checks and applies it; nothing is recorded when it raises."""
        cluster = self.cluster(cluster_arn)
        operation = cluster.begin_operation(operation_type, current_version)
        change(cluster)
        cluster.record(operation, state)
        return operation

    def cluster_operation(self, operation_arn: str) -> ClusterOperation:
        """Reading an operation reads its cluster's state too, so that a poller of either sees the end."""
        for cluster in self.msk_clusters.values():
            for operation in cluster.operations:
                if operation.arn == operation_arn:
                    cluster.read()
                    return operation
        raise NotFoundException("The specified cluster operation does not exist.", "clusterOperationArn")

    def bootstrap_brokers(self, cluster_arn: str) -> dict[str, str]:
        cluster = self.cluster(cluster_arn)
        if cluster.state in ("CREATING", "DELETING", "FAILED"):
            raise no_brokers_yet(cluster.state)
        return cluster.bootstrap(LOCAL_KAFKA.of(self.region_name))

    def list_nodes(self, cluster_arn: str) -> list[dict[str, Any]]:
        cluster = self.cluster(cluster_arn)
        group = cluster.broker_node_group_info or {}
        subnets = group.get("ClientSubnets", [])
        return [
            {
                "AddedToClusterTime": cluster.created.isoformat(),
                "BrokerNodeInfo": {
                    "AttachedENIId": f"eni-{cluster.dns_id}{broker:011x}",
                    "BrokerId": float(broker),
                    "ClientSubnet": subnets[(broker - 1) % len(subnets)],
                    "ClientVpcIpAddress": f"172.31.{broker // 250}.{broker % 250 + 4}",
                    "CurrentBrokerSoftwareInfo": cluster.software_info(),
                    "Endpoints": [host],
                },
                "InstanceType": str(group.get("InstanceType")).removeprefix("kafka."),
                "NodeARN": f"{cluster.arn.replace(':cluster/', ':broker/')}/{broker}",
                "NodeType": "BROKER",
            }
            for broker, host in zip(cluster.broker_ids, cluster.hosts(), strict=True)
        ]

    def associate_scram_secrets(self, cluster_arn: str, secret_arns: list[str]) -> list[dict[str, str]]:
        """The secrets that were refused, each with its reason; the others are associated."""
        cluster = self.cluster(cluster_arn)
        sasl = (cluster.client_authentication or {}).get("Sasl") or {}
        if not (sasl.get("Scram") or {}).get("Enabled"):
            raise BadRequestException(
                "SASL/SCRAM authentication is not enabled for this cluster.", "clusterArn"
            )
        refused = [refusal for arn in secret_arns if (refusal := rules.refuse_scram_secret(arn))]
        not_taken = {refusal["SecretArn"] for refusal in refused}
        fresh = [arn for arn in secret_arns if arn not in not_taken and arn not in cluster.scram_secrets]
        cluster.scram_secrets.extend(fresh)
        return refused

    def disassociate_scram_secrets(self, cluster_arn: str, secret_arns: list[str]) -> list[dict[str, str]]:
        cluster = self.cluster(cluster_arn)
        unknown = [arn for arn in secret_arns if arn not in cluster.scram_secrets]
        cluster.scram_secrets = [arn for arn in cluster.scram_secrets if arn not in secret_arns]
        return [
            {
                "SecretArn": arn,
                "ErrorCode": "SecretNotAssociated",
                "ErrorMessage": "The provided secret is not associated with this cluster.",
            }
            for arn in unknown
        ]

    def put_cluster_policy(self, cluster_arn: str, current_version: str | None, policy: str) -> str:
        self.cluster(cluster_arn)
        stored = self.policies.get(cluster_arn)
        if stored and not current_version:
            # crossplane-contrib/provider-aws#1920.
            raise BadRequestException("Current cluster policy version needed for Update", "currentVersion")
        if stored and stored["current_version"] != current_version:
            raise BadRequestException("The version of the cluster policy isn't current.", "currentVersion")
        version = str(mock_random.uuid4())[:8]
        self.policies[cluster_arn] = {"policy": policy, "current_version": version}
        return version

    def get_cluster_policy(self, cluster_arn: str) -> tuple[str, str]:
        self.cluster(cluster_arn)
        if cluster_arn not in self.policies:
            raise NotFoundException("The specified cluster policy does not exist.", "clusterArn")
        stored = self.policies[cluster_arn]
        return stored["policy"], stored["current_version"]

    def delete_cluster_policy(self, cluster_arn: str) -> None:
        self.get_cluster_policy(cluster_arn)
        del self.policies[cluster_arn]
