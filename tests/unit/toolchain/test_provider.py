"""Where the AWS provider comes from, in order, and what the environment says of it.

`terraform` is a script here: what it would fetch must not depend on a registry being in reach. The real one
reads a generated configuration in tests/terraform/test_provider_mirror.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.toolchain.conftest import BINDINGS_VERSION, Machine, on_another_machine
from toolchain.host import Host, Provided, SetupError, terraform_platform
from toolchain.needs import mirrors, provider

NO_REGISTRY = "echo 'Error: could not connect to the registry: dial tcp: no such host' >&2; exit 1"
REGISTRY = f"""
folder=.terraform/providers/registry.example/hashicorp/aws/{BINDINGS_VERSION}/{terraform_platform()}
mkdir -p $folder && echo > $folder/terraform-provider-aws_v{BINDINGS_VERSION}_x5
"""


@pytest.fixture(autouse=True)
def _nothing_nearby(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing() -> Iterator[Path]:
        return iter(())

    monkeypatch.setattr(mirrors, "optional", nothing)


def test_a_mirror_by_setting_comes_first_whatever_its_version(machine: Machine) -> None:
    machine.command("terraform", REGISTRY)
    mirror = machine.provider(machine.root / "m", "5.100.0")
    provided = _ensure(on_another_machine(machine, MSK_MIRROR_PROVIDER_MIRROR=str(mirror)))
    assert provided.version == "5.100.0"
    assert provided.variables["MSK_MIRROR_AWS_PROVIDER_VERSION"] == "5.100.0"
    assert f"the bindings name {BINDINGS_VERSION}" in provided.note
    assert f'path = "{mirror}"' in Path(provided.variables["TF_CLI_CONFIG_FILE"]).read_text()
    assert machine.calls("terraform") == []


def test_a_setting_without_a_provider_is_an_error_that_shows_the_layout(machine: Machine) -> None:
    host = on_another_machine(machine, MSK_MIRROR_PROVIDER_MIRROR=str(machine.root / "empty"))
    with pytest.raises(SetupError, match=f"HOST/hashicorp/aws/VERSION/{terraform_platform()}/"):
        _ensure(host)


def test_the_users_own_mirror_comes_before_the_registry_when_it_has_the_version(machine: Machine) -> None:
    machine.command("terraform", REGISTRY)
    mirror = machine.provider(machine.root / "m", BINDINGS_VERSION)
    _user_configuration(machine, mirror)
    provided = _ensure(machine.host())
    assert provided.origin == "from the mirror of your Terraform CLI configuration"
    assert "MSK_MIRROR_AWS_PROVIDER_VERSION" not in provided.variables
    assert machine.calls("terraform") == []


def test_the_registry_comes_before_a_users_mirror_with_another_version(machine: Machine) -> None:
    machine.command("terraform", REGISTRY)
    _user_configuration(machine, machine.provider(machine.root / "m", "5.100.0"))
    provided = _ensure(machine.host())
    assert (provided.version, provided.note) == (BINDINGS_VERSION, "")
    assert provided.origin == "from the provider registry, kept in the cache"
    config = Path(provided.variables["TF_CLI_CONFIG_FILE"]).read_text()
    assert f'path = "{machine.host().cache}/providers-{BINDINGS_VERSION}-{terraform_platform()}"' in config
    assert 'exclude = ["registry.example/hashicorp/aws"]' in config


def test_the_registry_is_asked_once(machine: Machine) -> None:
    machine.command("terraform", REGISTRY)
    first, second = _ensure(machine.host()), _ensure(machine.host())
    assert len(machine.calls("terraform")) == 1
    assert first.variables == second.variables


def test_a_provider_in_the_cache_serves_another_setting_too(machine: Machine) -> None:
    machine.command("terraform", REGISTRY)
    _ensure(machine.host())
    (machine.root / "home" / ".terraformrc").write_text("disable_checkpoint = true\n")
    assert _ensure(machine.host()).origin == "from the cache"
    assert len(machine.calls("terraform")) == 1


def test_without_the_registry_a_mirror_nearby_will_do(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.command("terraform", NO_REGISTRY)
    mirror = machine.provider(machine.root / "software" / "mirror", "5.100.0")
    monkeypatch.setattr(mirrors, "optional", lambda: iter([mirror]))
    provided = _ensure(machine.host())
    assert (provided.version, provided.origin) == ("5.100.0", f"from the mirror {mirror}")
    assert provided.variables["TF_CLI_ARGS_providers_lock"] == f"-fs-mirror={mirror}"
    assert not list(machine.host().cache.glob(f"providers-{BINDINGS_VERSION}*"))


def test_an_implied_mirror_with_the_version_wins_over_a_users_one_without(machine: Machine) -> None:
    machine.command("terraform", NO_REGISTRY)
    _user_configuration(machine, machine.provider(machine.root / "m", "5.100.0"))
    implied = machine.provider(machine.root / "home" / ".terraform.d" / "plugins", BINDINGS_VERSION)
    assert _ensure(machine.host()).origin == f"from the mirror {implied}"


def test_without_any_provider_the_sentence_says_what_was_tried_and_what_to_do(machine: Machine) -> None:
    machine.command("terraform", NO_REGISTRY)
    with pytest.raises(SetupError) as failure:
        _ensure(machine.host())
    text = str(failure.value)
    assert f"the AWS provider {BINDINGS_VERSION} could not be had" in text
    assert "set MSK_MIRROR_PROVIDER_MIRROR" in text
    assert "the Terraform provider registry was not reached" in text
    assert "no such host" in text


def test_a_mirror_that_has_gone_is_looked_for_anew(machine: Machine) -> None:
    machine.command("terraform", REGISTRY)
    mirror = machine.provider(machine.root / "m", BINDINGS_VERSION)
    _user_configuration(machine, mirror)
    _ensure(machine.host())
    mirror.rename(machine.root / "moved")
    assert _ensure(machine.host()).origin == "from the provider registry, kept in the cache"


def test_again_asks_the_registry_anew(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.command("terraform", NO_REGISTRY)
    mirror = machine.provider(machine.root / "near", "5.100.0")
    monkeypatch.setattr(mirrors, "optional", lambda: iter([mirror]))
    assert _ensure(machine.host()).version == "5.100.0"
    machine.command("terraform", REGISTRY)
    assert _ensure(machine.host()).version == "5.100.0"
    assert _ensure(machine.host(again=True)).version == BINDINGS_VERSION


def test_a_version_that_the_user_asks_for_is_what_is_looked_for(machine: Machine) -> None:
    mirror = machine.provider(machine.root / "m", "5.100.0")
    machine.provider(mirror, "6.0.0")
    settings = {"MSK_MIRROR_PROVIDER_MIRROR": str(mirror)}
    host = on_another_machine(machine, MSK_MIRROR_AWS_PROVIDER_VERSION="5.100.0", **settings)
    assert _ensure(host).version == "5.100.0"
    host = on_another_machine(machine, MSK_MIRROR_AWS_PROVIDER_VERSION="5.99.0", **settings)
    with pytest.raises(SetupError, match=r"asks for 5.99.0, but only 6.0.0 is to be had"):
        _ensure(host)


def test_bindings_that_name_no_version_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="names no provider version"):
        provider.bindings_version(tmp_path)


def _ensure(host: Host) -> Provided:
    return provider.ensure(host, ())


def _user_configuration(machine: Machine, mirror: Path) -> None:
    text = f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n'
    (machine.root / "home" / ".terraformrc").write_text(text)
