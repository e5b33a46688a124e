"""Connect's REST interface with basic authentication: what workers get, and how their pods are probed."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.unit.operations.connect.guarded_worker import GuardedWorker, guarded_worker
from tests.unit.topology.environments import environment, text
from topology.environment_file.problem import InvalidEnvironment
from topology.kubernetes.pods import probe_command, worker_arguments
from topology.kubernetes.workload import probes
from topology.loading import load_text
from topology.replication.connectors import worker_properties
from topology.replication.rest_auth import CREDENTIALS_FILE, LOGIN_FILE, PROBE_FILE, rest_files
from topology.replication.worker_files import worker_files

ON = {"mirrormaker/rest": {"basic_auth": {"secret": "connect-users"}}}
PLAIN, SECURED = environment(), environment(ON)
REGION = "us-east-1"
CREDENTIALS = "operations=pass-word\nadmin=other\n"


def test_it_is_off_until_asked_for() -> None:
    assert PLAIN.mirrormaker.rest.basic_auth is None
    assert rest_files(PLAIN.mirrormaker) == {}
    assert "rest.extension.classes" not in worker_properties(PLAIN, REGION)
    assert not [one for one in worker_arguments(PLAIN.mirrormaker) if "security.auth" in one]


def test_it_adds_the_extension_its_login_and_the_probe_and_changes_nothing_else() -> None:
    plain, secured = worker_files(PLAIN, REGION), worker_files(SECURED, REGION)
    added = {name: secured[name] for name in secured.keys() - plain.keys()}
    assert added.keys() == {LOGIN_FILE, PROBE_FILE}
    assert {name for name in plain if plain[name] != secured[name]} == {"connect-distributed.properties"}
    assert worker_properties(SECURED, REGION) == worker_properties(PLAIN, REGION) | {
        "rest.extension.classes": "org.apache.kafka.connect.rest.basic.auth.extension"
        ".BasicAuthSecurityRestExtension"
    }
    (flag,) = set(worker_arguments(SECURED.mirrormaker)) - set(worker_arguments(PLAIN.mirrormaker))
    assert flag == f"-Djava.security.auth.login.config=/etc/mirrormaker2/worker/{LOGIN_FILE}"
    assert f'file="{CREDENTIALS_FILE}"' in added[LOGIN_FILE]
    assert added[LOGIN_FILE].startswith("KafkaConnect {")


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"secret": "Connect_Users"}, "mirrormaker.rest.basic_auth.secret"),
        ({"secret": ""}, "mirrormaker.rest.basic_auth.secret"),
        ({}, "mirrormaker.rest.basic_auth.secret"),
        ({"secret": "a", "password": "b"}, "mirrormaker.rest.basic_auth.password"),
    ],
)
def test_only_the_name_of_a_secret_can_be_given(given: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidEnvironment) as caught:
        load_text(text({"mirrormaker/rest": {"basic_auth": given}}), "test.yaml")
    assert [problem.as_json()["path"] for problem in caught.value.problems] == [path]


# the pods' probe ------------------------------------------------------------------------------------------


def ask(
    worker: GuardedWorker | int, tmp_path: Path, path: str = "/health", content: str | None = CREDENTIALS
) -> tuple[int, str]:
    """Runs the very command of the pods, with this machine's paths and port."""
    script, credentials = tmp_path / PROBE_FILE, tmp_path / "credentials.properties"
    script.write_text(rest_files(SECURED.mirrormaker)[PROBE_FILE])
    if content is not None:
        credentials.write_text(content)
    program, _, _, _, _, _ = probe_command(probes()["startup"])
    port = worker if isinstance(worker, int) else worker.port
    command = [program, str(script), str(port), path, "1", str(credentials)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    return done.returncode, done.stdout


def test_the_command_has_the_paths_and_time_outs_of_the_kubelets_probes() -> None:
    asked = {name: probe_command(probe) for name, probe in probes().items()}
    assert asked["liveness"] == (
        *("bash", "/etc/mirrormaker2/worker/rest-probe.sh", "8083", "/connectors", "10"),
        "/etc/mirrormaker2/rest/credentials.properties",
    )
    assert asked["startup"][3:5] == asked["readiness"][3:5] == ("/health", "10")


@pytest.mark.parametrize(
    "content",
    [
        CREDENTIALS,
        "# people\n! and others\n\n  operations = pass-word",
        "operations: pass-word\r\nadmin: other\r\n",
        "\toperations\tpass-word\n",
        "operations pass-word\n",
    ],
)
def test_a_worker_that_asks_and_answers_is_well(tmp_path: Path, content: str) -> None:
    with guarded_worker({"operations": "pass-word"}) as worker:
        assert ask(worker, tmp_path, content=content) == (0, "")
    assert worker.asked == [("/health", None), ("/health", "operations")]


@pytest.mark.parametrize(
    "password", ["a=b:c", "with space ", "$HOME`id`\"'*?[a]", "%s%n", "-n", "#!", "x" * 200]
)
def test_any_printable_password_arrives_as_it_is(tmp_path: Path, password: str) -> None:
    with guarded_worker({"operations": password}) as worker:
        assert ask(worker, tmp_path, content=f"operations={password}\n") == (0, "")


def test_a_worker_that_is_not_well_is_told_apart(tmp_path: Path) -> None:
    with guarded_worker({"operations": "pass-word"}, statuses={"/health": 503}) as worker:
        assert ask(worker, tmp_path)[0] == 1
        assert ask(worker, tmp_path, path="/connectors") == (0, "")


def test_credentials_that_the_worker_does_not_know_fail(tmp_path: Path) -> None:
    with guarded_worker({"operations": "another"}) as worker:
        said = "GET /health with credentials: found status 401; expected: 200\n"
        assert ask(worker, tmp_path) == (1, said)


def test_a_worker_that_lets_everybody_in_fails(tmp_path: Path) -> None:
    """Kafka's login module does so when its file was empty when it was read."""
    with guarded_worker({}) as worker:
        said = "GET /health without credentials: found status 200; expected: 401\n"
        assert ask(worker, tmp_path) == (1, said)


@pytest.mark.parametrize("content", ["", "# nobody\n", "operations=\n", "operations\n", None])
def test_without_a_user_nobody_is_asked(tmp_path: Path, content: str | None) -> None:
    with guarded_worker({}) as worker:
        assert ask(worker, tmp_path, content=content)[0] == 1
    assert worker.asked == []


def test_a_worker_that_is_silent_or_gone_fails_in_time(tmp_path: Path, refusing_port: int) -> None:
    with guarded_worker({"operations": "pass-word"}, delay=3.0) as worker:
        assert ask(worker, tmp_path) == (
            1,
            "GET /health without credentials: found status none; expected: 401\n",
        )
    assert ask(refusing_port, tmp_path)[0] == 1


@pytest.fixture
def refusing_port() -> int:
    """A port on which nobody listens."""
    with guarded_worker({}) as worker:
        return worker.port
