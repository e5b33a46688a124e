"""Conditions as Kubernetes Events of the operations pod: `kubectl describe pod` and `kubectl get events` show
what /readyz says, also while the kubelet only says that it answered 503.

They are about the pod and not about its Deployment: a Deployment's events are found by its UID, which would
take a right to read it, and the pod is what is not ready.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from operations.kubernetes.api import ApiError, KubernetesApi, Pod
from operations.reconciler.conditions import Condition, Level

__all__ = ["Events"]

WAITING_SECONDS: Final = 60.0
"""What Connect is at is worth an event when it takes longer than a rebalance."""
KEPT_SECONDS: Final = 3600.0
"""The API server forgets an event after an hour (kube-apiserver, --event-ttl)."""
REPEAT_SECONDS: Final = 1200.0
"""A problem that lasts is said again before that, so that there is an event while there is a problem."""
BURST, SECONDS_AN_EVENT = 20.0, 15.0
"""Twenty at once and then four a minute; client-go lets 25 of an object pass and then one in five minutes."""
QUIET_SECONDS: Final = 60.0
"""After a failure the API server is left alone for so long."""
# Limits of Event (k8s.io/kubernetes, pkg/apis/core/validation/events.go): ReportingController is a qualified
# name, a note has 1 kB.
CONTROLLER: Final = "msk-mirror/reconciler"
NOTE_BYTES: Final = 1024


@dataclass(frozen=True)
class Written:
    """An event of ours: its `name`, how often it was said, when last (seconds of the clock)."""

    name: str
    count: int
    at: float


class Events:
    """Writes the conditions that are new, come again or last. `say` gets what is wrong with the writing
    itself; `clock`: seconds."""

    def __init__(
        self,
        api: KubernetesApi,
        pod: Pod,
        say: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._api, self._pod, self._say, self._clock = api, pod, say, clock
        self._since: dict[Condition, float] = {}
        self._written: dict[Condition, Written] = {}
        self._tokens, self._filled = BURST, clock()
        self._quiet_until = clock()
        self._problem: str | None = None

    def report(self, conditions: tuple[Condition, ...]) -> None:
        """Tells the API server of the conditions that hold now. Never raises for what it does: what could
        not be written is written later if it still holds."""
        now = self._clock()
        self._since = {one: self._since.get(one, now) for one in conditions}
        self._written = {
            one: known
            for one, known in self._written.items()
            if one in self._since or now - known.at < KEPT_SECONDS
        }
        if now < self._quiet_until:
            return
        worst_first = sorted(self._since, key=lambda one: list(Level).index(one.level), reverse=True)
        try:
            for condition in worst_first:
                if self._is_due(condition, now) and self._may_write(now):
                    self._write(condition, now)
        except ApiError as error:
            self._quiet_until = now + QUIET_SECONDS
            self._tell(f"events cannot be written: {error}")
        else:
            self._problem = None

    def _is_due(self, condition: Condition, now: float) -> bool:
        since, known = self._since[condition], self._written.get(condition)
        if condition.level is Level.WAITING and now - since < WAITING_SECONDS:
            return False
        if known is None or known.at < since:
            return True
        lasting = condition.level in {Level.WARNING, Level.ERROR}
        return lasting and now - known.at >= REPEAT_SECONDS

    def _may_write(self, now: float) -> bool:
        self._tokens = min(BURST, self._tokens + (now - self._filled) / SECONDS_AN_EVENT)
        self._filled = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def _write(self, condition: Condition, now: float) -> None:
        known = self._written.get(condition)
        moment = datetime.now(UTC)
        if known is not None and now - known.at < KEPT_SECONDS and self._repeated(known, moment):
            self._written[condition] = replace(known, count=known.count + 1, at=now)
            return
        event = _event(self._pod, condition, moment)
        self._api.create(self._path(), event)
        self._written[condition] = Written(event["metadata"]["name"], 1, now)

    def _repeated(self, known: Written, moment: datetime) -> bool:
        """Whether the event is still there and was counted up."""
        series = {"count": known.count + 1, "lastObservedTime": _micro_time(moment)}
        try:
            self._api.merge(f"{self._path()}/{known.name}", {"series": series})
        except ApiError as error:
            if error.not_found:
                return False
            raise
        return True

    def _path(self) -> str:
        return f"/apis/events.k8s.io/v1/namespaces/{self._pod.namespace}/events"

    def _tell(self, problem: str) -> None:
        if problem != self._problem:
            self._say(problem)
        self._problem = problem


def _event(pod: Pod, condition: Condition, moment: datetime) -> dict[str, Any]:
    """An Event of events.k8s.io/v1. Its name is what client-go gives one: the object's and the time."""
    regarding: Mapping[str, str] = {
        "apiVersion": "v1",
        "kind": "Pod",
        "namespace": pod.namespace,
        "name": pod.name,
        "uid": pod.uid,
    }
    bad = condition.level in {Level.WARNING, Level.ERROR}
    return {
        "apiVersion": "events.k8s.io/v1",
        "kind": "Event",
        "metadata": {"namespace": pod.namespace, "name": f"{pod.name}.{time.time_ns():x}"},
        "eventTime": _micro_time(moment),
        "type": "Warning" if bad else "Normal",
        "reason": condition.reason,
        "action": "Reconcile",
        "note": _shortened(str(condition)),
        "regarding": {key: value for key, value in regarding.items() if value},
        "reportingController": CONTROLLER,
        "reportingInstance": pod.name,
    }


def _micro_time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}"


def _shortened(note: str) -> str:
    encoded = note.encode()
    if len(encoded) <= NOTE_BYTES:
        return note
    return encoded[: NOTE_BYTES - 3].decode(errors="ignore") + "…"
