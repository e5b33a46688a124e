"""Whether a Deployment runs what it asks for, and if not, why.

Terraform's Kubernetes provider stores the new spec of a failed update in its state: the next plan is empty
and the next apply succeeds while the pods do not run (hashicorp/kubernetes 2.38.0).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from operations.kubernetes.api import ApiError, KubernetesApi
from operations.kubernetes.worker_pods import observe_pods
from operations.reconciler.conditions import Level

__all__ = ["Rollout", "await_rollout", "rollout"]

POLL_SECONDS: Final = 2.0
DEADLINE_EXCEEDED: Final = "ProgressDeadlineExceeded"


@dataclass(frozen=True)
class Rollout:
    """State of a Deployment. `final`: waiting changes nothing; `reasons`: why it is not complete."""

    deployment: str
    complete: bool
    final: bool
    summary: str
    reasons: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """One line, and one for each reason."""
        return "\n".join((f"{self.deployment}: {self.summary}", *(f"  {reason}" for reason in self.reasons)))


def rollout(api: KubernetesApi, name: str) -> Rollout:
    """The Deployment `name` in the namespace of `api`. Raises ApiError where the API server does not tell."""
    try:
        found = api.get(f"/apis/apps/v1/namespaces/{api.namespace}/deployments/{name}")
    except ApiError as error:
        if not error.not_found:
            raise
        return Rollout(name, False, True, f"does not exist in namespace {api.namespace}: deploy it first")
    summary, complete = _progress(found)
    conditions = {one["type"]: one for one in found.get("status", {}).get("conditions", ())}
    late = conditions.get("Progressing", {}).get("reason") == DEADLINE_EXCEEDED
    if complete:
        return Rollout(name, True, True, summary)
    return Rollout(name, False, late, summary, tuple(_reasons(api, found, conditions)))


def await_rollout(
    api: KubernetesApi, name: str, seconds: float, sleep: Callable[[float], None] = time.sleep
) -> Rollout:
    """The state when it is final, or after `seconds`. Raises ApiError."""
    deadline = time.monotonic() + seconds
    while not (found := rollout(api, name)).final and time.monotonic() < deadline:
        sleep(POLL_SECONDS)
    return found


def _progress(deployment: Mapping[str, Any]) -> tuple[str, bool]:
    """In the order in which `kubectl rollout status` looks (kubectl, rollout_status.go)."""
    wanted, status = deployment["spec"].get("replicas", 1), deployment.get("status", {})
    updated, all_, available = (
        status.get(key, 0) for key in ("updatedReplicas", "replicas", "availableReplicas")
    )
    if status.get("observedGeneration", 0) < deployment["metadata"].get("generation", 0):
        return "the controller has not seen the new spec yet", False
    if updated < wanted:
        return f"{updated} of {wanted} replicas are updated", False
    if all_ > updated:
        return f"{all_ - updated} old replicas have not stopped", False
    if available < updated:
        return f"{available} of {updated} updated replicas are available", False
    return f"complete, {available} of {wanted} replicas are available", True


def _reasons(
    api: KubernetesApi, deployment: Mapping[str, Any], conditions: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    for kind in ("ReplicaFailure", "Progressing"):
        condition = conditions.get(kind, {})
        if kind == "ReplicaFailure" or condition.get("reason") == DEADLINE_EXCEEDED:
            yield from filter(None, [condition.get("message")])
    selector = ",".join(
        f"{key}={value}" for key, value in deployment["spec"]["selector"]["matchLabels"].items()
    )
    pods = api.get(f"/api/v1/namespaces/{api.namespace}/pods", {"labelSelector": selector})["items"]
    for found in observe_pods(pods, connect_answers=False, now=datetime.now(UTC), what="pod"):
        if found.level is not Level.OK:
            yield found.message
