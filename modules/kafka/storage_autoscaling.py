"""Growth of the brokers' volumes."""

from __future__ import annotations

from cdktf_cdktf_provider_aws.appautoscaling_policy import (
    AppautoscalingPolicy,
    AppautoscalingPolicyTargetTrackingScalingPolicyConfiguration,
    AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecification,
)
from cdktf_cdktf_provider_aws.appautoscaling_target import AppautoscalingTarget
from constructs import Construct

from topology.model import StorageAutoscaling

__all__ = ["StorageGrowth"]

DIMENSION = "kafka:broker-storage:VolumeSize"


class StorageGrowth(Construct):
    """Application Auto Scaling of a cluster's volumes. They only grow (MSK Developer Guide, "Automatic
    scaling for Amazon MSK clusters")."""

    def __init__(
        self, scope: Construct, construct_id: str, *, cluster_arn: str, name: str, growth: StorageAutoscaling
    ) -> None:
        super().__init__(scope, construct_id)
        target = AppautoscalingTarget(
            self,
            "Default",
            service_namespace="kafka",
            scalable_dimension=DIMENSION,
            resource_id=cluster_arn,
            min_capacity=1,  # the only value that MSK takes
            max_capacity=growth.max_gib,
        )
        metric = AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecification(
            predefined_metric_type="KafkaBrokerStorageUtilization"
        )
        AppautoscalingPolicy(
            self,
            "policy",
            name=name,
            policy_type="TargetTrackingScaling",
            service_namespace=target.service_namespace,
            scalable_dimension=target.scalable_dimension,
            resource_id=target.resource_id,
            target_tracking_scaling_policy_configuration=AppautoscalingPolicyTargetTrackingScalingPolicyConfiguration(
                predefined_metric_specification=metric,
                target_value=growth.target_percent,
                disable_scale_in=True,
            ),
        )
