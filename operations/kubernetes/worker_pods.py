"""The workers' pods, in words: why one does not start, is not ready or has been restarted.

Connect cannot say it: it is what does not run. The API server is asked for each pass; two to six pods.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from operations.kubernetes.api import ApiError, KubernetesApi
from operations.reconciler.conditions import Condition, Level
from operations.reconciler.reconcile import Report
from operations.reconciler.stack_traces import cause_in_log

__all__ = ["WorkerPods", "observe_pods"]

STARTING: Final = timedelta(minutes=4)
"""A worker that has not failed may take this long: pulling its image, and the startup probe's three minutes
(topology/kubernetes/workload.py)."""
RECENT: Final = timedelta(minutes=15)
"""For so long after a worker's death it is said that there was one, though it is well again."""
# Reasons of a waiting container that pass by themselves (kubelet, kubelet_pods.go).
PASSING: Final = frozenset({"ContainerCreating", "PodInitializing", ""})


class WorkerPods:
    """The pods of the own namespace that `selector` selects, `key=value[,key=value]`."""

    def __init__(self, api: KubernetesApi, selector: str) -> None:
        self._api, self._selector = api, selector

    def conditions(self, report: Report) -> tuple[Condition, ...]:
        """How the pods are; nothing when all are well. Never raises for what the API server does."""
        path = f"/api/v1/namespaces/{self._api.namespace}/pods"
        try:
            pods = self._api.get(path, {"labelSelector": self._selector})["items"]
        except ApiError as error:
            said = f"the API server does not show the worker pods: {error}"
            return (Condition("", Level.WARNING, "WorkersUnknown", said),)
        if not pods:
            said = (
                f"there is no worker pod ({self._selector}): look at the events of the workers' ReplicaSet"
                " (quota, pod security, service account) and at its replicas"
            )
            level = Level.WARNING if report.connect_answers else Level.ERROR
            return (Condition("", level, "NoWorkers", said),)
        return observe_pods(pods, report.connect_answers, datetime.now(UTC))


def observe_pods(
    pods: Sequence[Mapping[str, Any]], connect_answers: bool, now: datetime, what: str = "worker pod"
) -> tuple[Condition, ...]:
    """Conditions of the pods that are not well; `what` is how the messages call a pod. While Connect answers,
    a pod that is not is a warning: the others do its work. Times are said as moments, not as durations, so
    that the words stay the same."""
    trouble = Level.WARNING if connect_answers else Level.ERROR
    found: list[Condition] = []
    for pod in sorted(pods, key=lambda one: str(one["metadata"]["name"])):
        if "deletionTimestamp" not in pod["metadata"]:
            found += _of_pod(pod, f"{what} {pod['metadata']['name']}", trouble, now)
    return tuple(found)


def _of_pod(pod: Mapping[str, Any], name: str, trouble: Level, now: datetime) -> Iterator[Condition]:
    status = pod.get("status", {})
    conditions = {one["type"]: one for one in status.get("conditions", ())}
    scheduled, ready = conditions.get("PodScheduled", {}), conditions.get("Ready", {})
    if ready.get("status") == "True":
        yield from _after_restarts(name, _containers(status), now)
        return
    if scheduled.get("status") == "False":
        said = f"{scheduled.get('reason', 'not scheduled')}: {scheduled.get('message', 'no message')}"
        yield Condition("", trouble, "WorkersNotStarting", f"{name}: {said}")
        return
    if status.get("phase") == "Failed":  # evicted, or refused by its node
        said = f"{status.get('reason', 'Failed')}: {status.get('message', 'no message')}"
        yield Condition("", trouble, "WorkersNotStarting", f"{name}: {said}")
        return
    waiting = list(_not_starting(_containers(status)))
    if waiting:
        yield Condition("", trouble, "WorkersNotStarting", f"{name}: {'; '.join(waiting)}")
        return
    since = ready.get("lastTransitionTime") or pod["metadata"].get("creationTimestamp")
    late = _moment(since) is not None and now - (_moment(since) or now) > STARTING
    ended = "; ".join(filter(None, map(_last_end, _containers(status))))
    said = f"{name}: not ready since {since or 'its start'}{f', {ended}' if ended else ''}"
    level = trouble if late or ended else Level.WAITING
    yield Condition("", level, "WorkersNotReady", said)


def _containers(status: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [*status.get("initContainerStatuses", ()), *status.get("containerStatuses", ())]


def _not_starting(containers: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """What keeps containers from running; nothing for those that run or are only being made."""
    for one in containers:
        state = one.get("state", {})
        waiting = state.get("waiting")
        if waiting is not None and waiting.get("reason", "") not in PASSING:
            # of a crash loop the message says only how long it rests; of an image it says which and why
            message = "" if waiting["reason"] == "CrashLoopBackOff" else waiting.get("message", "")
            said = f"{waiting['reason']}{f': {message}' if message else ''}"
            yield ", ".join(filter(None, (said, _last_end(one))))
        elif _failed(state.get("terminated")):
            yield _last_end(one)


def _after_restarts(name: str, containers: Iterable[Mapping[str, Any]], now: datetime) -> Iterator[Condition]:
    for one in containers:
        ended = _moment(_end_of(one).get("finishedAt"))
        if ended is not None and now - ended < RECENT and one.get("restartCount"):
            said = f"{name}: runs again after {_last_end(one)}"
            yield Condition("", Level.WARNING, "WorkerRestarted", said)


def _last_end(container: Mapping[str, Any]) -> str:
    """How often a container has been restarted, and what its last end was; empty for one that never ended."""
    end, restarts = _end_of(container), container.get("restartCount", 0)
    if not end:
        return ""
    reason = end.get("reason", "")
    why = f"{reason}, " if reason not in {"", "Error", "Completed"} else ""
    log = end.get("message", "").strip()
    said = f"{why}last exit {end.get('exitCode', '?')}{f': {cause_in_log(log)}' if log else ''}"
    return f"{restarts} restart{'' if restarts == 1 else 's'}, {said}" if restarts else said


def _end_of(container: Mapping[str, Any]) -> Mapping[str, Any]:
    found = container.get("state", {}).get("terminated") or container.get("lastState", {}).get("terminated")
    return found or {}


def _failed(terminated: Mapping[str, Any] | None) -> bool:
    return terminated is not None and terminated.get("exitCode", 0) != 0


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
