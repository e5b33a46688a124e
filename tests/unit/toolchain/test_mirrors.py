"""Provider mirrors are recognized by their layout, wherever they are."""

from __future__ import annotations

from pathlib import Path

from tests.unit.toolchain.conftest import Machine
from toolchain.host import terraform_platform
from toolchain.needs import mirrors


def test_both_layouts_are_read_and_versions_sort_as_numbers(machine: Machine, tmp_path: Path) -> None:
    mirror = machine.provider(tmp_path / "m", "5.100.0")
    machine.provider(mirror, "5.9.0")
    folder = mirror / "registry.example" / "hashicorp" / "aws"
    (folder / f"terraform-provider-aws_6.25.0_{terraform_platform()}.zip").touch()
    assert mirrors.aws_versions(mirror, terraform_platform()) == ["5.9.0", "5.100.0", "6.25.0"]


def test_other_platforms_and_pre_releases_do_not_count(machine: Machine, tmp_path: Path) -> None:
    mirror = machine.provider(tmp_path / "m", "6.0.0-beta1")
    (mirror / "registry.example/hashicorp/aws/terraform-provider-aws_6.25.0_plan9_mips.zip").touch()
    assert mirrors.aws_versions(mirror, terraform_platform()) == []


def test_the_wanted_version_wins_over_an_earlier_mirror_with_a_newer_one(
    machine: Machine, tmp_path: Path
) -> None:
    newer = machine.provider(tmp_path / "newer", "7.0.0")
    wanted = machine.provider(tmp_path / "wanted", "6.25.0")
    exact, other = mirrors.find(iter([newer, wanted]), "6.25.0", terraform_platform())
    assert exact == mirrors.Mirror(wanted, "6.25.0")
    assert other == mirrors.Mirror(newer, "7.0.0")


def test_without_the_wanted_version_the_newest_is_offered(machine: Machine, tmp_path: Path) -> None:
    first = machine.provider(tmp_path / "first", "5.9.0")
    second = machine.provider(tmp_path / "second", "5.100.0")
    machine.provider(first, "4.67.0")
    exact, other = mirrors.find(iter([first, second]), "6.25.0", terraform_platform())
    assert (exact, other) == (None, mirrors.Mirror(second, "5.100.0"))


def test_mirrors_directly_below_the_places_for_optional_software_are_found(
    machine: Machine, tmp_path: Path
) -> None:
    software = tmp_path / "software"
    mirror = machine.provider(software / "terraform-plugins", "5.100.0")
    machine.provider(software / "vendor" / "deeper", "6.25.0")
    (software / "link").symlink_to(machine.provider(tmp_path / "elsewhere", "6.25.0"))
    named = mirrors.optional((software, tmp_path / "absent"))
    exact, other = mirrors.find(named, "6.25.0", terraform_platform())
    assert (exact, other) == (None, mirrors.Mirror(mirror, "5.100.0"))


def test_terraforms_implied_mirror_directories_respect_the_variables() -> None:
    environ = {"HOME": "/h", "XDG_DATA_HOME": "/d", "XDG_DATA_DIRS": "/x:/y"}
    assert [str(path) for path in mirrors.implied(environ)] == [
        "/h/.terraform.d/plugins",
        "/d/terraform/plugins",
        "/x/terraform/plugins",
        "/y/terraform/plugins",
    ]


def test_every_provider_of_a_mirror_is_named_by_its_address(machine: Machine, tmp_path: Path) -> None:
    mirror = machine.provider(tmp_path / "m", "5.100.0")
    (mirror / "registry.example" / "hashicorp" / "helm").mkdir()
    (mirror / "locks" / "not" / "host").mkdir(parents=True)
    assert mirrors.providers(mirror) == ["registry.example/hashicorp/aws", "registry.example/hashicorp/helm"]
