"""Every name that the platform gives, from one place, with the limits of the service that it is given to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from topology.model import Environment

__all__ = [
    "CONNECT_PURPOSES",
    "ECS_NAMES",
    "LIMITS",
    "MSK_NAME_PREFIX",
    "NameTooLongError",
    "Names",
    "bootstrap_variable",
]


LIMITS: dict[str, int] = {
    "iam_role": 64,  # IAM User Guide, "IAM and AWS STS quotas"
    "iam_policy": 128,  # the same page
    "s3_bucket": 63,  # S3 User Guide, "General purpose bucket naming rules"
    "msk_cluster": 64,  # MSK API reference, CreateCluster, clusterName
    "kms_alias": 256,  # KMS API reference, CreateAlias
    "log_group": 512,  # CloudWatch Logs API reference, CreateLogGroup
    "security_group": 255,  # EC2 API reference, CreateSecurityGroup
    "ecs_name": 255,  # ECS API reference, CreateCluster, CreateService, RegisterTaskDefinition
    "cloud_map_namespace": 253,  # Cloud Map API reference, CreatePrivateDnsNamespace
    "secret": 512,  # Secrets Manager API reference, CreateSecret
    "sns_topic": 256,  # SNS API reference, CreateTopic
    "alarm": 255,  # CloudWatch API reference, PutMetricAlarm
    "dashboard": 255,  # CloudWatch API reference, PutDashboard
    "kubernetes": 63,  # RFC 1123 label
    "kafka_topic": 249,  # org.apache.kafka.common.internals.Topic.MAX_NAME_LENGTH
}


MSK_NAME_PREFIX = "AmazonMSK_"
"""MSK takes only secrets of this prefix (MSK Developer Guide, "Sign-in credentials authentication with AWS
Secrets Manager")."""

ECS_NAMES = (
    "worker_task_role",
    "operations_task_role",
    "execution_role",
    "ecs_cluster",
    "task_security_group",
    "discovery_namespace",
)


CONNECT_PURPOSES = ("configs", "offsets", "status")


class NameTooLongError(ValueError):
    """A derived name is longer than the service allows."""


@dataclass(frozen=True)
class Names:
    """Names of one region of an environment. Each property raises NameTooLongError rather than cut a name:
    a cut name can be that of something else."""

    environment: Environment
    region: str

    @property
    def prefix(self) -> str:
        """`<project>-<environment>`: what all names of this environment begin with."""
        return f"{self.environment.project}-{self.environment.environment}"

    @property
    def tags(self) -> dict[str, str]:
        """Tags of every resource; those of the environment file win."""
        derived = {
            "Project": self.environment.project,
            "Environment": self.environment.environment,
            "ManagedBy": "terraform",
        }
        return derived | self.environment.tags

    @property
    def msk_cluster(self) -> str:
        """The MSK cluster. It has no region in it: aws-msk-iam-auth 2.2.0 to 2.3.7 took the first region id
        in the host name for the signing region."""
        name = self.environment.regions[self.region].kafka.cluster_name or self.prefix
        return _fit("msk_cluster", name)

    @property
    def worker_role(self) -> str:
        """IRSA role of the workers; IAM is global, so the region is part of it."""
        return _fit("iam_role", f"{self.prefix}-mirrormaker2-{self.region}")

    @property
    def operations_role(self) -> str:
        """IRSA role of the reconciler and probe."""
        return _fit("iam_role", f"{self.prefix}-operations-{self.region}")

    @property
    def log_routing_role(self) -> str:
        """IRSA role of Fluent Bit."""
        return _fit("iam_role", f"{self.prefix}-log-routing-{self.region}")

    @property
    def autoscaler_role(self) -> str:
        """IRSA role of the cluster autoscaler."""
        return _fit("iam_role", f"{self.prefix}-autoscaler-{self.region}")

    @property
    def worker_task_role(self) -> str:
        """Role of the workers as ECS tasks."""
        return _fit("iam_role", f"{self.prefix}-worker-ecs-{self.region}")

    @property
    def operations_task_role(self) -> str:
        """Role of the reconciler and probe as an ECS task."""
        return _fit("iam_role", f"{self.prefix}-operations-ecs-{self.region}")

    @property
    def execution_role(self) -> str:
        """Role by which ECS starts the tasks: pulls their images and writes their logs."""
        return _fit("iam_role", f"{self.prefix}-execution-ecs-{self.region}")

    @property
    def replication_role(self) -> str:
        """Role by which S3 replicates the state bucket."""
        return _fit("iam_role", f"{self.prefix}-state-{self.region}")

    @property
    def flow_logs_role(self) -> str:
        """Role by which a created VPC writes its flow logs."""
        return _fit("iam_role", f"{self.prefix}-flow-logs-{self.region}")

    @property
    def state_bucket(self) -> str:
        """Bucket of this region's state; account and region make it unique in the world."""
        prefix = self.environment.state.bucket_prefix or f"{self.prefix}-state"
        return _fit("s3_bucket", f"{prefix}-{self.environment.account}-{self.region}")

    @property
    def state_replica_bucket(self) -> str:
        """Bucket in the peer region that this region's state is replicated to."""
        return _fit("s3_bucket", f"{self.state_bucket}-r")

    @property
    def security_group(self) -> str:
        """Security group of the brokers."""
        return _fit("security_group", f"{self.prefix}-msk")

    @property
    def dashboard(self) -> str:
        """CloudWatch dashboard of the region; dashboards are global."""
        return _fit("dashboard", f"{self.prefix}-{self.region}")

    @property
    def scram_secret(self) -> str:
        """Secret of the platform for SCRAM credentials."""
        return _fit("secret", f"{MSK_NAME_PREFIX}{self.prefix}")

    def kms_alias(self, purpose: str) -> str:
        """Alias of the key for `purpose` (network, msk, logs, alarms, state-<region>)."""
        return _fit("kms_alias", f"alias/{self.prefix}-{purpose}")

    def sns_topic(self, severity: str) -> str:
        """SNS topic of a severity."""
        return _fit("sns_topic", f"{self.prefix}-{severity}")

    def alarm(self, subject: str) -> str:
        """Alarm about `subject`, e.g. `broker-1-disk-used`."""
        return _fit("alarm", f"{self.prefix}-{subject}")

    # Connect -----------------------------------------------------------------------------------------

    @property
    def connect_group(self) -> str:
        """group.id of the workers of this region."""
        return self.environment.mirrormaker.connect.group_id or (
            f"mirrormaker2-{self.environment.environment}"
        )

    def connect_topic(self, purpose: str) -> str:
        """Connect's own topic for `purpose`: configs, offsets or status."""
        connect = self.environment.mirrormaker.connect
        given = {
            "configs": connect.config_topic,
            "offsets": connect.offset_topic,
            "status": connect.status_topic,
        }
        default = f"mirrormaker2.{self.environment.environment}.{purpose}.internal"
        return _fit("kafka_topic", given[purpose] or default)

    @property
    def connect_topics(self) -> tuple[str, ...]:
        """All three of Connect's topics: where its workers keep configurations, source offsets and states."""
        return tuple(self.connect_topic(purpose) for purpose in CONNECT_PURPOSES)

    # ECS ---------------------------------------------------------------------------------------------

    @property
    def ecs_cluster(self) -> str:
        """The ECS cluster of the workers: the one that the file names, else one that is created."""
        ecs = self.environment.runtime.ecs
        given = ecs.cluster_name if ecs else None
        return _fit("ecs_name", given or f"{self.prefix}-mirrormaker2")

    def ecs_service(self, component: str) -> str:
        """Service and task definition family of a component (worker or operations)."""
        return _fit("ecs_name", f"{self.prefix}-{component}")

    @property
    def task_security_group(self) -> str:
        """Security group of the ECS tasks."""
        return _fit("security_group", f"{self.prefix}-mirrormaker2-tasks")

    @property
    def discovery_namespace(self) -> str:
        """Private DNS zone of the tasks, within the VPC."""
        return _fit("cloud_map_namespace", f"{self.workers}.{self.prefix}.internal")

    # Kubernetes --------------------------------------------------------------------------------------

    @property
    def workers(self) -> str:
        """Deployment, Service and autoscaler of the workers."""
        return "mirrormaker2"

    @property
    def operations(self) -> str:
        """Deployment and ServiceAccount of the reconciler and probe."""
        return "mirrormaker2-operations"

    @property
    def priority_class(self) -> str:
        """Priority class of the pods; classes belong to the whole cluster, so it has the prefix."""
        return _fit("kubernetes", f"{self.prefix}-mirrormaker2")

    @property
    def log_routing_release(self) -> str:
        """Helm release of the environment's own Fluent Bit, and the name of its objects, cluster-wide ones
        and its service account included. Helm's 53 characters are enough wherever the roles' names fit IAM's
        64: a region's id has nine and more."""
        return f"{self.prefix}-fluent-bit"

    def all(self) -> Iterator[tuple[str, str]]:
        """Kind and name of every name that has a limit. Raises NameTooLongError at the first too long."""
        for kind in (
            "msk_cluster",
            "worker_role",
            "operations_role",
            "log_routing_role",
            "autoscaler_role",
            "replication_role",
            "state_bucket",
            "state_replica_bucket",
            "security_group",
            "dashboard",
            *(ECS_NAMES if self.environment.runtime.ecs else ()),
        ):
            yield kind, getattr(self, kind)


def bootstrap_variable(alias: str) -> str:
    """Environment variable of a worker pod with the bootstrap servers of the cluster `alias`."""
    return "BOOTSTRAP_" + "".join(c if c.isalnum() else "_" for c in alias).upper()


def _fit(kind: str, name: str) -> str:
    if len(name) > LIMITS[kind]:
        raise NameTooLongError(f"{name} has {len(name)} characters; {kind} allows {LIMITS[kind]}")
    return name
