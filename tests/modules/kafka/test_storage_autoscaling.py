"""StorageGrowth: autoscaling of the brokers' volumes."""

from __future__ import annotations

import pytest

from modules.kafka.storage_autoscaling import StorageGrowth
from tests.modules.synthesized import Stack, part, synthesized
from tests.synth.stack_json import resource
from topology.model import StorageAutoscaling

CLUSTER = "arn:aws:kafka:us-east-1:123456789012:cluster/orders/1"


@pytest.fixture(scope="module")
def stack() -> Stack:
    growth = StorageAutoscaling(max_gib=2500, target_percent=45)
    return synthesized(
        lambda stack: StorageGrowth(
            stack, "storage", cluster_arn=CLUSTER, name="orders-storage", growth=growth
        )
    )


def test_the_target_is_the_volume_of_the_cluster_with_its_maximum(stack: Stack) -> None:
    assert resource(stack, "aws_appautoscaling_target", "storage") == {
        "service_namespace": "kafka",
        "scalable_dimension": "kafka:broker-storage:VolumeSize",
        "resource_id": CLUSTER,
        "min_capacity": 1,
        "max_capacity": 2500,
    }


def test_volumes_grow_at_the_target_percentage_and_never_shrink(stack: Stack) -> None:
    policy = resource(stack, "aws_appautoscaling_policy", "storage_policy")
    assert part(policy, "name", "policy_type", "target_tracking_scaling_policy_configuration") == {
        "name": "orders-storage",
        "policy_type": "TargetTrackingScaling",
        "target_tracking_scaling_policy_configuration": {
            "predefined_metric_specification": {"predefined_metric_type": "KafkaBrokerStorageUtilization"},
            "target_value": 45,
            "disable_scale_in": True,
        },
    }


def test_the_policy_refers_to_its_target(stack: Stack) -> None:
    policy = resource(stack, "aws_appautoscaling_policy", "storage_policy")
    names = ("service_namespace", "scalable_dimension", "resource_id")
    assert part(policy, *names) == {name: f"${{aws_appautoscaling_target.storage.{name}}}" for name in names}
