"""An environment in a page of text, for people."""

from __future__ import annotations

from collections.abc import Iterator

from topology.aws.arns import cluster_arn
from topology.aws.names import Names
from topology.iam.identities import identity_policy
from topology.iam.managed_policies import CLUSTER_UUID, document_size
from topology.iam.statements import worker_statements
from topology.model import Environment
from topology.observability.alarms import alarms
from topology.replication.connectors import connectors
from topology.replication.flows import directed_flows

__all__ = ["summarize"]


def summarize(environment: Environment) -> str:
    """Regions, flows and what is derived from them, one line each."""
    return "\n".join((*_header(environment), *_regions(environment), *_flows(environment)))


def _header(environment: Environment) -> Iterator[str]:
    yield (
        f"{environment.project} {environment.environment} ({environment.stage}),"
        f" account {environment.account}: {len(environment.regions)} regions,"
        f" {len(directed_flows(environment))} flows"
    )


def _regions(environment: Environment) -> Iterator[str]:
    for region, settings in environment.regions.items():
        kafka = settings.kafka
        alias = environment.alias(region)
        volumes = kafka.volumes
        storage = f", {volumes.volume_gib} GiB each" if volumes else ", storage managed by MSK"
        yield f"\nregion {region}" + (f" (alias {alias})" if alias != region else "")
        yield (
            f"  kafka       {kafka.version}, {kafka.broker.count} x {kafka.broker.type}{storage},"
            f" RF {kafka.replication_factor}, min ISR {kafka.min_insync_replicas}"
        )
        yield f"  network     {settings.network.cidr} in {settings.network.vpc_id or 'a VPC to be created'}"
        yield f"  eks         {settings.eks.cluster_name}"
        ecs = environment.runtime.ecs
        if ecs:
            beside = "beside the pods" if environment.runtime.eks else "and no pods"
            tasks = f"{ecs.desired_count} tasks of {ecs.cpu_units} CPU units and {ecs.memory_mib} MiB"
            yield f"  ecs         {Names(environment, region).ecs_cluster}, {tasks}, {beside}"
        yield f"  state       s3://{Names(environment, region).state_bucket}"
        made = connectors(environment, region)
        if made:
            statements = worker_statements(environment, region)
            size = document_size(
                identity_policy(
                    environment, region, "worker", lambda one: cluster_arn(environment, one, CLUSTER_UUID)
                )
            )
            replicas = environment.mirrormaker.replicas
            yield (
                f"  workers     {replicas.min} to {replicas.max}, {len(made)} connectors,"
                f" policy of {len(statements)} statements ({size} characters)"
            )
        yield f"  alarms      {len(alarms(environment, region))}"


def _flows(environment: Environment) -> Iterator[str]:
    yield "\nflows"
    for flow in directed_flows(environment):
        groups = ", ".join(flow.groups) if flow.has_checkpoints else "none"
        offsets = "written" if flow.writes_group_offsets else "translated" if flow.has_checkpoints else "none"
        yield (
            f"  {flow.source_alias} -> {flow.target_alias}  {', '.join(flow.topics)}"
            f"  ({flow.spec.policy}, {flow.tasks_max} tasks; groups {groups}; offsets {offsets})"
        )
