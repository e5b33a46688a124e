"""How many workers of a runtime run, and how that is changed: tasks of ECS, pods of EKS.

The same steps run against AWS and against processes on one machine (localcloud/workers/fleet.py): what
differs is behind `Fleet`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

from operations.kubernetes.api import ApiError, KubernetesApi

__all__ = ["EcsFleet", "Fleet", "FleetError", "KubernetesFleet", "await_count"]

POLL_SECONDS: Final = 2.0
DEADLINE_SECONDS: Final = 900.0
"""A task of Fargate takes minutes to start, and up to two to stop; a pod may wait for a node."""


class FleetError(Exception):
    """Workers that cannot be counted or changed, or did not become as many as asked for; in words."""


class Fleet(Protocol):
    """The workers of one runtime in a region."""

    @property
    def name(self) -> str:
        """What people call it."""

    def count(self) -> int:
        """How many run now. Raises FleetError."""

    def set_count(self, count: int) -> None:
        """Returns when `count` run and no other is on its way out; they may not have joined their group yet.
        Asking again for the same changes nothing. Raises FleetError."""

    def urls(self) -> Sequence[str]:
        """Addresses of their REST interface: of each worker, or one that leads to any of them."""


def await_count(
    count: int, running: Callable[[], int], seconds: float, poll_seconds: float, what: str
) -> None:
    """Waits until exactly `count` run. Raises FleetError with the last number after `seconds`."""
    deadline = time.monotonic() + seconds
    while (found := running()) != count:
        if time.monotonic() > deadline:
            raise FleetError(f"{what}: {found} run after {seconds:.0f} s; asked for {count}")
        time.sleep(poll_seconds)


class EcsFleet:
    """The tasks of a service. `client`: boto3's for ECS; `url`: what discovery answers with any task.

    ECS API reference, UpdateService (desiredCount) and DescribeServices (runningCount); a task that drains
    is still in the latter's figure.
    """

    def __init__(  # noqa: PLR0913 - all but three by name
        self,
        client: Any,
        cluster: str,
        service: str,
        *,
        url: str,
        seconds: float = DEADLINE_SECONDS,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._client, self._cluster, self._service, self._url = client, cluster, service, url
        self._seconds, self._poll_seconds = seconds, poll_seconds

    @property
    def name(self) -> str:
        return f"ECS service {self._cluster}/{self._service}"

    def count(self) -> int:
        return int(self._described()["runningCount"])

    def set_count(self, count: int) -> None:
        if self._described()["desiredCount"] != count:
            self._called("update_service", service=self._service, desiredCount=count)
        await_count(count, self.count, self._seconds, self._poll_seconds, self.name)

    def urls(self) -> tuple[str, ...]:
        return (self._url,)

    def _described(self) -> dict[str, Any]:
        answer = self._called("describe_services", services=[self._service])
        found: list[dict[str, Any]] = [one for one in answer["services"] if one["status"] == "ACTIVE"]
        if not found:
            raise FleetError(f"{self.name}: there is no such service; expected that of stack ecs-runtime-R")
        return found[0]

    def _called(self, operation: str, **arguments: Any) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - 0.2 s

        try:
            return getattr(self._client, operation)(cluster=self._cluster, **arguments)
        except (BotoCoreError, ClientError) as error:
            raise FleetError(f"{self.name}: {operation}: {error}") from error


class KubernetesFleet:
    """The pods of a Deployment with an autoscaler of the same name, in the namespace of `api`.

    The autoscaler would bring back what is taken away, so its bounds follow; at 0 it is switched off by
    Kubernetes itself (Horizontal Pod Autoscaling, "Implicit maintenance-mode deactivation"). The next apply
    of mirrormaker-R puts its bounds back.
    """

    def __init__(
        self,
        api: KubernetesApi,
        deployment: str,
        *,
        url: str,
        seconds: float = DEADLINE_SECONDS,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._api, self._deployment, self._url = api, deployment, url
        self._seconds, self._poll_seconds = seconds, poll_seconds
        self._path = f"/apis/apps/v1/namespaces/{api.namespace}/deployments/{deployment}"
        self._scaler = (
            f"/apis/autoscaling/v2/namespaces/{api.namespace}/horizontalpodautoscalers/{deployment}"
        )

    @property
    def name(self) -> str:
        return f"Deployment {self._api.namespace}/{self._deployment}"

    def count(self) -> int:
        """Pods there are, ready or not: one that ends still holds its tasks; 0 without a Deployment."""
        try:
            return int(self._read().get("status", {}).get("replicas", 0))
        except ApiError as error:
            if error.not_found:
                return 0
            raise FleetError(f"{self.name}: {error}") from error

    def set_count(self, count: int) -> None:
        try:
            now = self._read()["spec"].get("replicas")
            self._bound(count, shrinks=now is not None and count < now)
            if now != count:
                self._api.merge(f"{self._path}/scale", {"spec": {"replicas": count}})
        except ApiError as error:
            raise FleetError(f"{self.name}: {error}") from error
        await_count(count, lambda: self._settled(count), self._seconds, self._poll_seconds, self.name)

    def urls(self) -> tuple[str, ...]:
        return (self._url,)

    def _settled(self, count: int) -> int:
        """Ready pods; all of them, those that end too, while there are more than `count`."""
        try:
            status = self._read().get("status", {})
        except ApiError as error:
            raise FleetError(f"{self.name}: {error}") from error
        there = int(status.get("replicas", 0)) + int(status.get("terminatingReplicas") or 0)
        return there if there > count else int(status.get("readyReplicas", 0))

    def _bound(self, count: int, *, shrinks: bool) -> None:
        """Makes the autoscaler keep to `count`; nothing to do at 0 and without one."""
        if count == 0:
            return
        try:
            spec = self._api.get(self._scaler)["spec"]
        except ApiError as error:
            if error.not_found:
                return
            raise
        least, most = int(spec.get("minReplicas") or 1), int(spec["maxReplicas"])
        bounds = (min(least, count), count if shrinks else max(most, count))
        if bounds != (least, most):
            self._api.merge(self._scaler, {"spec": {"minReplicas": bounds[0], "maxReplicas": bounds[1]}})

    def _read(self) -> dict[str, Any]:
        found: dict[str, Any] = self._api.get(self._path)
        return found
