"""The workers of one runtime, as processes that form one Connect cluster with those of the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from localcloud.kafka.jvm import stop_together
from localcloud.kafka.site import Site
from localcloud.workers import ConnectWorker

__all__ = ["WorkerFleet"]


@dataclass
class WorkerFleet:
    """`name`: ecs or eks; `properties`: the text of connect-distributed.properties; `first`: number of the
    first worker, since all of a region share an address and differ in their ports."""

    name: str
    site: Site
    properties: str
    variables: Mapping[str, str]
    first: int = 0
    _workers: dict[int, ConnectWorker] = field(default_factory=dict)

    def count(self) -> int:
        """How many run."""
        return len(self._workers)

    def urls(self) -> tuple[str, ...]:
        """The REST addresses of those that run."""
        return tuple(worker.rest_url for worker in self._workers.values())

    def set_count(self, count: int) -> None:
        """Start workers, one after the other, or stop the newest in order; returns when the new ones have
        joined their group and the old ones have ended. Raises JavaProcessError."""
        while self.count() < count:
            number = next(n for n in range(self.first, self.first + count) if n not in self._workers)
            worker = ConnectWorker.start(self.site, self.properties, self.variables, number)
            self._workers[number] = worker
            worker.wait_ready()
        while self.count() > count:
            self._newest().stop()

    def kill(self) -> None:
        """SIGKILL to the newest."""
        worker = self._newest()
        worker.kill()
        worker.process.wait()

    def stop(self) -> None:
        """Stop all at once."""
        workers = list(self._workers.values())
        self._workers.clear()
        stop_together(*(worker.stop for worker in workers))

    def _newest(self) -> ConnectWorker:
        return self._workers.pop(max(self._workers))
