"""`msk-mirror rollout`: whether the workload of the regions runs what was applied."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from operations.cli.commands import BAD_INPUT, FAILED, OK, fail
from operations.kubernetes.api import ApiError, KubernetesApi
from operations.kubernetes.rollout import Rollout, await_rollout
from operations.migration.eks_access import eks_api
from topology import InvalidEnvironment, load_environment
from topology.aws.names import Names
from topology.model import Environment
from topology.replication.flows import flows_into

__all__ = ["run"]

ApiOf = Callable[[Environment, str], KubernetesApi]


def run(name: str, region: str | None, seconds: float, as_json: bool, api_of: ApiOf | None = None) -> int:
    """Prints the state of the workers' and the operations Deployment of each region; FAILED unless all are
    complete. `seconds`: how long to wait for each; `api_of` in place of EKS."""
    try:
        environment = load_environment(name)
    except InvalidEnvironment as error:
        return fail(BAD_INPUT, error)
    with_pods = [
        one for one in environment.regions if environment.runtime.eks and flows_into(environment, one)
    ]
    if region is not None and region not in with_pods:
        allowed = ", ".join(with_pods) or "none"
        return fail(BAD_INPUT, f"{name}: no pods in {region}; regions with pods: {allowed}")
    regions = with_pods if region is None else [region]
    found: dict[str, list[Rollout]] = {}
    for one in regions:
        try:
            found[one] = _of_region(environment, one, seconds, api_of or _eks)
        except (ApiError, OSError) as error:
            return fail(FAILED, f"{one}: {error}")
    _show(found, as_json)
    return OK if all(state.complete for states in found.values() for state in states) else FAILED


def _of_region(environment: Environment, region: str, seconds: float, api_of: ApiOf) -> list[Rollout]:
    names = Names(environment, region)
    with api_of(environment, region) as api:
        return [await_rollout(api, deployment, seconds) for deployment in (names.workers, names.operations)]


def _eks(environment: Environment, region: str) -> KubernetesApi:
    """Raises OSError where AWS does not tell how to reach the cluster."""
    import boto3  # noqa: PLC0415 - 0.2 s
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    own = KubernetesApi.in_cluster(os.environ)
    if own is not None:
        return own
    cluster = environment.regions[region].eks.cluster_name
    try:
        session = boto3.Session(region_name=region)
        return eks_api(session, region, cluster, environment.mirrormaker.namespace)
    except (BotoCoreError, ClientError) as error:
        raise OSError(f"EKS cluster {cluster}: {error}") from error


def _show(found: dict[str, list[Rollout]], as_json: bool) -> None:
    if as_json:
        plain: dict[str, Any] = {region: [asdict(one) for one in states] for region, states in found.items()}
        sys.stdout.write(f"{json.dumps(plain, indent=2)}\n")
        return
    for region, states in found.items():
        for state in states:
            sys.stdout.write(f"{region}: {state.words}\n")
