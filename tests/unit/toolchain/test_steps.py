"""A step that fails says what was missing and how to get it; one that goes well tells how far it is."""

from __future__ import annotations

import pytest

from tests.unit.toolchain.conftest import Machine
from toolchain.command import SetupStep, Symptom, counter, run_step
from toolchain.host import SetupError
from toolchain.needs import cdktf_cli, jars, provider, python_env


@pytest.mark.parametrize(
    ("symptoms", "output", "meaning"),
    [
        (
            python_env.PIP_SYMPTOMS,
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
            "differs from its hash in Pipfile.lock",
        ),
        (
            python_env.PIP_SYMPTOMS,
            "WARNING: Retrying after NewConnectionError: Temporary failure in name resolution\n"
            "ERROR: Could not find a version that satisfies the requirement anyio==4.16.0",
            "Python package index was not reached",
        ),
        (
            python_env.PIP_SYMPTOMS,
            "ERROR: Could not find a version that satisfies the requirement anyio==4.16.0",
            "no build of a locked package for this Python and platform",
        ),
        (
            python_env.PIP_SYMPTOMS,
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
            "no space is left",
        ),
        (cdktf_cli.NPM_SYMPTOMS, "npm error code ENOTFOUND", "npm registry was not reached"),
        (cdktf_cli.NPM_SYMPTOMS, "npm error code EINTEGRITY", "differs from its hash in package-lock.json"),
        (cdktf_cli.NPM_SYMPTOMS, "npm error code EUSAGE", "`make lock` brings them together"),
        (jars.SYMPTOMS, "ReadTimeout: read timed out", "Maven Central was not reached"),
        (jars.SYMPTOMS, "RuntimeError: Artifact x not found in remote repositories", "does not serve a jar"),
        (provider.SYMPTOMS, "Error: Failed to query available provider packages", "registry was not reached"),
    ],
)
def test_what_a_tool_prints_becomes_a_sentence(
    machine: Machine, symptoms: tuple[Symptom, ...], output: str, meaning: str
) -> None:
    step = SetupStep("a step", ["sh", "-c", 'printf "%s\\n" "$0"; exit 1', output], symptoms)
    with pytest.raises(SetupError) as failure:
        run_step(machine.host(), step)
    text = str(failure.value)
    assert text.startswith("a step: ")
    assert meaning in text.splitlines()[0]
    assert output.splitlines()[-1] in text
    log = machine.host().cache / "logs" / "a-step.log"
    assert str(log) in text
    assert log.read_text() == f"{output}\n"


def test_a_failure_that_nobody_foresaw_shows_its_output(machine: Machine) -> None:
    with pytest.raises(SetupError, match=r"a step: the command failed\n    strange things"):
        run_step(machine.host(), SetupStep("a step", ["sh", "-c", "echo strange things; exit 4"], ()))


def test_a_command_that_is_not_there_is_named(machine: Machine) -> None:
    with pytest.raises(SetupError, match="a step: no-such-command was not found"):
        run_step(machine.host(), SetupStep("a step", ["no-such-command"], ()))


def test_progress_is_told_at_every_quarter(machine: Machine) -> None:
    count = counter(machine.host(), 8, "packages", r"^Collecting ")
    for number in range(8):
        count(f"Collecting package-{number}\n")
        count("  Downloading something\n")
    assert machine.said == [f"  {number} of 8 packages" for number in (2, 4, 6, 8)]


def test_a_python_that_cannot_make_a_venv_names_the_package_to_install(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = machine.command("python-without-venv", "echo No module named ensurepip >&2; exit 1")
    monkeypatch.setattr("sys.executable", str(python))
    (machine.root / "checkout" / "Pipfile.lock").write_text('{"default": {}}')
    with pytest.raises(SetupError, match=r"ensurepip.*apt install python3-venv python3-pip"):
        python_env.ensure_venv(machine.host())
