"""The generated Terraform CLI configuration has our mirror in front and the rest as the user had it."""

from __future__ import annotations

from pathlib import Path

from tests.unit.toolchain.conftest import Machine, on_another_machine
from toolchain import cli_config

AWS = "registry.example/hashicorp/aws"


def test_an_empty_configuration_gets_the_mirror_and_direct_for_what_it_lacks() -> None:
    assert cli_config.with_mirror("", Path("/m"), [AWS]) == (
        "provider_installation {\n"
        '  filesystem_mirror {\n    path = "/m"\n  }\n'
        f'  direct {{\n    exclude = ["{AWS}"]\n  }}\n'
        "}\n"
    )


def test_settings_outside_provider_installation_are_kept() -> None:
    text = 'plugin_cache_dir = "/c"\ncredentials "app.example" {\n  token = "}{"\n}\n'
    made = cli_config.with_mirror(text, Path("/m"), [AWS])
    assert made.startswith(text.strip())
    assert made.count("provider_installation") == 1


def test_the_users_methods_stay_behind_the_mirror_and_exclude_what_it_has() -> None:
    text = (
        "disable_checkpoint = true\n"
        "provider_installation {\n"
        "  # a comment with a brace }\n"
        '  network_mirror {\n    url = "https://mirror.example/{x}/"\n    exclude = ["*/*/old"]\n  }\n'
        "  direct {}\n"
        "}\n"
        "# the end\n"
    )
    made = cli_config.with_mirror(text, Path("/m"), [AWS])
    assert made.index('path = "/m"') < made.index("network_mirror") < made.index("direct")
    assert f'exclude = ["{AWS}", "*/*/old"]' in made
    assert f'direct {{\n    exclude = ["{AWS}"]' in made
    assert "disable_checkpoint = true" in made
    assert "# the end" in made


def test_the_users_filesystem_mirrors_are_read_in_order() -> None:
    text = (
        "provider_installation {\n"
        '  filesystem_mirror {\n    path    = "/first"\n    include = ["*/*/*"]\n  }\n'
        '  filesystem_mirror {\n    path = "/second"\n  }\n'
        '  network_mirror {\n    url = "https://mirror.example/"\n  }\n'
        "}\n"
    )
    assert cli_config.mirrors_named(text) == [Path("/first"), Path("/second")]
    assert cli_config.mirrors_named("") == []


def test_a_variable_that_names_no_file_does_not_count(machine: Machine) -> None:
    host = on_another_machine(machine, TF_CLI_CONFIG_FILE=str(machine.root / "absent.tfrc"))
    assert cli_config.user_file(host) is None
    default = machine.root / "home" / ".terraformrc"
    default.touch()
    assert cli_config.user_file(host) == default


def test_a_file_that_was_generated_is_not_taken_for_the_users(machine: Machine) -> None:
    ours = machine.host().cache / "provider-1.tfrc"
    ours.touch()
    assert cli_config.user_file(on_another_machine(machine, TF_CLI_CONFIG_FILE=str(ours))) is None


def test_json_syntax_is_passed_over_and_said_so(machine: Machine) -> None:
    (machine.root / "home" / ".terraformrc").write_text('{"plugin_cache_dir": "/c"}')
    assert cli_config.user_text(machine.host()) == ""
    assert "JSON syntax" in machine.said[0]
