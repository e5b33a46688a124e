"""mirrormaker-R: MirrorMaker 2 on the Kubernetes cluster of a region."""

from __future__ import annotations

from constructs import Construct

from modules.kubernetes.connect_autoscaler import ConnectAutoscaler
from modules.kubernetes.connect_deployment import ConnectDeployment, PodHome
from modules.kubernetes.connect_services import ConnectServices
from modules.kubernetes.eks_connection import EksConnection
from modules.kubernetes.hashed_config_map import HashedConfigMap
from modules.kubernetes.irsa_service_account import IrsaServiceAccount
from modules.kubernetes.operations_containers import probe_container, reconciler_container
from modules.kubernetes.operations_deployment import OperationsDeployment
from modules.kubernetes.operations_rbac import OperationsRole
from modules.kubernetes.pod_network_policy import PodNetworkPolicy
from modules.kubernetes.workload_namespace import WorkloadNamespace
from stacks.base import RegionStack
from topology.kubernetes.pod_network import pod_policies
from topology.kubernetes.pods import (
    clusters_of,
    identity_variables,
    labels,
    probe_arguments,
    reconciler_arguments,
)
from topology.model import Environment
from topology.replication.rest_auth import rest_secret
from topology.replication.worker_files import connector_files, worker_files
from topology.state.outputs import BOOTSTRAP_BROKERS_IAM, OPERATIONS_ROLE_ARN, WORKER_ROLE_ARN

__all__ = ["MirrorMakerStack"]


class MirrorMakerStack(RegionStack):
    """The workers of the flows that end in this region, and the pod that keeps their connectors."""

    def __init__(self, scope: Construct, environment: Environment, region: str) -> None:
        super().__init__(scope, "mirrormaker", environment, region)
        self.workload = environment.mirrormaker
        self.labels = {name: labels(environment, region, name) for name in ("worker", "operations")}
        EksConnection(
            self, "eks", cluster_name=self.settings.eks.cluster_name, region=region
        ).kubernetes_provider()
        self.namespace = WorkloadNamespace(
            self,
            "namespace",
            name=self.workload.namespace,
            priority_class=self.names.priority_class,
            labels=self.labels["worker"].shared,
        )
        services = ConnectServices(
            self, "rest", namespace=self.namespace, name=self.names.workers, labels=self.labels["worker"]
        )
        workers = self._workers()
        self._operations(services, workers)
        self._network_policies()
        self.publish({"namespace": self.namespace.name, "rest_service": services.name})

    def _workers(self) -> ConnectDeployment:
        name = self.names.workers
        home = self._home("worker", name, self.workload.service_account, WORKER_ROLE_ARN)
        workers = ConnectDeployment(
            self,
            "workers",
            home=home,
            name=name,
            workload=self.workload,
            variables=self._variables(WORKER_ROLE_ARN, name),
        )
        ConnectAutoscaler(
            self,
            "autoscaler",
            namespace=self.namespace,
            deployment=workers,
            workload=self.workload,
            labels=home.labels,
        )
        return workers

    def _operations(self, services: ConnectServices, workers: ConnectDeployment) -> None:
        name = self.names.operations
        home = self._home("operations", name, name, OPERATIONS_ROLE_ARN)
        role = OperationsRole(
            self,
            "operations-role",
            namespace=self.namespace,
            service_account=home.service_account,
            labels=home.labels.all,
        )
        variables = self._variables(OPERATIONS_ROLE_ARN, name)
        secret = rest_secret(self.workload)
        OperationsDeployment(
            self,
            "operations",
            home=home,
            name=name,
            workload=self.workload,
            containers=[
                reconciler_container(
                    self.workload.operations,
                    reconciler_arguments(self.environment, self.region, services.name),
                    variables,
                    secret,
                ),
                probe_container(
                    self.workload.operations,
                    probe_arguments(self.environment, self.region, services.name),
                    variables,
                    secret,
                ),
            ],
            workers=workers,
            role=role,
        )

    def _home(self, component: str, name: str, service_account: str, role: str) -> PodHome:
        """Service account and files of a component's pods."""
        own = self.labels[component]
        files = worker_files if component == "worker" else connector_files
        return PodHome(
            self.namespace,
            IrsaServiceAccount(
                self,
                f"{component}-account",
                namespace=self.namespace,
                name=service_account,
                role_arn=self.read("identity", self.region, role),
                labels=own.all,
            ),
            HashedConfigMap(
                self,
                f"{component}-files",
                namespace=self.namespace,
                prefix=name,
                files=files(self.environment, self.region),
                labels=own.all,
            ),
            own,
        )

    def _variables(self, role: str, session: str) -> dict[str, str]:
        """Bootstrap servers of the clusters that the flows touch, and the identity of the pod."""
        return {
            variable: self.read("msk", other, BOOTSTRAP_BROKERS_IAM)
            for variable, other in clusters_of(self.environment, self.region).items()
        } | identity_variables(self.region, self.read("identity", self.region, role), session)

    def _network_policies(self) -> None:
        for policy in pod_policies(self.environment, self.region):
            PodNetworkPolicy(
                self,
                f"network-{policy.component or 'default'}",
                namespace=self.namespace,
                policy=policy,
                components=self.labels,
                labels=self.labels["worker"].shared,
            )
