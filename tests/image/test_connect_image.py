"""The worker's image, as its pods run it: `java` with the arguments of topology/kubernetes/pods.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from image import build_archive
from tests.image.unpacked import Root, unpack
from tests.unit.operations.connect.guarded_worker import guarded_worker
from topology import load_environment
from topology.kubernetes.pods import AGENT_JAR, JARS, WORKER_DIRECTORY, probe_command, worker_arguments
from topology.kubernetes.workload import probes
from topology.model.mirrormaker import BasicAuth, MirrorMaker, Rest
from topology.replication.rest_auth import PROBE_FILE, rest_files
from topology.replication.worker_files import PROPERTIES_FILE, worker_files

pytestmark = pytest.mark.kafka

REGION = "us-east-1"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    """The image's files, with the worker's own mounted but for its properties."""
    directory = tmp_path_factory.mktemp("connect-image")
    root = unpack(build_archive("connect", directory).archive, directory / "root")
    mounted = root.directory / WORKER_DIRECTORY.lstrip("/")
    mounted.mkdir(parents=True)
    for name, text in worker_files(load_environment("local"), REGION).items():
        if name != PROPERTIES_FILE:
            (mounted / name).write_text(text)
    return root


def test_java_is_the_entry_point(root: Root) -> None:
    done = root.call("-version")
    assert done.returncode == 0, done.stderr
    assert "openjdk version" in done.stderr


def test_the_pods_arguments_start_connect(root: Root) -> None:
    """All of it, agent and logging included, as far as reading the properties that are not there."""
    done = root.call(*worker_arguments(load_environment("local").mirrormaker))
    assert f"NoSuchFileException: {WORKER_DIRECTORY}/{PROPERTIES_FILE}" in done.stdout, done.stderr
    assert "org.apache.kafka.connect.cli.ConnectDistributed" in done.stdout


@pytest.mark.parametrize(
    "main_class",
    [
        "org.apache.kafka.connect.mirror.MirrorMaker",
        "software.amazon.msk.auth.iam.IAMLoginModule",
        "org.apache.kafka.connect.rest.basic.auth.extension.PropertyFileLoginModule",
    ],
)
def test_classes_of_the_connectors_are_on_the_class_path(root: Root, main_class: str) -> None:
    done = root.call("-cp", f"{JARS}/*", main_class)
    assert "ClassNotFoundException" not in done.stderr


def test_the_hook_before_stopping_runs(root: Root) -> None:
    assert root.run("sleep", "0").returncode == 0


def test_the_probe_with_credentials_runs(root: Root) -> None:
    """Programs and libraries of its own only; the network is this machine's."""
    secured = MirrorMaker(rest=Rest(basic_auth=BasicAuth(secret="users")))
    _, script, _, _, _, credentials = map(Path, probe_command(probes()["startup"]))
    for file, text in ((script, rest_files(secured)[PROBE_FILE]), (credentials, "operations=pass-word\n")):
        place = root.directory / file.relative_to("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    for users, said in (({"operations": "pass-word"}, ""), ({"operations": "x"}, "found status 401")):
        with guarded_worker(users) as worker:
            done = root.run("bash", str(script), str(worker.port), "/health", "10", str(credentials))
        assert said in done.stdout
        assert done.returncode == (1 if said else 0), done.stderr


def test_users_can_read_all_and_change_nothing_but_scratch(root: Root) -> None:
    modes = {path: path.stat().st_mode for path in root.directory.rglob("*") if not path.is_symlink()}
    unreadable = [path for path, mode in modes.items() if not mode & 0o004]
    writable = [path for path, mode in modes.items() if mode & 0o022]
    assert unreadable == []
    assert [path for path in writable if _outside_proc(root, path)] == [root.directory / "tmp"]
    assert (root.directory / AGENT_JAR.lstrip("/")).is_file()


def _outside_proc(root: Root, path: Path) -> bool:
    return not path.is_relative_to(root.directory / "proc")
