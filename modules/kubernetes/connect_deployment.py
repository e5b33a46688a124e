"""The Deployment of the Connect workers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cdktf import ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1,
    DeploymentV1Metadata,
    DeploymentV1Spec,
    DeploymentV1SpecSelector,
    DeploymentV1SpecStrategy,
    DeploymentV1SpecStrategyRollingUpdate,
    DeploymentV1SpecTemplate,
    DeploymentV1SpecTemplateMetadata,
    DeploymentV1SpecTemplateSpec,
    DeploymentV1Timeouts,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecTopologySpreadConstraint as Spread,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecTopologySpreadConstraintLabelSelector as SpreadSelector,
)
from constructs import Construct

from modules.kubernetes.connect_container import connect_container
from modules.kubernetes.hashed_config_map import HashedConfigMap
from modules.kubernetes.irsa_service_account import IrsaServiceAccount
from modules.kubernetes.restricted_pod import pod_security, tolerations, volumes
from modules.kubernetes.workload_namespace import WorkloadNamespace
from topology.kubernetes.pods import (
    METRICS_PORT,
    SETTLE_SECONDS,
    Labels,
    pod_annotations,
    pod_labels,
    rollout_minutes,
)
from topology.kubernetes.workload import GRACE_SECONDS
from topology.model.mirrormaker import MirrorMaker
from topology.replication.rest_auth import rest_secret

__all__ = ["OWNED_BY_OTHERS", "ConnectDeployment", "PodHome"]

RESTARTED_AT = 'spec[0].template[0].metadata[0].annotations["kubectl.kubernetes.io/restartedAt"]'
OWNED_BY_OTHERS = ("spec[0].replicas", RESTARTED_AT)
"""The autoscaler sets the replicas, and `kubectl rollout restart` leaves an annotation: Terraform would set
the one back and roll all pods again for the other."""
KEPT_REVISIONS = 2
"""Old ReplicaSets name ConfigMaps that are gone, so that going back is an apply of the older environment."""
ZONES, HOSTS = "topology.kubernetes.io/zone", "kubernetes.io/hostname"


@dataclass(frozen=True)
class PodHome:
    """What the pods live in: made before them."""

    namespace: WorkloadNamespace
    service_account: IrsaServiceAccount
    files: HashedConfigMap
    labels: Labels

    @property
    def dependencies(self) -> list[ITerraformDependable]:
        """Names alone give Terraform no order."""
        return [
            self.namespace.resource,
            self.namespace.priority_class,
            self.service_account.resource,
            self.files.resource,
        ]


class ConnectDeployment(Construct):
    """Workers that roll one after another without ever being fewer. The autoscaler owns their number."""

    name: str
    resource: DeploymentV1

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        home: PodHome,
        name: str,
        workload: MirrorMaker,
        variables: Mapping[str, str],
    ) -> None:
        super().__init__(scope, id_)
        self.name = name
        wait = f"{rollout_minutes(workload)}m"
        self.resource = DeploymentV1(
            self,
            "Default",
            metadata=DeploymentV1Metadata(name=name, namespace=home.namespace.name, labels=home.labels.all),
            spec=DeploymentV1Spec(
                replicas=str(workload.replicas.min),
                min_ready_seconds=SETTLE_SECONDS,
                revision_history_limit=KEPT_REVISIONS,
                selector=DeploymentV1SpecSelector(match_labels=home.labels.selector),
                strategy=DeploymentV1SpecStrategy(
                    type="RollingUpdate",
                    rolling_update=DeploymentV1SpecStrategyRollingUpdate(max_surge="1", max_unavailable="0"),
                ),
                template=_template(home, workload, variables),
            ),
            # a rollout that does not end costs all this time and then taints the Deployment: choose it
            wait_for_rollout=True,
            timeouts=DeploymentV1Timeouts(create=wait, update=wait),
            lifecycle=TerraformResourceLifecycle(ignore_changes=list(OWNED_BY_OTHERS)),
            depends_on=home.dependencies,
        )


def _template(home: PodHome, workload: MirrorMaker, variables: Mapping[str, str]) -> DeploymentV1SpecTemplate:
    return DeploymentV1SpecTemplate(
        metadata=DeploymentV1SpecTemplateMetadata(
            labels=pod_labels(home.labels, workload.tracing),
            annotations=pod_annotations(workload.tracing, METRICS_PORT, java=True),
        ),
        spec=DeploymentV1SpecTemplateSpec(
            service_account_name=home.service_account.name,
            automount_service_account_token=False,  # a worker never calls the API server
            enable_service_links=False,
            priority_class_name=home.namespace.priority_class_name,
            termination_grace_period_seconds=GRACE_SECONDS,
            node_selector=workload.node_selector or None,
            toleration=tolerations(workload.tolerations),
            topology_spread_constraint=_spread(home.labels.selector, (ZONES, HOSTS)),
            security_context=pod_security(),
            container=[connect_container(workload, variables)],
            volume=volumes(home.files.name, rest_secret(workload)),
        ),
    )


def _spread(selector: dict[str, str], keys: Sequence[str]) -> list[Spread]:
    """One pod more in a zone (or on a host) than in any other at most; better two on one host than one that
    waits for a node that never comes. Only pods of the same revision count, else a roll ends up lopsided."""
    return [
        Spread(
            topology_key=key,
            max_skew=1,
            when_unsatisfiable="ScheduleAnyway",
            label_selector=[SpreadSelector(match_labels=selector)],
            match_label_keys=["pod-template-hash"],
        )
        for key in keys
    ]
