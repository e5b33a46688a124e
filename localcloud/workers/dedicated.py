"""A dedicated MirrorMaker as a process, `connect-mirror-maker`: what a migration may find as old runtime."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from localcloud.kafka.site import Site
from localcloud.server_process import ServerProcess, ServerProcessError
from localcloud.workers.worker import WORKER_FLAGS, WorkerRecipe
from topology.kafka.java_properties import render_properties
from topology.replication.flows import DirectedFlow
from topology.replication.globs import glob_regex

__all__ = ["DedicatedMirrorMaker", "dedicated_properties", "dedicated_recipe"]

_MAIN = "org.apache.kafka.connect.mirror.MirrorMaker"
_STARTED = b"Kafka MirrorMaker started"
_READY_SECONDS = 120
_STOP_SECONDS = 40

# of every topic that it makes, its own and the mirrored ones; KIP-382 and DistributedConfig
_FACTORS = (
    "replication.factor",
    *(f"{topic}.topic.replication.factor" for topic in ("checkpoints", "heartbeats", "offset-syncs")),
    *(f"{topic}.storage.replication.factor" for topic in ("config", "offset", "status")),
)


def dedicated_properties(
    flows: Sequence[DirectedFlow], addresses: Mapping[str, str], extra: Mapping[str, str] | None = None
) -> dict[str, str]:
    """mm2.properties for these flows, as they are written by hand: names and patterns are those of the flows,
    everything else is MirrorMaker's default, offset syncs on the source among it.

    `addresses`: bootstrap servers of each cluster by its alias, as the process reaches them; `extra` wins.
    """
    aliases = dict.fromkeys(alias for flow in flows for alias in (flow.source_alias, flow.target_alias))
    properties = {"clusters": ", ".join(aliases)}
    properties |= {f"{alias}.bootstrap.servers": addresses[alias] for alias in aliases}
    properties |= dict.fromkeys(_FACTORS, "1")
    for flow in flows:
        own = {
            "enabled": "true",
            "topics": _patterns(flow.topics),
            "groups": _patterns(flow.groups),
            "tasks.max": str(flow.tasks_max),
            "refresh.topics.interval.seconds": str(flow.spec.refresh_topics_interval_seconds),
            "emit.checkpoints.interval.seconds": str(flow.spec.checkpoints.interval_seconds),
            "sync.group.offsets.enabled": str(flow.writes_group_offsets).lower(),
            "sync.group.offsets.interval.seconds": str(flow.spec.checkpoints.sync_interval_seconds),
        }
        prefix = f"{flow.source_alias}->{flow.target_alias}"
        properties |= {f"{prefix}.{key}": value for key, value in own.items()}
    return properties | dict(extra or {})


def dedicated_recipe(
    site: Site,
    properties: Mapping[str, str],
    targets: Iterable[str],
    number: int = 0,
    flags: Sequence[str] = WORKER_FLAGS,
) -> WorkerRecipe:
    """Writes mm2.properties and says how to start it; arguments as of `DedicatedMirrorMaker.start`."""
    site.directory.mkdir(parents=True, exist_ok=True)
    name = f"dedicated-{site.region}-{number}"
    config = site.directory / f"{name}.properties"
    config.write_text(render_properties(properties))
    command = site.command(flags, _MAIN, str(config), "--clusters", *targets)
    return WorkerRecipe(name, tuple(command), {}, str(site.directory / f"{name}.log"), "")


@dataclass(frozen=True)
class DedicatedMirrorMaker:
    """A process that runs the flows of a file into some target clusters; it has no REST interface."""

    region: str
    name: str
    properties: Mapping[str, str]
    process: ServerProcess

    @classmethod
    def start(
        cls,
        site: Site,
        properties: Mapping[str, str],
        targets: Iterable[str],
        number: int = 0,
        flags: Sequence[str] = WORKER_FLAGS,
    ) -> DedicatedMirrorMaker:
        """Starts process `number` (from 0) of a region, for the flows into clusters with the aliases
        `targets`: without such a list it would write heartbeats in the other direction too. It is not ready
        yet, see `wait_ready`."""
        recipe = dedicated_recipe(site, properties, targets, number, flags)
        log = Path(recipe.log)
        log.write_bytes(b"")  # `started` looks for a line of this process, not of one before it
        process = ServerProcess(recipe.name, recipe.command, log, recipe.environment)
        return cls(site.region, recipe.name, properties, process)

    @property
    def log(self) -> Path:
        """Its log file, of this start alone."""
        return self.process.log

    def wait_ready(self, seconds: float = _READY_SECONDS) -> None:
        """Waits until its connectors are configured; records follow. Raises ServerProcessError with the end
        of the log."""
        try:
            self.process.wait_until(self.started, seconds)
        except ServerProcessError:
            self.process.stop(0)
            raise

    def started(self) -> bool:
        """Whether it says so."""
        return _STARTED in self.log.read_bytes()

    def kill(self, sig: int = signal.SIGKILL) -> None:
        """Sends a signal: SIGKILL for a crash."""
        self.process.kill(sig)

    def stop(self) -> None:
        """Send SIGTERM: it stops its tasks, commits their source offsets and leaves. SIGKILL after 40 s."""
        self.process.stop(_STOP_SECONDS)


def _patterns(globs: Iterable[str]) -> str:
    return ",".join(glob_regex(glob) for glob in globs)
