"""ecs-runtime-R: MirrorMaker 2 as Fargate tasks, until EKS has taken over and for the way back."""

from __future__ import annotations

from constructs import Construct

from modules.ecs.fargate_service import ONE_AFTER_ANOTHER, SIDE_BY_SIDE, FargateService, TaskHome
from modules.ecs.service_discovery import DiscoveredService
from modules.ecs.task_cluster import TaskCluster
from modules.ecs.task_security_group import PodsAdmitTasks, TaskSecurityGroup
from modules.iam.policy_role import PolicyRole
from modules.network.registry_endpoints import RegistryEndpoints
from modules.observability.kept_log_group import KeptLogGroup
from stacks.base import RegionStack
from topology.aws.arns import cluster_arn
from topology.ecs.task_network import task_rules
from topology.ecs.task_roles import execution_policy, task_trust
from topology.ecs.tasks import DISCOVERED_AS, TaskSite, connect_host, operations_task, worker_task
from topology.iam.identities import IdentityId, identity_policy
from topology.kubernetes.pods import clusters_of
from topology.model import Environment
from topology.model.runtime import Ecs
from topology.network.endpoints import registry_endpoints
from topology.observability.log_groups import tasks_log_group
from topology.state.outputs import (
    BOOTSTRAP_BROKERS_IAM,
    CLUSTER_UUID,
    LOGS_KEY_ARN,
    PRIVATE_SUBNET_IDS,
    VPC_ID,
    WORKERS_LOG_GROUP,
)

__all__ = ["EcsRuntimeStack"]


class EcsRuntimeStack(RegionStack):
    """The workers of the flows that end in this region, and what keeps their connectors where no pod does."""

    def __init__(self, scope: Construct, environment: Environment, region: str) -> None:
        super().__init__(scope, "ecs-runtime", environment, region)
        ecs = environment.runtime.ecs or Ecs()
        logs = KeptLogGroup(
            self,
            "log",
            group=tasks_log_group(environment, region),
            key_arn=self.read("logs", region, LOGS_KEY_ARN),
        )
        variables = {
            variable: self.read("msk", other, BOOTSTRAP_BROKERS_IAM)
            for variable, other in clusters_of(environment, region).items()
        }
        self.site = TaskSite(logs.name, variables)
        self.vpc_id = self.read("network", region, VPC_ID)
        self.home = self._home(ecs)
        workers = self._workers(ecs)
        if not environment.runtime.eks:
            self._operations(workers)
        self.publish(
            {
                WORKERS_LOG_GROUP: logs.name,
                "cluster": self.home.cluster,
                "security_group_id": self.home.security_group_id,
                "connect": connect_host(environment, region),
            }
        )

    def _home(self, ecs: Ecs) -> TaskHome:
        subnet_ids = self.read_list("network", self.region, PRIVATE_SUBNET_IDS)
        group = TaskSecurityGroup(
            self,
            "tasks",
            name=self.names.task_security_group,
            vpc_id=self.vpc_id,
            rules=task_rules(self.environment, self.region),
        )
        if self.environment.runtime.eks:
            PodsAdmitTasks(self, "pods", eks_cluster=self.settings.eks.cluster_name, tasks=group.id)
        endpoints = registry_endpoints(self.environment, self.region)
        if endpoints:
            RegistryEndpoints(
                self,
                "registry",
                name=f"{self.names.prefix}-registry",
                vpc_id=self.vpc_id,
                subnet_ids=subnet_ids,
                clients=group.id,
                endpoints=endpoints,
            )
        execution = self._role(
            "execution",
            self.names.execution_role,
            "Starts the tasks of MirrorMaker 2",
            execution_policy(self.environment, self.region),
        )
        cluster = ecs.cluster_name or TaskCluster(self, "cluster", name=self.names.ecs_cluster).name
        return TaskHome(cluster, subnet_ids, group.id, execution)

    def _workers(self, ecs: Ecs) -> FargateService:
        found = DiscoveredService(
            self,
            "discovery",
            zone=self.names.discovery_namespace,
            vpc_id=self.vpc_id,
            name=DISCOVERED_AS,
        )
        return FargateService(
            self,
            "workers",
            home=self.home,
            task=worker_task(self.environment, self.region, ecs, self.site),
            role=self._task_role("worker", self.names.worker_task_role, "MirrorMaker 2 workers as tasks"),
            count=ecs.desired_count,
            rollout=SIDE_BY_SIDE,
            registry=found.arn,
        )

    def _operations(self, workers: FargateService) -> None:
        name = self.names.operations_task_role
        FargateService(
            self,
            "operations",
            home=self.home,
            task=operations_task(self.environment, self.region, self.site),
            role=self._task_role("operations", name, "Reconciler and probe of MirrorMaker 2 as a task"),
            count=1,
            rollout=ONE_AFTER_ANOTHER,
            after=[workers.resource],
        )

    def _task_role(self, identity: IdentityId, name: str, description: str) -> PolicyRole:
        """May do what the pods of the same identity may."""
        policy = identity_policy(self.environment, self.region, identity, self._cluster_arn)
        return self._role(identity, name, description, policy)

    def _role(self, construct_id: str, name: str, description: str, policy: dict[str, object]) -> PolicyRole:
        trust = task_trust(self.environment, self.region)
        return PolicyRole(
            self, f"{construct_id}-role", name=name, description=description, trust=trust, policy=policy
        )

    def _cluster_arn(self, region: str) -> str:
        return cluster_arn(self.environment, region, self.read("msk", region, CLUSTER_UUID))
