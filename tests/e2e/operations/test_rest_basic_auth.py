"""What Connect's basic authentication asks for and what not, on real workers, and that operations gets in."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from localcloud.workers import ConnectWorker, RestLogin, bootstrap_environment, rest_login
from operations.connect.client import ConnectClient
from tests.e2e.operations.conftest import FLOW, SOURCE, TARGET, Mirror, config, write
from tests.e2e.waiting import wait_until
from topology.loading import environment_path, load_text
from topology.replication.rest_auth import PROBE_FILE
from topology.replication.worker_files import PROPERTIES_FILE, worker_files

pytestmark = pytest.mark.kafka

GROUP = "secured"
"""A Connect cluster of its own beside that of the other tests, on the same brokers."""
NUMBERS = (2, 3)
NAME = f"{FLOW}-heartbeat"


def secured_files() -> dict[str, str]:
    """The workers' files of the local environment, with basic authentication."""
    data = yaml.safe_load(environment_path("local").read_text(encoding="utf-8"))
    data["mirrormaker"]["rest"] = {"basic_auth": {"secret": "connect-rest"}}
    topics = {f"{kind}_topic": f"{GROUP}-{kind}" for kind in ("config", "offset", "status")}
    data["mirrormaker"]["connect"] |= {"group_id": GROUP, **topics}
    return worker_files(load_text(yaml.safe_dump(data), "local.yaml"), TARGET)


@dataclass(frozen=True)
class Secured:
    """Two workers that ask for a login, and the login."""

    workers: list[ConnectWorker]
    login: RestLogin
    files: dict[str, str]

    @property
    def urls(self) -> list[str]:
        return [worker.rest_url for worker in self.workers]

    def ask(self, method: str, path: str, auth: Any = None, worker: int = 0, **body: Any) -> httpx.Response:
        return httpx.request(
            method, f"{self.urls[worker]}{path}", auth=auth, timeout=30, trust_env=False, **body
        )


@pytest.fixture(scope="module")
def secured(mirror: Mirror, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    site, files = mirror.sites[TARGET], secured_files()
    login = rest_login(files, tmp_path_factory.mktemp("rest"))
    assert login is not None
    addresses = bootstrap_environment(site.wan, TARGET, {SOURCE: SOURCE, TARGET: TARGET})
    workers = [
        ConnectWorker.start(site, files[PROPERTIES_FILE], addresses, number, rest_login=login)
        for number in NUMBERS
    ]
    for worker in workers:
        worker.wait_ready()
    yield Secured(workers, login, files)
    for worker in workers:
        worker.stop()


CLOSED = [
    ("GET", "/"),
    ("GET", "/health"),
    ("GET", "/connectors"),
    ("GET", "/connectors?expand=info"),
    ("GET", "/connector-plugins"),
    ("GET", f"/connectors/{NAME}/offsets"),
    ("GET", f"/connectors/{NAME}/tasks"),
    ("POST", "/connectors"),
    ("PUT", f"/connectors/{NAME}/config"),
    ("PUT", "/connector-plugins/MirrorHeartbeatConnector/config/validate"),
    ("PUT", f"/connectors/{NAME}/stop"),
    ("PATCH", f"/connectors/{NAME}/offsets"),
    ("POST", f"/connectors/{NAME}/restart"),
    ("DELETE", f"/connectors/{NAME}"),
    ("OPTIONS", "/connectors"),
    ("POST", f"/connectors/{NAME}/tasks/0/restart"),
]
NOT_THERE = [("GET", "/admin/loggers", 404), ("PUT", f"/connectors/{NAME}/tasks", 405), ("GET", "/none", 404)]
"""What is not there at all is said before anybody is asked who they are."""


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_without_credentials_nothing_is_answered(secured: Secured, method: str, path: str) -> None:
    body: Any = {"json": config("heartbeat")} if method in ("POST", "PUT", "PATCH") else {}
    for auth in (None, ("local", "wrong"), ("nobody", "wrong"), ("local", "")):
        assert secured.ask(method, path, auth, **body).status_code == 401, auth


@pytest.mark.parametrize(("method", "path", "status"), NOT_THERE)
def test_what_is_not_there_is_not_there_for_anybody(
    secured: Secured, method: str, path: str, status: int
) -> None:
    for auth in (None, secured.login.credentials):
        assert secured.ask(method, path, auth).status_code == status


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/connectors/x/tasks"), ("PUT", "/connectors/x/fence")]
)
def test_what_workers_ask_each_other_needs_their_signature_instead(
    secured: Secured, method: str, path: str
) -> None:
    """The two paths that the extension leaves open; connect.protocol is guarded because of them."""
    forged = {"X-Connect-Authorization": "c2lnbmVk", "X-Connect-Request-Signature-Algorithm": "HmacSHA256"}
    found = [secured.ask(method, path, json=[], headers=headers) for headers in ({}, forged)]
    assert [answer.status_code for answer in found] == [400, 403], [answer.text for answer in found]


def test_with_credentials_it_is_connect_as_ever(secured: Secured) -> None:
    credentials = secured.login.credentials
    for worker in (0, 1):
        assert secured.ask("GET", "/health", credentials, worker).status_code == 200
        assert secured.ask("GET", "/connectors", credentials, worker).status_code == 200


def test_workers_forward_to_their_leader_and_hand_out_tasks(secured: Secured) -> None:
    """One of the two is not the leader: what it is asked it forwards, with the caller's credentials; and the
    one with the connector hands its tasks over to the leader, with a signature."""
    credentials = secured.login.credentials
    with ConnectClient(secured.urls, credentials=credentials) as client:
        for worker in (0, 1):
            name = f"forwarded-{worker}"
            wanted = config("heartbeat", name=name)
            answer = secured.ask("PUT", f"/connectors/{name}/config", credentials, worker, json=wanted)
            assert answer.status_code == 201, answer.text
            wait_until(partial(_runs, client, name), 60, f"{name} runs with its task")
        hosts = {client.connectors()[f"forwarded-{worker}"].worker for worker in (0, 1)}
        assert len(hosts) == len(secured.workers)
        for worker in (0, 1):
            assert secured.ask("DELETE", f"/connectors/forwarded-{worker}", credentials, worker).is_success


def test_the_reconciler_logs_in(secured: Secured, directory: Path) -> None:
    write(directory, NAME, config("heartbeat"))
    done = reconcile(secured, directory, "--credentials", str(secured.login.credentials_file))
    assert done.returncode == 0, done.stdout + done.stderr
    done = reconcile(secured, directory)
    assert done.returncode == 1
    assert "answered 401: Unauthorized" in done.stdout
    secured.ask("DELETE", f"/connectors/{NAME}", secured.login.credentials)


def test_the_pods_probe_gets_in_and_sees_what_is_wrong(
    secured: Secured, mirror: Mirror, tmp_path: Path
) -> None:
    def probe(path: str, credentials: Path = secured.login.credentials_file) -> tuple[int, str]:
        port = httpx.URL(secured.urls[0]).port
        script = tmp_path / PROBE_FILE
        script.write_text(secured.files[PROBE_FILE])
        site = mirror.sites[TARGET]
        arguments = ["bash", str(script), str(port), path, "10", str(credentials)]
        command = [*site.wan.command_prefix(TARGET), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        return done.returncode, done.stdout

    wrong = tmp_path / "wrong.properties"
    wrong.write_text("local=wrong\n")
    assert probe("/health") == (0, "")
    assert probe("/connectors") == (0, "")
    assert probe("/health", wrong) == (1, "GET /health with credentials: found status 401; expected: 200\n")
    assert probe("/none")[0] == 1


def _runs(client: ConnectClient, name: str) -> bool:
    found = client.connectors().get(name)
    return found is not None and [task.state for task in found.tasks] == ["RUNNING"]


def reconcile(secured: Secured, directory: Path, *more: str) -> subprocess.CompletedProcess[str]:
    connect = [argument for url in secured.urls for argument in ("--connect", url)]
    command = [sys.executable, "-m", "operations", "reconcile", *connect, "--connectors", str(directory)]
    return subprocess.run(
        [*command, *more, "--wait", "60" if more else "1"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
