"""The first container of an ECS task, as ECS runs it: a process, its environment and a metadata endpoint."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from operations.connect.task_files import METADATA_VARIABLE, TaskFilesError, own_address, write_task_files
from tests.unit.topology.environments import environment
from topology.ecs.tasks import TaskSite, operations_task, worker_task
from topology.kafka.java_properties import parse_properties
from topology.replication.connectors import worker_properties
from topology.replication.worker_files import connector_files, worker_files

COMMAND = Path(__file__).resolve().parents[4] / "bin" / "msk-mirror"
REGION = "us-east-1"
# as the ECS Developer Guide shows it, cut to what is of interest here
METADATA = {
    "DockerId": "cd189a933e5849daa93386466019ab50-2495160603",
    "Name": "files",
    "Networks": [{"NetworkMode": "awsvpc", "IPv4Addresses": ["10.1.5.7"], "SubnetGatewayIpv4Address": "x"}],
}


class Metadata(BaseHTTPRequestHandler):
    """ECS's endpoint of a container."""

    answer: Any = METADATA
    status = 200
    uri = ""

    def do_GET(self) -> None:
        self.send_response(self.status if self.path == "/v4/some-id" else 404)
        self.end_headers()
        self.wfile.write(json.dumps(self.answer).encode())

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def metadata() -> Iterator[type[Metadata]]:
    handler: type[Metadata] = type("Own", (Metadata,), {})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    handler.uri = f"http://127.0.0.1:{server.server_port}/v4/some-id"
    yield handler
    server.shutdown()
    thread.join()
    server.server_close()


def container(task: Any, name: str) -> dict[str, Any]:
    (found,) = (one for one in task.containers if one["name"] == name)
    return dict(found)


def run(of: dict[str, Any], uri: str, places: dict[str, Path]) -> subprocess.CompletedProcess[str]:
    """The container's command with its variables; its directories are elsewhere on this machine."""
    variables = {one["name"]: one["value"] for one in of["environment"]} | {METADATA_VARIABLE: uri}
    command = [str(places.get(argument, argument)) for argument in of["command"]]
    return subprocess.run(
        [sys.executable, str(COMMAND), *command],
        env={"PATH": os.environ["PATH"]} | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_worker_gets_the_files_of_a_pod_with_the_address_of_its_task(tmp_path: Path, metadata: Any) -> None:
    loaded = environment({"runtime/ecs": {}})
    assert loaded.runtime.ecs
    task = worker_task(loaded, REGION, loaded.runtime.ecs, TaskSite("group", {}))
    files, scratch = tmp_path / "files", tmp_path / "scratch"
    files.mkdir()
    scratch.mkdir()
    places = {"/etc/mirrormaker2/worker": files, "/tmp": scratch}  # noqa: S108 - of the container

    for _ in range(2):  # a container may be started again
        done = run(container(task, "files"), metadata.uri, places)
        assert done.returncode == 0, done.stderr

    expected = worker_files(loaded, REGION)
    assert {path.name for path in files.iterdir()} == expected.keys()
    properties = parse_properties((files / "connect-distributed.properties").read_text())
    assert properties == worker_properties(loaded, REGION) | {"rest.advertised.host.name": "10.1.5.7"}
    for name in ("log4j2.properties", "jmx-exporter.yaml"):
        assert (files / name).read_text() == expected[name]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files.iterdir()} == {0o444}
    assert stat.S_IMODE(scratch.stat().st_mode) == 0o1777
    assert done.stdout.count("wrote ") == len(expected)


def test_the_reconciler_gets_the_connectors_and_asks_for_no_address(tmp_path: Path) -> None:
    loaded = environment({"runtime": {"eks": False, "ecs": {}}})
    task = operations_task(loaded, REGION, TaskSite("group", {}))
    places = {"/etc/mirrormaker2/connectors": tmp_path, "/tmp": tmp_path}  # noqa: S108 - of the container
    done = run(container(task, "files"), "http://127.0.0.1:1/nobody", places)
    assert done.returncode == 0, done.stderr
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == connector_files(loaded, REGION)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "TASK_FILES is not set"),
        ("{", "TASK_FILES is not JSON"),
        ("{}", "is not a JSON object of file names and texts"),
        ('{"a": 1}', "is not a JSON object of file names and texts"),
        ('{"../a": "x"}', "names ../a; expected names without a directory"),
        ('{"a": "${env:POD_IP}"}', "ECS_CONTAINER_METADATA_URI_V4 is not set"),
    ],
)
def test_what_can_not_be_written_is_said(value: str | None, message: str, tmp_path: Path) -> None:
    variables = {} if value is None else {"TASK_FILES": value}
    with pytest.raises(TaskFilesError, match=message):
        write_task_files(variables, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "answer", [{}, {"Networks": []}, {"Networks": [{"IPv4Addresses": ["fe80::1"]}]}, {"Networks": None}, []]
)
def test_an_answer_without_an_address_is_refused(answer: Any, metadata: Any) -> None:
    metadata.answer = answer
    with pytest.raises(TaskFilesError, match="does not tell the task's IPv4 address"):
        own_address({METADATA_VARIABLE: metadata.uri})


def test_an_endpoint_that_does_not_answer_is_named(metadata: Any) -> None:
    metadata.status = 500
    with pytest.raises(TaskFilesError, match=f"{metadata.uri} answered 500"):
        own_address({METADATA_VARIABLE: metadata.uri})
    with pytest.raises(TaskFilesError, match="ConnectionRefusedError"):
        own_address({METADATA_VARIABLE: "http://127.0.0.1:1/v4"})


def test_the_command_fails_and_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from operations.cli.commands import task_files as command  # noqa: PLC0415

    monkeypatch.delenv("TASK_FILES", raising=False)
    assert command.run(tmp_path, None) == 2
    monkeypatch.setenv("TASK_FILES", '{"a": "x"}')
    assert command.run(tmp_path / "nowhere", None) == 1
    assert command.run(tmp_path, None) == 0
