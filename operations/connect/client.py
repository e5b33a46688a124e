"""Kafka Connect's REST interface, typed.

Reference: Kafka documentation, "Kafka Connect / REST API"; KIP-745 (restart), KIP-875 (stop, offsets),
KIP-980 (initial state), KIP-1017 (/health). Failed calls raise `ConnectError`; `connect_http` says what is
repeated before that.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import httpx

from operations.connect.credentials import Credentials
from operations.connect.http import ConnectError, Patience, Workers, message_of

__all__ = [
    "NO_STATUS",
    "ConnectClient",
    "ConnectError",
    "Connector",
    "Health",
    "InitialState",
    "Offset",
    "Plugin",
    "Task",
]

NO_STATUS: Final = "NO_STATUS"
"""Our word for the state of a connector that exists and has not reported one yet."""

InitialState = Literal["RUNNING", "PAUSED", "STOPPED"]


@dataclass(frozen=True)
class Task:
    """One task; `trace` is the stack trace of a FAILED one, else empty."""

    id: int
    state: str
    worker: str = ""
    trace: str = ""


@dataclass(frozen=True)
class Connector:
    """A connector as Connect shows it: `config` has `name` in it, `${provider:..}` references unresolved."""

    name: str
    config: Mapping[str, str]
    state: str = NO_STATUS
    worker: str = ""
    trace: str = ""
    tasks: tuple[Task, ...] = ()


@dataclass(frozen=True)
class Health:
    """`GET /health`: code 200 ready, 503 starting, 500 unhealthy; and what the worker says about it."""

    url: str
    code: int
    message: str

    @property
    def ready(self) -> bool:
        return self.code == httpx.codes.OK


@dataclass(frozen=True)
class Plugin:
    """A connector class that the workers have, by its full class name."""

    class_name: str
    kind: str
    version: str


@dataclass(frozen=True)
class Offset:
    """A source offset, of MirrorMaker {"cluster", "topic", "partition"} -> {"offset"}; None forgets it."""

    partition: Mapping[str, Any]
    offset: Mapping[str, Any] | None


class ConnectClient:
    """One Connect cluster, through any of its workers (or their Service).

    `base_urls`: http(s)://host:port of each; `timeout` seconds for one answer, `deadline` seconds for a call
    with its repetitions; a set `stop` ends the repetitions (used on SIGTERM); `credentials` for workers that
    ask for them. For one thread at a time.
    """

    def __init__(
        self,
        base_urls: Sequence[str],
        timeout: float = 10.0,
        deadline: float = 60.0,
        stop: threading.Event | None = None,
        credentials: Credentials | None = None,
    ) -> None:
        self._workers = Workers(base_urls, timeout, deadline, stop, credentials)

    def __enter__(self) -> ConnectClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._workers.close()

    # -- workers

    def health(self) -> Health:
        """Asks each once: a ready worker if there is one, else what the last said.

        Raises ConnectError when none answers.
        """
        health, failure = None, None
        for answer in self._workers.each_once("/health"):
            if isinstance(answer, ConnectError):
                failure = answer
                continue
            health = Health(str(answer.request.url), answer.status_code, message_of(answer))
            if health.ready:
                break
        if health is None and failure is not None:
            raise failure
        assert health is not None  # noqa: S101 - Workers has at least one address
        return health

    def unready(self) -> tuple[str, ...]:
        """Asks each once: what those say that are not ready, with their address; empty when all are.

        A worker answers from the thread that starts and stops its tasks (KIP-1017), between rebalances."""
        said = []
        for answer in self._workers.each_once("/health"):
            if isinstance(answer, ConnectError):
                said.append(answer.outcome)
            elif answer.status_code != httpx.codes.OK:
                said.append(f"{answer.request.url}: {answer.status_code}: {message_of(answer)}")
        return tuple(said)

    def await_ready(self, deadline: float | None = None) -> Health:
        """Waits until a worker is ready. Raises ConnectError with the last word after `deadline` seconds."""
        patience = Patience(self._workers.deadline if deadline is None else deadline, self._workers.stop)
        while True:
            try:
                health = self.health()
            except ConnectError as error:
                failure = error
            else:
                if health.ready:
                    return health
                failure = ConnectError("GET", health.url, health.code, health.message, passing=True)
            if not patience.wait():
                raise failure

    def version(self) -> str:
        """Kafka's version on the worker that answers."""
        return str(self._workers.ask("GET", "/")["version"])

    def plugins(self) -> tuple[Plugin, ...]:
        """The connector classes on the workers."""
        found = self._workers.ask("GET", "/connector-plugins")
        return tuple(Plugin(one["class"], one["type"], one.get("version") or "") for one in found)

    def validate(self, plugin: str, config: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
        """What the plugin (simple or full class name) refuses: property -> messages; empty when all is well.

        The rules are the plugin's own and the workers resolve `${env:..}` first; nothing is created.
        """
        body = {"connector.class": plugin, **config}
        answer = self._workers.ask("PUT", f"/connector-plugins/{plugin}/config/validate", body)
        values = [one["value"] for one in answer["configs"]]
        return {value["name"]: tuple(value["errors"]) for value in values if value["errors"]}

    # -- connectors

    def connectors(self) -> dict[str, Connector]:
        """Every connector with its config, state and tasks.

        Config and state are asked for separately: with both expansions in one request Connect leaves out a
        connector without a state, and MirrorMaker takes minutes to report one while its source is out of
        reach (4.1.1: admin time-outs of 60 s one after the other).
        """
        infos = self._workers.ask("GET", "/connectors?expand=info")
        statuses = self._workers.ask("GET", "/connectors?expand=status")
        return {
            name: _connector(name, one["info"]["config"], statuses.get(name, {}).get("status"))
            for name, one in infos.items()
        }

    def put_config(self, name: str, config: Mapping[str, str]) -> None:
        """Creates the connector or gives it this config; repeating it changes and restarts nothing."""
        self._workers.ask("PUT", f"/connectors/{name}/config", config)

    def create(self, name: str, config: Mapping[str, str], initial_state: InitialState | None = None) -> None:
        """Creates a connector, STOPPED or PAUSED if asked. Raises ConnectError 409 if there is one already,
        except when it is the one of a first attempt whose answer was lost."""
        body: dict[str, Any] = {"name": name, "config": dict(config)}
        if initial_state is not None:
            body["initial_state"] = initial_state
        try:
            self._workers.ask("POST", "/connectors", body)
        except ConnectError as error:
            repeated = error.status == httpx.codes.CONFLICT and error.attempts > 1
            if not (repeated and self._config(name) == {**config, "name": name}):
                raise

    def delete(self, name: str) -> None:
        """Deletes the connector, its source offsets stay; one that is gone already is as good."""
        try:
            self._workers.ask("DELETE", f"/connectors/{name}")
        except ConnectError as error:
            if error.status != httpx.codes.NOT_FOUND:
                raise

    def restart(self, name: str, include_tasks: bool = True, only_failed: bool = True) -> None:
        """Restarts the connector and its tasks, by default only what has FAILED."""
        flags = f"includeTasks={str(include_tasks).lower()}&onlyFailed={str(only_failed).lower()}"
        self._workers.ask("POST", f"/connectors/{name}/restart?{flags}")

    def restart_task(self, name: str, task: int) -> None:
        """Restarts one task, whatever its state."""
        self._workers.ask("POST", f"/connectors/{name}/tasks/{task}/restart")

    def stop(self, name: str) -> None:
        """Stops it and gives up its tasks; its source offsets can be changed then."""
        self._workers.ask("PUT", f"/connectors/{name}/stop")

    def pause(self, name: str) -> None:
        """Pauses it; the tasks stay assigned."""
        self._workers.ask("PUT", f"/connectors/{name}/pause")

    def resume(self, name: str) -> None:
        """Starts a stopped or paused connector again."""
        self._workers.ask("PUT", f"/connectors/{name}/resume")

    # -- source offsets

    def offsets(self, name: str) -> tuple[Offset, ...]:
        """The committed source offsets; forgotten ones, which Connect lists as null, are left out."""
        found = self._workers.ask("GET", f"/connectors/{name}/offsets")["offsets"]
        return tuple(Offset(one["partition"], one["offset"]) for one in found if one["offset"] is not None)

    def patch_offsets(self, name: str, offsets: Sequence[Offset]) -> None:
        """Writes source offsets; Connect answers 400 unless the connector is STOPPED."""
        body = {"offsets": [{"partition": one.partition, "offset": one.offset} for one in offsets]}
        self._workers.ask("PATCH", f"/connectors/{name}/offsets", body)

    def delete_offsets(self, name: str) -> None:
        """Forgets all source offsets, so that everything is read again; the connector must be STOPPED."""
        self._workers.ask("DELETE", f"/connectors/{name}/offsets")

    def _config(self, name: str) -> dict[str, str]:
        return dict(self._workers.ask("GET", f"/connectors/{name}/config"))


def _connector(name: str, config: Mapping[str, str], status: Mapping[str, Any] | None) -> Connector:
    if status is None:
        return Connector(name, config)
    own = status["connector"]
    tasks = tuple(
        Task(one["id"], one["state"], one.get("worker_id", ""), one.get("trace", ""))
        for one in status["tasks"]
    )
    return Connector(name, config, own["state"], own.get("worker_id", ""), own.get("trace", ""), tasks)
