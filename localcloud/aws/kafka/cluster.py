"""An MSK cluster, in the shapes of the API."""

import re
import uuid
from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any

from moto.core.utils import utcnow
from moto.kafka.models import FakeKafkaCluster
from moto.moto_api._internal import mock_random
from moto.moto_api._internal.managed_state_model import ManagedState
from moto.utilities.utils import get_partition

from localcloud.aws.kafka.bootstrap import bootstrap_strings, broker_hosts, serverless_bootstrap
from localcloud.aws.kafka.configurations import resource_id
from localcloud.aws.kafka.exceptions import not_active, stale_version
from localcloud.aws.kafka.operation import ClusterOperation
from localcloud.aws.kafka.versions import known_version

CLUSTER_STATES = "kafka::cluster"
"""The cluster's states in moto's state manager; by default the next read finds the cluster ACTIVE."""

_ZOOKEEPER_NODES = 3


class MskCluster(FakeKafkaCluster, ManagedState):
    """A cluster in the shapes of the API (PascalCase members), with the defaults that MSK fills in."""

    def __init__(
        self,
        account_id: str,
        region_name: str,
        cluster_name: str,
        provisioned: Mapping[str, Any] | None,
        serverless: Mapping[str, Any] | None,
    ) -> None:
        ManagedState.__init__(
            self,
            model_name=CLUSTER_STATES,
            transitions=[("CREATING", "ACTIVE"), ("UPDATING", "ACTIVE"), ("REBOOTING_BROKER", "ACTIVE")],
        )
        self.dns_id = "".join(mock_random.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=6))
        self.scram_secrets: list[str] = []
        self.operations: list[ClusterOperation] = []
        settings = dict(provisioned or {})
        super().__init__(
            cluster_name=cluster_name,
            account_id=account_id,
            region_name=region_name,
            cluster_type="SERVERLESS" if serverless else "PROVISIONED",
            broker_node_group_info=_with_group_defaults(settings.get("BrokerNodeGroupInfo", {})),
            kafka_version=settings.get("KafkaVersion"),
            number_of_broker_nodes=settings.get("NumberOfBrokerNodes"),
            configuration_info=settings.get("ConfigurationInfo"),
            serverless_config=dict(serverless) if serverless else None,
            encryption_info=_with_encryption_defaults(
                settings.get("EncryptionInfo") or {}, region_name, account_id
            ),
            enhanced_monitoring=settings.get("EnhancedMonitoring") or "DEFAULT",
            open_monitoring=settings.get("OpenMonitoring") or _NO_EXPORTERS,
            logging_info=settings.get("LoggingInfo"),
            storage_mode=settings.get("StorageMode") or "LOCAL",
            client_authentication=settings.get("ClientAuthentication"),
            current_version=_new_version(),
        )
        self.created = utcnow()
        self.rebalancing = settings.get("Rebalancing")

    def _generate_arn(self) -> str:
        identifier = resource_id("s" if self.cluster_type == "SERVERLESS" else "")
        prefix = f"arn:{get_partition(self.region_name)}:kafka:{self.region_name}:{self.account_id}"
        return f"{prefix}:cluster/{self.cluster_name}/{identifier}"

    @property
    def state(self) -> str:
        """The state after the transitions that moto's state manager grants by now."""
        state = str(self.status)
        if state == "ACTIVE":
            self._finish_operation()
        return state

    @state.setter
    def state(self, state: str) -> None:
        self.status = state
        # The transition out of it counts reads and time from here on.
        self._tick = 0
        self._time_progressed = datetime.now()  # noqa: DTZ005  # moto compares it with naive times

    def read(self) -> str:
        """The state for a Describe or List call, which counts where transitions go by the number of reads."""
        self.advance()
        return self.state

    @property
    def broker_ids(self) -> list[int]:
        return list(range(1, int(self.number_of_broker_nodes or 0) + 1))

    def begin_operation(self, operation_type: str, current_version: str | None) -> ClusterOperation:
        """The operation to make a change under; the caller makes it and then calls `record`.

        Raises BadRequestException when the caller has not seen the current version, or it is not ACTIVE.
        """
        self.check_version(current_version)
        if self.state != "ACTIVE":
            raise not_active()
        prefix = self.arn.replace(":cluster/", ":cluster-operation/")
        arn = f"{prefix}/{mock_random.uuid4()}"
        return ClusterOperation(arn, self.arn, operation_type, source=self.mutable_info(), target={})

    def check_version(self, current_version: str | None) -> None:
        """None is no demand: DeleteCluster and RebootBroker need no version."""
        if current_version is not None and current_version != self.current_version:
            raise stale_version()

    def record(self, operation: ClusterOperation, state: str = "UPDATING") -> None:
        """The change of `operation` is made: from here on the cluster is in `state`, at a new version."""
        operation.target = self.mutable_info()
        self.operations.append(operation)
        self.active_operation_arn = operation.arn
        self.current_version = _new_version()
        self.state = state

    def _finish_operation(self) -> None:
        if self.active_operation_arn:
            self.operations[-1].end_time = utcnow()
            self.active_operation_arn = None

    def software_info(self) -> dict[str, Any]:
        """BrokerSoftwareInfo: the Kafka version and the configuration revision that the brokers run with."""
        configuration = self.configuration_info or {}
        return {
            "ConfigurationArn": configuration.get("Arn"),
            "ConfigurationRevision": configuration.get("Revision"),
            "KafkaVersion": self.kafka_version,
        }

    def mutable_info(self) -> dict[str, Any]:
        """MutableClusterInfo: what updates change, as of now."""
        group = self.broker_node_group_info or {}
        ebs = group.get("StorageInfo", {}).get("EbsStorageInfo", {})
        volumes = [
            {
                "KafkaBrokerNodeId": str(broker),
                "VolumeSizeGB": ebs.get("VolumeSize"),
                "ProvisionedThroughput": ebs.get("ProvisionedThroughput"),
            }
            for broker in self.broker_ids
        ]
        info = {
            "BrokerEBSVolumeInfo": volumes if ebs else [],
            "ConfigurationInfo": self.configuration_info,
            "NumberOfBrokerNodes": self.number_of_broker_nodes,
            "EnhancedMonitoring": self.enhanced_monitoring,
            "OpenMonitoring": self.open_monitoring,
            "KafkaVersion": self.kafka_version,
            "LoggingInfo": self.logging_info,
            "InstanceType": group.get("InstanceType"),
            "ClientAuthentication": self.client_authentication,
            "EncryptionInfo": self.encryption_info,
            "ConnectivityInfo": group.get("ConnectivityInfo"),
            "StorageMode": self.storage_mode,
            "Rebalancing": self.rebalancing,
        }
        return deepcopy(info)

    def describe(self) -> dict[str, Any]:
        """ClusterInfo of the v1 API."""
        return {**self._common(), **self._provisioned()}

    def describe_v2(self) -> dict[str, Any]:
        """Cluster of the v2 API: provisioned or serverless details under a member of that name."""
        details = (
            {"Serverless": self.serverless_config}
            if self.cluster_type == "SERVERLESS"
            else {"Provisioned": self._provisioned()}
        )
        return {**self._common(), "ClusterType": self.cluster_type, **details}

    def bootstrap(self, local_kafka: str | None) -> dict[str, str]:
        """GetBootstrapBrokers: addresses by authentication; all of them `local_kafka` where there is one."""
        strings = (
            serverless_bootstrap(self.dns_id, self.region_name)
            if self.cluster_type == "SERVERLESS"
            else bootstrap_strings(
                self.hosts(), self.encryption_info, self.client_authentication, self.connectivity()
            )
        )
        return dict.fromkeys(strings, local_kafka) if local_kafka else strings

    def hosts(self) -> list[str]:
        return broker_hosts(self.cluster_name, self.dns_id, self.region_name, self.broker_ids)

    def connectivity(self) -> dict[str, Any]:
        connectivity: dict[str, Any] = (self.broker_node_group_info or {}).get("ConnectivityInfo", {})
        return connectivity

    def _common(self) -> dict[str, Any]:
        state = self.state
        return {
            "ActiveOperationArn": self.active_operation_arn,
            "ClusterArn": self.arn,
            "ClusterName": self.cluster_name,
            "CreationTime": self.created,
            "CurrentVersion": self.current_version,
            "State": state,
        }

    def _provisioned(self) -> dict[str, Any]:
        return {
            "BrokerNodeGroupInfo": self.broker_node_group_info,
            "Rebalancing": self.rebalancing,
            "ClientAuthentication": self.client_authentication,
            "CurrentBrokerSoftwareInfo": self.software_info(),
            "EncryptionInfo": self.encryption_info,
            "EnhancedMonitoring": self.enhanced_monitoring,
            "OpenMonitoring": self.open_monitoring,
            "LoggingInfo": self.logging_info,
            "NumberOfBrokerNodes": self.number_of_broker_nodes,
            "StorageMode": self.storage_mode,
            "CustomerActionStatus": "NONE",
            **self._zookeeper(),
        }

    def _zookeeper(self) -> dict[str, str]:
        """KRaft clusters have no ZooKeeper to connect to, and MSK then answers no string at all."""
        if self.kafka_version is None or known_version(self.kafka_version).kraft:
            return {}
        hosts = [
            re.sub(r"^b-", "z-", host)
            for host in broker_hosts(
                self.cluster_name, self.dns_id, self.region_name, range(1, _ZOOKEEPER_NODES + 1)
            )
        ]
        return {
            "ZookeeperConnectString": ",".join(f"{host}:2181" for host in hosts),
            "ZookeeperConnectStringTls": ",".join(f"{host}:2182" for host in hosts),
        }


_NO_EXPORTERS = {
    "Prometheus": {
        "JmxExporter": {"EnabledInBroker": False},
        "NodeExporter": {"EnabledInBroker": False},
    }
}


def _with_group_defaults(group: Mapping[str, Any]) -> dict[str, Any]:
    """BrokerNodeGroupInfo as MSK describes it: no public access, no multi-VPC connectivity unless enabled."""
    if not group:
        return {}
    off = {"Enabled": False}
    connectivity = {
        "PublicAccess": {"Type": "DISABLED"},
        "VpcConnectivity": {
            "ClientAuthentication": {"Sasl": {"Scram": off, "Iam": off}, "Tls": off},
        },
        **(group.get("ConnectivityInfo") or {}),
    }
    return {"BrokerAZDistribution": "DEFAULT", **group, "ConnectivityInfo": connectivity}


def _with_encryption_defaults(
    encryption: Mapping[str, Any], region_name: str, account_id: str
) -> dict[str, Any]:
    """EncryptionInfo with MSK's defaults: the AWS managed key, TLS to clients and between the brokers."""
    aws_managed = uuid.uuid5(uuid.NAMESPACE_URL, f"kms/{account_id}/{region_name}/alias/aws/kafka")
    key = f"arn:{get_partition(region_name)}:kms:{region_name}:{account_id}:key/{aws_managed}"
    transit = {"ClientBroker": "TLS", "InCluster": True, **(encryption.get("EncryptionInTransit") or {})}
    at_rest = encryption.get("EncryptionAtRest") or {"DataVolumeKMSKeyId": key}
    return {"EncryptionAtRest": at_rest, "EncryptionInTransit": transit}


def _new_version() -> str:
    """A cluster version as MSK writes them, such as K3AEGXETSR30VB; it has no order."""
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return "K" + "".join(mock_random.choices(alphabet, k=13))
