"""Logging in to Connect's REST interface with what is in a mounted Secret."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from operations.__main__ import main
from operations.connect.client import ConnectClient, ConnectError
from operations.connect.credentials import Credentials, CredentialsError
from tests.unit.operations.connect.guarded_worker import guarded_worker


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "credentials.properties"
    path.write_text("operations=first-password\nadmin=second\n")
    return path


def test_the_first_user_logs_in(file: Path) -> None:
    with (
        guarded_worker({"operations": "first-password", "admin": "second"}) as worker,
        ConnectClient([worker.url], credentials=Credentials(file)) as client,
    ):
        assert client.plugins() == ()
        assert client.health().ready
    assert worker.asked == [("/connector-plugins", "operations"), ("/health", "operations")]


def test_a_changed_file_counts_from_the_next_request(file: Path) -> None:
    with (
        guarded_worker({"admin": "second"}) as worker,
        ConnectClient([worker.url], deadline=0.5, credentials=Credentials(file)) as client,
    ):
        with pytest.raises(ConnectError, match="answered 401"):
            client.plugins()
        file.write_text("admin: second\n")
        assert client.plugins() == ()


def test_a_refused_login_is_not_tried_again(file: Path) -> None:
    with (
        guarded_worker({"operations": "another"}) as worker,
        ConnectClient([worker.url], credentials=Credentials(file)) as client,
    ):
        with pytest.raises(ConnectError):
            client.plugins()
        assert len(worker.asked) == 1


def test_without_credentials_none_are_sent() -> None:
    with guarded_worker({}) as worker, ConnectClient([worker.url]) as client:
        client.plugins()
    assert worker.asked == [("/connector-plugins", None)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "names no user"),
        ("# nobody\n! nobody\n\n", "names no user"),
        ("user=\n", "without a password"),
        ("user=secret\nother\n", "without a password"),
        ("user=secret\nuser=other\n", "names a user twice"),
        ("user=secret\\u0041\n", "without backslashes"),
        ("us\\=er=secret\n", "without backslashes"),
        ("user=sécret\n", "printable ASCII"),
        (b"user=s\xe9cret\n", "is not text"),
        (None, "No such file"),
    ],
)
def test_what_can_not_be_used_is_said_without_its_content(file: Path, content: Any, words: str) -> None:
    file.unlink()
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(CredentialsError, match=words) as raised:
        Credentials(file)
    assert str(raised.value).startswith(f"{file}: ")
    assert "secret" not in str(raised.value)
    assert "user=" not in str(raised.value).replace("user=password", "")


def test_a_file_that_is_gone_for_a_moment_is_waited_for(file: Path) -> None:
    credentials, text = Credentials(file), file.read_text()
    with guarded_worker({}) as worker:
        file.unlink()
        with (
            ConnectClient([worker.url], deadline=0.3, credentials=credentials) as client,
            pytest.raises(ConnectError) as raised,
        ):
            client.plugins()
        assert raised.value.passing
        assert "No such file" in raised.value.message
        file.write_text(text)
        with ConnectClient([worker.url], credentials=credentials) as client:
            assert client.plugins() == ()


@pytest.mark.parametrize("by_variable", [False, True])
def test_the_command_line_names_the_file(
    by_variable: bool, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    option = ["--credentials", str(file)]
    if by_variable:
        monkeypatch.setenv("MSK_MIRROR_CONNECT_CREDENTIALS", str(file))
        option = []
    connectors = tmp_path / "connectors"
    connectors.mkdir()
    with guarded_worker({"operations": "first-password"}) as worker, pytest.raises(SystemExit):
        main(["reconcile", "--connect", worker.url, "--connectors", str(connectors), "--once", *option])
    assert {user for _, user in worker.asked} == {"operations"}


@pytest.mark.parametrize("command", ["reconcile", "probe"])
def test_credentials_that_can_not_be_used_are_bad_input(
    command: str, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text("")
    connectors = tmp_path / "connectors"
    connectors.mkdir()
    arguments = ["--connect", "http://127.0.0.1:1", "--connectors", str(connectors), "--once"]
    arguments += ["--credentials", str(file)]
    if command == "probe":
        flow = "us-east-1-to-us-west-2-source"
        (connectors / f"{flow}.json").write_text(_connector(flow))
        arguments += ["--project", "orders", "--environment", "test", "--region", "us-west-2"]
    with pytest.raises(SystemExit) as ended:
        main([command, *arguments])
    assert ended.value.code == 2
    assert capsys.readouterr().err == f"{file}: names no user; expected: lines of user=password\n"


def _connector(name: str) -> str:
    keys = ("alias", "bootstrap.servers")
    sides = {f"{side}.cluster.{key}": "x:1" for side in ("source", "target") for key in keys}
    mirror = "org.apache.kafka.connect.mirror.MirrorSourceConnector"
    return json.dumps({"name": name, "config": {"name": name, "connector.class": mirror, **sides}})
