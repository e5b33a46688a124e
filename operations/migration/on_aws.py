"""A migration as the command line describes it: tasks of ECS, pods of EKS, clusters by their addresses."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from operations.connect.client import ConnectClient
from operations.connect.connector_flows import ConnectorFlow, flows_of
from operations.connect.connectors import ConnectorSpec, InvalidConnectors, load_desired
from operations.connect.credentials import Credentials
from operations.kafka.clusters import ClusterError
from operations.kubernetes.api import KubernetesApi
from operations.migration.dedicated import DedicatedOffsets
from operations.migration.eks_access import eks_api
from operations.migration.fleets import EcsFleet, KubernetesFleet
from operations.migration.migration import Account, Migration, PathName
from operations.migration.stacks import TerraformStacks
from operations.verification.production import Load
from operations.verification.verify import FlowResult, VerifiedFlow, verify
from topology import load_environment
from topology.aws.names import Names
from topology.ecs.tasks import connect_host
from topology.kubernetes.workload import REST_PORT
from topology.model import Environment
from topology.replication.connectors import connectors
from topology.replication.flows import flows_into

__all__ = ["MigrationInputError", "Options", "aws_migration", "checked_environment"]

SERVICE: Final = re.compile(r"[A-Za-z0-9_-]+/[A-Za-z0-9_-]+")


class MigrationInputError(Exception):
    """Options or an environment by which nothing can be migrated; what was found and what is allowed."""


@dataclass(frozen=True)
class Options:
    """`environment`: name or path; `out`: cdktf.out; `connectors`: a directory in place of what the
    environment derives; `old_url`, `new_url`: addresses of Connect in place of the derived ones; `topic`: of
    the numbered records in place of one that the flow's first glob names; `old_service`:
    CLUSTER/SERVICE of ECS in place of that of stack ecs-runtime-R."""

    environment: str
    region: str
    path: PathName = "connect"
    out: Path = Path("cdktf.out")
    connectors: Path | None = None
    old_url: str | None = None
    new_url: str | None = None
    topic: str | None = None
    old_service: str | None = None
    credentials: Path | None = None
    seconds: float = 600.0
    load: Load = Load(rate=50, duration=20)  # noqa: RUF009 - frozen


def checked_environment(name: str, region: str) -> Environment:
    """Raises InvalidEnvironment; MigrationInputError for a region or runtime from which nothing can move."""
    environment = load_environment(name)
    allowed = [one for one in environment.regions if flows_into(environment, one)]
    if region not in allowed:
        raise MigrationInputError(
            f"{name}: no workers in {region}; regions with workers: {', '.join(allowed) or 'none'}"
        )
    return environment


def aws_migration(options: Options, say: Callable[[str], None]) -> Migration:
    """Asks nothing of AWS but where the API server is. Raises InvalidEnvironment, MigrationInputError."""
    environment = checked_environment(options.environment, options.region)
    if options.path == "connect" and environment.runtime.kind != "both":
        raise MigrationInputError(
            f"{options.environment}: runtime is {environment.runtime.kind}; expected both: "
            "`runtime: {ecs: {..}}`, by which the two are deployed side by side"
        )
    if options.path == "dedicated" and not SERVICE.fullmatch(options.old_service or ""):
        raise MigrationInputError(
            f"--old-service: found {options.old_service or 'nothing'}; expected CLUSTER/SERVICE, the ECS "
            "service of the dedicated MirrorMaker"
        )
    try:
        specs = _specs(environment, options)
        flows = flows_of(specs, os.environ)
        credentials = Credentials(options.credentials) if options.credentials else None
    except (InvalidConnectors, ClusterError, ValueError) as error:
        raise MigrationInputError(str(error)) from error
    return _made(environment, options, specs, flows, credentials, say)


def _made(  # noqa: PLR0913, PLR0917 - the parts of one thing
    environment: Environment,
    options: Options,
    specs: Mapping[str, ConnectorSpec],
    flows: Sequence[ConnectorFlow],
    credentials: Credentials | None,
    say: Callable[[str], None],
) -> Migration:
    import boto3  # noqa: PLC0415 - 0.2 s, for those only who go on
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    region, names = options.region, Names(environment, options.region)
    session = boto3.Session(region_name=region)
    try:
        ecs, eks, iam = (session.client(service, region_name=region) for service in ("ecs", "eks", "iam"))
        api = _api(environment, region, session)
    except (BotoCoreError, ClientError, OSError) as error:
        raise MigrationInputError(f"no way to AWS or the EKS cluster of {region}: {error}") from error
    namespace = environment.mirrormaker.namespace
    derived = f"{names.ecs_cluster}/{names.ecs_service('worker')}"
    cluster, _, service = (options.old_service or derived).partition("/")
    old_url = options.old_url or f"http://{connect_host(environment, region)}:{REST_PORT}"
    new_url = options.new_url or f"http://{names.workers}.{namespace}.svc:{REST_PORT}"
    return Migration(
        environment=environment,
        region=region,
        path=options.path,
        old=EcsFleet(ecs, cluster, service, url=old_url),
        new=KubernetesFleet(api, names.workers, url=new_url),
        new_workers=environment.mirrormaker.replicas.min,
        stacks=TerraformStacks(options.out, region, say),
        specs=specs,
        flows=flows,
        target=flows[0].target,
        validate=lambda: _validated(environment, options, flows),
        connect=lambda urls: ConnectClient(urls, credentials=credentials),
        account=Account(eks, iam, api),
        old_source_offsets=(
            {flow.connector: DedicatedOffsets(flow.target, flow.source.alias) for flow in flows}
            if options.path == "dedicated"
            else {}
        ),
        say=say,
        seconds=options.seconds,
    )


def _api(environment: Environment, region: str, session: Any) -> KubernetesApi:
    """As this pod, where it is one; else by AWS's credentials."""
    own = KubernetesApi.in_cluster(os.environ)
    if own is not None:
        return own
    cluster = environment.regions[region].eks.cluster_name
    return eks_api(session, region, cluster, environment.mirrormaker.namespace)


def _specs(environment: Environment, options: Options) -> Mapping[str, ConnectorSpec]:
    if options.connectors is not None:
        return load_desired(options.connectors)
    derived = connectors(environment, options.region)
    return {name: ConnectorSpec(name, config) for name, config in derived.items()}


def _validated(
    environment: Environment, options: Options, flows: Sequence[ConnectorFlow]
) -> tuple[FlowResult, ...]:
    directed = {flow.name: flow for flow in flows_into(environment, options.region)}
    followed = []
    for flow in flows:
        topic = options.topic or directed[flow.name].sample_topic
        followed.append(VerifiedFlow(flow.source, flow.target, topic, directed[flow.name].mirrored(topic)))
    return verify(followed, options.load)
