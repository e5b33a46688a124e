"""Workers that ask for a user have one here as well."""

from __future__ import annotations

import stat
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from localcloud.cloud import LocalCloudError
from localcloud.kubernetes.pods import start_pods
from localcloud.workers import rest_login
from tests.unit.topology.environments import environment
from topology.replication.rest_auth import LOGIN_FILE
from topology.replication.worker_files import worker_files

ON = environment({"mirrormaker/rest": {"basic_auth": {"secret": "connect-users"}}})


def test_a_worker_that_asks_for_none_has_no_login(tmp_path: Path) -> None:
    assert rest_login(worker_files(environment(), "us-east-1"), tmp_path / "rest") is None
    assert not (tmp_path / "rest").exists()


def test_only_the_place_of_the_users_is_another(tmp_path: Path) -> None:
    files = worker_files(ON, "us-east-1")
    login = rest_login(files, tmp_path / "rest")
    assert login is not None
    written = Path(login.flag.partition("=")[2]).read_text()
    deployed = files[LOGIN_FILE]
    assert (
        written.replace(str(login.credentials_file), "/etc/mirrormaker2/rest/credentials.properties")
        == deployed
    )
    assert written != deployed


def test_its_user_is_a_new_one_for_nobody_elses_eyes(tmp_path: Path) -> None:
    one, other = (rest_login(worker_files(ON, "us-east-1"), tmp_path / name) for name in ("a", "b"))
    assert one is not None
    assert other is not None
    assert one.credentials_file.read_text() != other.credentials_file.read_text()
    assert stat.S_IMODE(one.credentials_file.stat().st_mode) == 0o600
    request = next(one.credentials.auth_flow(httpx.Request("GET", "http://worker:8083/health")))
    assert request.headers["Authorization"].startswith("Basic ")


def test_pods_that_would_wait_for_a_secret_are_not_started() -> None:
    cloud: Any = SimpleNamespace(environment=ON)
    with pytest.raises(LocalCloudError, match="no Secret connect-users here"):
        start_pods(cloud, SimpleNamespace())  # type: ignore[arg-type]
