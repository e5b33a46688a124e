"""A Fargate service from `topology.ecs.tasks`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from cdktf import ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.ecs_service import (
    EcsService,
    EcsServiceDeploymentCircuitBreaker,
    EcsServiceNetworkConfiguration,
    EcsServiceServiceRegistries,
)
from cdktf_cdktf_provider_aws.ecs_task_definition import (
    EcsTaskDefinition,
    EcsTaskDefinitionRuntimePlatform,
    EcsTaskDefinitionVolume,
)
from constructs import Construct

from modules.iam.policy_role import PolicyRole
from modules.terraform.literals import literal
from topology.ecs.tasks import FILES_VOLUME, SCRATCH_VOLUME, EcsTask

__all__ = ["ONE_AFTER_ANOTHER", "SIDE_BY_SIDE", "FargateService", "ServiceRollout", "TaskHome"]


@dataclass(frozen=True)
class TaskHome:
    """What the tasks live in: made before them."""

    cluster: str
    subnet_ids: Sequence[str]
    security_group_id: str
    execution_role: PolicyRole


@dataclass(frozen=True)
class ServiceRollout:
    """How many tasks there are while new ones take over, in percent of the desired count."""

    minimum: int
    maximum: int


SIDE_BY_SIDE = ServiceRollout(100, 200)
"""All new ones join before an old one goes: never fewer workers than asked for, as the pods roll, and the
tasks of the connectors are moved twice and not once for each worker."""
ONE_AFTER_ANOTHER = ServiceRollout(0, 100)
"""The old one is gone before the new one starts: never two."""


class FargateService(Construct):
    """A task definition and the service that keeps `count` of it. A rollout that does not get healthy is
    taken back, and the deploy fails."""

    resource: EcsService

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        home: TaskHome,
        task: EcsTask,
        role: PolicyRole,
        count: int,
        rollout: ServiceRollout,
        registry: str | None = None,
        after: Sequence[ITerraformDependable] = (),
    ) -> None:
        super().__init__(scope, construct_id)
        definition = _definition(self, task, role, home.execution_role)
        self.resource = EcsService(
            self,
            "Default",
            name=task.family,
            cluster=home.cluster,
            task_definition=definition.arn,
            desired_count=count,
            launch_type="FARGATE",
            deployment_minimum_healthy_percent=rollout.minimum,
            deployment_maximum_percent=rollout.maximum,
            deployment_circuit_breaker=EcsServiceDeploymentCircuitBreaker(enable=True, rollback=True),
            # a worker that is moved for the zones' sake rebalances the tasks of all
            availability_zone_rebalancing="DISABLED",
            enable_execute_command=False,
            network_configuration=EcsServiceNetworkConfiguration(
                subnets=list(home.subnet_ids),
                security_groups=[home.security_group_id],
                assign_public_ip=False,
            ),
            service_registries=EcsServiceServiceRegistries(registry_arn=registry) if registry else None,
            wait_for_steady_state=True,
            depends_on=[*role.attachments, *home.execution_role.attachments, *after],
        )


def _definition(
    scope: Construct, task: EcsTask, role: PolicyRole, execution_role: PolicyRole
) -> EcsTaskDefinition:
    return EcsTaskDefinition(
        scope,
        "task",
        family=task.family,
        cpu=str(task.size.cpu_units),
        memory=str(task.size.memory_mib),
        network_mode="awsvpc",
        requires_compatibilities=["FARGATE"],
        runtime_platform=EcsTaskDefinitionRuntimePlatform(
            operating_system_family="LINUX", cpu_architecture="X86_64"
        ),
        task_role_arn=role.arn,
        execution_role_arn=execution_role.arn,
        container_definitions=literal(json.dumps(task.containers)),
        volume=[EcsTaskDefinitionVolume(name=name) for name in (FILES_VOLUME, SCRATCH_VOLUME)],
        # the service still starts tasks of the old revision until it has the new one
        lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
    )
