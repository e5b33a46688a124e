"""A Connect worker of a region as a process, started from the content of the worker ConfigMap."""

from __future__ import annotations

import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from localcloud.kafka.site import Site
from localcloud.server_process import ServerProcess, ServerProcessError
from localcloud.wan import Wan
from localcloud.workers.localize import Localized, localize
from localcloud.workers.rest_login import RestLogin
from topology.aws.names import bootstrap_variable
from topology.kafka.java_properties import parse_properties, render_properties
from topology.kubernetes.workload import REST_PORT

__all__ = [
    "WORKER_FLAGS",
    "ConnectWorker",
    "WorkerError",
    "WorkerRecipe",
    "bootstrap_environment",
    "read_properties",
    "worker_recipe",
]

WORKER_FLAGS = ("-Xms128m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
"""For workers whose Deployment is not at hand; pass the flags of the synthesized one where it is."""

_MAIN = "org.apache.kafka.connect.cli.ConnectDistributed"
_READY_SECONDS = 120
_STOP_SECONDS = 40  # task.shutdown.graceful.timeout.ms is 30 s in the deployed configuration


class WorkerError(ValueError):
    """A worker configuration cannot be read; the text says where and what was found."""


@dataclass(frozen=True)
class ConnectWorker:
    """A worker process; start it with `ConnectWorker.start`, end it with `stop` or `kill`."""

    region: str
    name: str
    rest_url: str
    """REST of this worker as the host reaches it: http://host:port, no slash at the end."""
    localized: Localized
    """The properties that the worker runs with, and how they differ from the deployed ones."""
    process: ServerProcess
    rest_login: RestLogin | None = None
    """How to log in to REST where it asks for that."""

    @classmethod
    def start(  # noqa: PLR0913 - what a pod is made of
        cls,
        site: Site,
        properties: str,
        environment: Mapping[str, str],
        number: int = 0,
        flags: Sequence[str] = WORKER_FLAGS,
        *,
        rest_login: RestLogin | None = None,
        kafka_login: Mapping[str, str] | None = None,
    ) -> ConnectWorker:
        """Start worker `number` (from 0) of a region; it is not ready yet, see `wait_ready`.

        `properties` is the text of connect-distributed.properties in the worker ConfigMap. What it reads by
        ${env:...} comes from `environment` (see bootstrap_environment); POD_IP is the region's address.
        Workers of a region share that address, so their REST ports count up from 8083 (in a proxy WAN: free
        ports). `flags` are the JVM's, as in the synthesized Deployment; `rest_login`: see rest_login.py;
        `kafka_login` is what it logs in by where the brokers want one (Logins.java). Raises WorkerError for
        an unreadable text.
        """
        recipe = worker_recipe(
            site, properties, environment, number, flags, rest_login=rest_login, kafka_login=kafka_login
        )
        assert recipe.localized is not None  # noqa: S101 - worker_recipe says it
        process = ServerProcess(recipe.name, recipe.command, Path(recipe.log), recipe.environment)
        return cls(site.region, recipe.name, recipe.rest_url, recipe.localized, process, rest_login)

    @property
    def log(self) -> Path:
        """The worker's log file."""
        return self.process.log

    def wait_ready(self, seconds: float = _READY_SECONDS) -> None:
        """Wait until GET /health answers 200 (KIP-1017): the worker has joined its group.

        Raises ServerProcessError with the end of the log.
        """
        try:
            self.process.wait_until(self.healthy, seconds)
        except ServerProcessError:
            self.process.stop(0)
            raise

    def healthy(self) -> bool:
        """Whether the worker says so; a worker that still starts refuses, is silent or answers 404 or 503."""
        return is_healthy(self.rest_url, self.rest_login)

    def kill(self, sig: int = signal.SIGKILL) -> None:
        """Send a signal: SIGKILL for a crash, SIGSTOP and SIGCONT for a hang."""
        self.process.kill(sig)

    def stop(self) -> None:
        """SIGTERM, upon which a worker stops its tasks, commits and leaves; SIGKILL after 40 s."""
        self.process.stop(_STOP_SECONDS)


@dataclass(frozen=True)
class WorkerRecipe:
    """All that it takes to start a worker: `command` in the network of its region, `environment` on top of
    the starter's own, the file `log`; where its REST will be (empty: it has none)."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    log: str
    rest_url: str
    localized: Localized | None = None


def worker_recipe(  # noqa: PLR0913 - what a pod is made of
    site: Site,
    properties: str,
    environment: Mapping[str, str],
    number: int = 0,
    flags: Sequence[str] = WORKER_FLAGS,
    *,
    rest_login: RestLogin | None = None,
    kafka_login: Mapping[str, str] | None = None,
) -> WorkerRecipe:
    """Writes the worker's properties file and says how to start it; arguments as of `ConnectWorker.start`."""
    site.directory.mkdir(parents=True, exist_ok=True)
    name = f"worker-{site.region}-{number}"
    port, address = site.wan.port(site.region, REST_PORT + number), site.wan.address(site.region)
    deployed = read_properties(properties, name)
    localized = localize(deployed, _rest_addresses(site.wan, port), kafka_login)
    config = site.directory / f"{name}.properties"
    config.write_text(render_properties(localized.properties))
    command = site.command([*flags, *([rest_login.flag] if rest_login else [])], _MAIN, str(config))
    pod = {**environment, "POD_IP": address}
    log = str(site.directory / f"{name}.log")
    return WorkerRecipe(name, tuple(command), pod, log, f"http://{address}:{port}", localized)


def is_healthy(rest_url: str, rest_login: RestLogin | None = None) -> bool:
    """Whether GET /health of a worker answers 200; see `ConnectWorker.healthy`."""
    auth = rest_login.credentials if rest_login else None
    try:
        # Loopback or a namespace of ours: a proxy of the user's environment would not find it.
        answer = httpx.get(f"{rest_url}/health", timeout=10, trust_env=False, auth=auth)
    except httpx.TransportError:
        return False
    return answer.status_code == httpx.codes.OK


def bootstrap_environment(wan: Wan, region: str, clusters: Mapping[str, str]) -> dict[str, str]:
    """BOOTSTRAP_<ALIAS> for the workers of `region`: each cluster's address as that region sees it.

    `clusters` maps a cluster's alias to the region that it is in.
    """
    return {bootstrap_variable(alias): wan.bootstrap(home, region) for alias, home in clusters.items()}


def read_properties(text: str, where: str) -> dict[str, str]:
    """The properties of a text in the format of java.util.Properties.

    Raises WorkerError for a bad escape and for a key that is set more than once, of
    which Java silently uses the last value.
    """
    try:
        return parse_properties(text)
    except ValueError as error:
        raise WorkerError(f"{where}: {error}") from error


def _rest_addresses(wan: Wan, port: int) -> dict[str, str]:
    return {
        "listeners": f"http://{wan.bind_address}:{port}",
        "rest.advertised.host.name": "${env:POD_IP}",
        "rest.advertised.port": str(port),
    }
