"""msk-R: the Kafka cluster of the region and all that is its own."""

from __future__ import annotations

import re

from cdktf import Token
from constructs import Construct

from modules.iam.encryption_key import EncryptionKey
from modules.kafka.broker_security_group import BrokerSecurityGroup
from modules.kafka.msk_cluster import BrokerConfiguration, BrokerNetwork, KafkaCluster
from modules.kafka.scram_secret import AssociatedSecret, ScramSecret, forget_exclusive_association
from modules.kafka.storage_autoscaling import StorageGrowth
from modules.observability.log_group import EncryptedLogGroup
from stacks.base import RegionStack
from topology.aws.arns import service_principal
from topology.iam.keys import key_policy
from topology.kafka.broker_properties import configuration_name, server_properties
from topology.kafka.scram import secrets_of_others
from topology.model import Environment
from topology.network.broker_network import ingress_rules
from topology.observability.log_groups import log_groups
from topology.state.outputs import (
    BOOTSTRAP_BROKERS_IAM,
    CLUSTER_ARN,
    CLUSTER_NAME,
    CLUSTER_UUID,
    PRIVATE_SUBNET_IDS,
    VPC_ID,
)

__all__ = ["MskStack"]


class MskStack(RegionStack):
    """Key, broker log group, security group, configuration and cluster, growth of its volumes."""

    def __init__(self, scope: Construct, environment: Environment, region: str) -> None:
        super().__init__(scope, "msk", environment, region)
        self.kafka = self.settings.kafka
        self.key = EncryptionKey(
            self,
            "key",
            alias=self.names.kms_alias("msk"),
            description=f"Kafka data and broker logs of {self.names.msk_cluster}",
            policy=key_policy(environment, region, "msk"),
            retain=environment.is_production,
        )
        clients = BrokerSecurityGroup(
            self,
            "brokers",
            name=self.names.security_group,
            vpc_id=self.read("network", region, VPC_ID),
            rules=ingress_rules(environment, region),
        )
        cluster = self._cluster(clients)
        volumes = self.kafka.volumes
        if volumes and volumes.autoscaling:
            StorageGrowth(
                self,
                "storage",
                cluster_arn=cluster.arn,
                name=f"{self.names.msk_cluster}-storage",
                growth=volumes.autoscaling,
            )
        if self.kafka.authentication.scram:
            self._scram_secrets(cluster)
        self.publish(
            {
                CLUSTER_ARN: cluster.arn,
                CLUSTER_NAME: cluster.name,
                CLUSTER_UUID: cluster.uuid,
                BOOTSTRAP_BROKERS_IAM: cluster.bootstrap_brokers_iam,
                "security_group_id": clients.id,
                "configuration_revision": Token.as_string(cluster.configuration_revision),
                "kms_key_arn": self.key.arn,
            }
        )

    def _cluster(self, clients: BrokerSecurityGroup) -> KafkaCluster:
        return KafkaCluster(
            self,
            "cluster",
            name=self.names.msk_cluster,
            kafka=self.kafka,
            configuration=BrokerConfiguration(
                name=configuration_name(self.environment, self.region),
                kafka_version=self.kafka.version,
                properties=server_properties(self.environment, self.region),
            ),
            network=BrokerNetwork(
                subnet_ids=self.read_list("network", self.region, PRIVATE_SUBNET_IDS),
                security_group_ids=[clients.id],
            ),
            key_arn=self.key.arn,
            log_group=self._broker_log_group(),
            retain=self.environment.is_production,
        )

    def _broker_log_group(self) -> str | None:
        """Name of the brokers' log group; None where MSK would drop what they log."""
        for group in log_groups(self.environment, self.region, "msk"):
            return EncryptedLogGroup(
                self,
                f"{group.id}_log",
                group=group,
                key_arn=self.key.arn,
                retain=self.environment.is_production,
            ).name
        return None

    def _scram_secrets(self, cluster: KafkaCluster) -> None:
        secret = ScramSecret(
            self,
            "scram",
            name=self.names.scram_secret,
            key_arn=self.key.arn,
            cluster_arn=cluster.arn,
            reader=service_principal(self.environment, "kafka"),
            associated=self.kafka.authentication.scram_secret_associated,
            retain=self.environment.is_production,
        )
        forget_exclusive_association(self)
        for secret_arn in secrets_of_others(self.environment, self.region):
            address = re.sub(r"[^A-Za-z0-9_-]", "_", secret_arn.split(":")[-1])
            AssociatedSecret(self, address, secret_arn=secret_arn, cluster_arn=cluster.arn)
        self.publish({"scram_secret_arn": secret.arn})
