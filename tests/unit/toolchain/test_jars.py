"""The Kafka jars are exactly those of the lock."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.unit.toolchain.conftest import Machine
from toolchain.host import CHECKOUT, Host, SetupError
from toolchain.needs import jars, python_env

CONTENT = {"a-1.jar": b"alpha", "connect-runtime-4.1.1.jar": b"beta"}
LOCKED = [
    jars.Jar("org.example", "a", "1", hashlib.sha256(b"alpha").hexdigest()),
    jars.Jar("org.example", "connect-runtime", "4.1.1", hashlib.sha256(b"beta").hexdigest()),
]


def test_the_projects_lock_belongs_to_its_pom_and_names_each_jar_once() -> None:
    lock = jars.read_lock(CHECKOUT / jars.LOCK)
    assert lock.pom_sha256 == jars.sha256_of(CHECKOUT / jars.POM)
    names = [jar.filename for jar in lock.jars]
    assert len(names) == len(set(names)) > 100
    assert {"connect-mirror", "kafka_2.13", "aws-msk-iam-auth", "log4j-slf4j-impl"} <= {
        jar.artifact for jar in lock.jars
    }


def test_a_lock_reads_back_as_it_was_written(machine: Machine) -> None:
    host = _checkout(machine)
    assert jars.read_lock(host.checkout / jars.LOCK).jars == LOCKED


def test_missing_and_altered_jars_are_each_named(tmp_path: Path) -> None:
    (tmp_path / "connect-runtime-4.1.1.jar").write_bytes(b"altered")
    missing, altered = jars.mismatches(jars.JarLock("", LOCKED), tmp_path)
    assert missing == "a-1.jar is missing"
    assert altered.startswith("connect-runtime-4.1.1.jar has sha256 ")
    assert LOCKED[1].sha256 in altered


def test_a_pom_that_is_newer_than_the_lock_asks_for_make_lock(machine: Machine) -> None:
    host = _checkout(machine)
    (host.checkout / jars.POM).write_text("<project>changed</project>")
    with pytest.raises(SetupError, match=r"pom\.xml has changed.*make lock"):
        jars.ensure(host)


def test_downloaded_jars_are_checked_and_named_in_the_environment(machine: Machine) -> None:
    host = _checkout(machine)
    _maven(host, CONTENT)
    provided = jars.ensure(host)
    assert (provided.version, provided.origin) == ("4.1.1", "2 locked jars")
    folder = Path(provided.variables["MSK_MIRROR_KAFKA_LIBS"])
    assert {path.name for path in folder.glob("*.jar")} == set(CONTENT)


def test_a_jar_with_another_hash_is_refused_and_nothing_stays(machine: Machine) -> None:
    host = _checkout(machine)
    _maven(host, {**CONTENT, "a-1.jar": b"tampered"})
    with pytest.raises(SetupError, match=r"not what image/jars.lock.json says.*\n.*a-1.jar has sha256"):
        jars.ensure(host)
    assert not list(host.cache.glob("jars-*"))


def test_jars_of_an_earlier_lock_are_not_downloaded_again(machine: Machine) -> None:
    host = _checkout(machine)
    earlier = host.cache / "jars-earlier"
    earlier.mkdir(parents=True)
    (earlier / "a-1.jar").write_bytes(b"alpha")
    (earlier / "connect-runtime-4.1.1.jar").write_bytes(b"damaged since")
    _maven(host, {"connect-runtime-4.1.1.jar": b"beta"})
    folder = Path(jars.ensure(host).variables["MSK_MIRROR_KAFKA_LIBS"])
    assert (folder / "a-1.jar").samefile(earlier / "a-1.jar")
    assert jars.mismatches(jars.JarLock("", LOCKED), folder) == []


def test_a_registry_out_of_reach_is_named(machine: Machine) -> None:
    host = _checkout(machine)
    _python(host, "echo 'ConnectionError: Max retries exceeded' >&2; exit 1")
    with pytest.raises(SetupError, match=r"kafka jars: Maven Central was not reached[\s\S]*Max retries"):
        jars.ensure(host)


def _checkout(machine: Machine) -> Host:
    host = machine.host()
    (host.checkout / "image").mkdir()
    (host.checkout / jars.POM).write_text("<project/>")
    jars.write_lock(host.checkout / jars.LOCK, host.checkout / jars.POM, LOCKED)
    return host


def _maven(host: Host, content: dict[str, bytes]) -> None:
    """A venv whose python writes `content` where `python -m toolchain.needs.maven fetch LOCK DIR` would."""
    writes = "\n".join(f"printf %s '{text.decode()}' > \"$5/{name}\"" for name, text in content.items())
    _python(host, f'test "$2 $3" = "toolchain.needs.maven fetch" || exit 9\n{writes}')


def _python(host: Host, script: str) -> None:
    python = python_env.venv_folder(host) / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
