"""How many workers run: the autoscaler and how many of them drains may evict at a time."""

from __future__ import annotations

from cdktf_cdktf_provider_kubernetes.horizontal_pod_autoscaler_v2 import (
    HorizontalPodAutoscalerV2,
    HorizontalPodAutoscalerV2Metadata,
    HorizontalPodAutoscalerV2Spec,
)
from cdktf_cdktf_provider_kubernetes.horizontal_pod_autoscaler_v2 import (
    HorizontalPodAutoscalerV2SpecBehavior as Behavior,
)
from cdktf_cdktf_provider_kubernetes.horizontal_pod_autoscaler_v2 import (
    HorizontalPodAutoscalerV2SpecBehaviorScaleDown as ScaleDown,
)
from cdktf_cdktf_provider_kubernetes.horizontal_pod_autoscaler_v2 import (
    HorizontalPodAutoscalerV2SpecBehaviorScaleDownPolicy as DownPolicy,
)
from cdktf_cdktf_provider_kubernetes.horizontal_pod_autoscaler_v2 import (
    HorizontalPodAutoscalerV2SpecBehaviorScaleUp as ScaleUp,
)
from cdktf_cdktf_provider_kubernetes.horizontal_pod_autoscaler_v2 import (
    HorizontalPodAutoscalerV2SpecBehaviorScaleUpPolicy as UpPolicy,
)
from cdktf_cdktf_provider_kubernetes.horizontal_pod_autoscaler_v2 import (
    HorizontalPodAutoscalerV2SpecMetric as Metric,
)
from cdktf_cdktf_provider_kubernetes.horizontal_pod_autoscaler_v2 import (
    HorizontalPodAutoscalerV2SpecMetricResource as MetricResource,
)
from cdktf_cdktf_provider_kubernetes.horizontal_pod_autoscaler_v2 import (
    HorizontalPodAutoscalerV2SpecMetricResourceTarget as Target,
)
from cdktf_cdktf_provider_kubernetes.horizontal_pod_autoscaler_v2 import (
    HorizontalPodAutoscalerV2SpecScaleTargetRef as ScaleTarget,
)
from cdktf_cdktf_provider_kubernetes.pod_disruption_budget_v1 import (
    PodDisruptionBudgetV1,
    PodDisruptionBudgetV1Metadata,
    PodDisruptionBudgetV1Spec,
    PodDisruptionBudgetV1SpecSelector,
)
from constructs import Construct

from modules.kubernetes.connect_deployment import ConnectDeployment
from modules.kubernetes.workload_namespace import WorkloadNamespace
from topology.kubernetes.pods import MAX_UNAVAILABLE, PODS_DOWN_A_MINUTE, PODS_UP_A_MINUTE, Labels
from topology.model.mirrormaker import Autoscaling, MirrorMaker

__all__ = ["ConnectAutoscaler"]

MINUTE = 60


class ConnectAutoscaler(Construct):
    """HorizontalPodAutoscaler and PodDisruptionBudget of the workers."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        namespace: WorkloadNamespace,
        deployment: ConnectDeployment,
        workload: MirrorMaker,
        labels: Labels,
    ) -> None:
        super().__init__(scope, id_)
        name, targets = deployment.name, workload.autoscaling
        HorizontalPodAutoscalerV2(
            self,
            "Default",
            metadata=HorizontalPodAutoscalerV2Metadata(
                name=name, namespace=namespace.name, labels=labels.all
            ),
            spec=HorizontalPodAutoscalerV2Spec(
                min_replicas=workload.replicas.min,
                max_replicas=workload.replicas.max,
                scale_target_ref=ScaleTarget(api_version="apps/v1", kind="Deployment", name=name),
                metric=[
                    _of_request("cpu", targets.cpu_percent),
                    _of_request("memory", targets.memory_percent),
                ],
                behavior=_behavior(targets),
            ),
            depends_on=[deployment.resource],
        )
        PodDisruptionBudgetV1(
            self,
            "disruption",
            metadata=PodDisruptionBudgetV1Metadata(name=name, namespace=namespace.name, labels=labels.all),
            spec=PodDisruptionBudgetV1Spec(
                max_unavailable=str(MAX_UNAVAILABLE),
                selector=PodDisruptionBudgetV1SpecSelector(match_labels=labels.selector),
            ),
            depends_on=[namespace.resource],
        )


def _of_request(resource: str, percent: int) -> Metric:
    """A target in per cent of what the pods request, not of their limit."""
    target = Target(type="Utilization", average_utilization=percent)
    return Metric(type="Resource", resource=MetricResource(name=resource, target=target))


def _behavior(targets: Autoscaling) -> Behavior:
    return Behavior(
        scale_up=[
            ScaleUp(
                stabilization_window_seconds=targets.scale_up_stabilization_seconds,
                select_policy="Max",
                policy=[UpPolicy(type="Pods", value=PODS_UP_A_MINUTE, period_seconds=MINUTE)],
            )
        ],
        scale_down=[
            ScaleDown(
                stabilization_window_seconds=targets.scale_down_stabilization_seconds,
                select_policy="Max",
                policy=[DownPolicy(type="Pods", value=PODS_DOWN_A_MINUTE, period_seconds=MINUTE)],
            )
        ],
    )
