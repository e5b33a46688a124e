"""The operations image, as its pods run it: its own Python and packages, nothing of this machine."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from image import build_archive
from tests.image.unpacked import Root, unpack
from toolchain.host import CHECKOUT

IMPORT_ALL = """
import importlib, pkgutil, sys
names = [one.name for root in ("operations", "topology")
         for one in pkgutil.walk_packages([f"/opt/msk-mirror/{root}"], f"{root}.")]
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
outside = {module.__file__ for module in sys.modules.values() if getattr(module, "__file__", None)}
print(len(names), *sorted({file.split("/")[1] for file in outside}))
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    directory = tmp_path_factory.mktemp("operations-image")
    return unpack(build_archive("operations", directory).archive, directory / "root")


def test_an_environment_is_checked(root: Root) -> None:
    shutil.copy(CHECKOUT / "environments" / "production.yaml", root.directory / "opt")
    done = root.call("check", "/opt/production.yaml")
    assert done.returncode == 0, done.stderr
    assert "us-east-1 -> us-west-2" in done.stdout


@pytest.mark.parametrize("command", ["reconcile", "probe", "verify", "task-files", "health"])
def test_commands_of_the_pods_are_there(root: Root, command: str) -> None:
    done = root.call(command, "--help")
    assert done.returncode == 0, done.stderr
    assert f"msk-mirror {command}" in done.stdout


def test_every_module_finds_what_it_imports_in_the_image(root: Root) -> None:
    done = root.run("python3", "-c", f"import sys; sys.path.insert(0, '/opt/msk-mirror')\n{IMPORT_ALL}")
    assert done.returncode == 0, done.stderr
    count, *places = done.stdout.split()
    assert int(count) > 50
    assert set(places) == {"opt", "usr"}


def test_certificates_are_where_librdkafka_and_python_look(root: Root) -> None:
    code = (
        "import ssl; print(ssl.create_default_context().cert_store_stats()['x509_ca'])\n"
        "from confluent_kafka import Producer\n"
        "Producer({'bootstrap.servers': '127.0.0.1:1', 'security.protocol': 'SSL'})"
    )
    done = root.run("python3", "-c", code)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 50
    assert "error" not in done.stderr.lower()


def test_modules_are_compiled_for_a_root_that_is_read_only(root: Root) -> None:
    for place in ("opt/msk-mirror", "usr/local/lib"):
        sources = {path for path in (root.directory / place).rglob("*.py") if "lib2to3" not in path.parts}
        compiled = {
            Path(path.parent.parent, f"{path.name.split('.')[0]}.py") for path in _bytecode(root, place)
        }
        assert sources
        assert not sources - compiled


def _bytecode(root: Root, place: str) -> list[Path]:
    return list((root.directory / place).rglob("__pycache__/*.pyc"))
