"""The programs of a local cluster: built once, tried again where the network fails, refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.toolchain.conftest import Machine
from toolchain.host import CHECKOUT, SetupError
from toolchain.needs import kubernetes

BUILDS = """
case "$1" in build) while [ "$1" != -o ]; do shift; done; echo program > "$2";; esac
"""


@pytest.fixture
def node(machine: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Machine:
    """A machine with the Go module, and with every package of a node."""
    sources = machine.root / "checkout" / kubernetes.SOURCES
    sources.mkdir(parents=True)
    (sources / "go.mod").write_text("require (\n\tk8s.io/kubernetes v1.33.1\n)\n")
    for name in ("go.sum", "main.go", "metrics.go"):
        (sources / name).write_text("")
    programs = {name: package for name, package in kubernetes.DEBIAN_PACKAGES.items() if "/" not in name}
    for name in programs:
        machine.command(name, "true")
    plugin = tmp_path / "bridge"
    plugin.touch()
    monkeypatch.setattr(
        kubernetes, "DEBIAN_PACKAGES", {**programs, str(plugin): "containernetworking-plugins"}
    )
    return machine


def test_every_file_of_the_build_is_part_of_its_key() -> None:
    folder = CHECKOUT / kubernetes.SOURCES
    assert {folder / file.name for file in kubernetes.FILES} == set(folder.iterdir())


def test_it_is_built_once_and_stands_under_every_name(node: Machine) -> None:
    node.command("go", BUILDS)
    first, second = kubernetes.ensure(node.host()), kubernetes.ensure(node.host())
    folder = Path(first.variables["MSK_MIRROR_KUBERNETES"])
    assert first.version == "1.33.1"
    assert all((folder / name).read_text() == "program\n" for name in kubernetes.NAMES)
    assert [call.split()[0] for call in node.calls("go")] == ["mod", "build"]
    assert second.seconds == 0.0


def test_the_server_knows_its_version(node: Machine) -> None:
    node.command("go", BUILDS)
    kubernetes.ensure(node.host())
    assert "-X k8s.io/component-base/version.gitVersion=v1.33.1" in node.calls("go")[-1]


def test_modules_are_asked_for_again_where_the_network_fails(node: Machine) -> None:
    seen = node.root / "seen"
    fails_once = f'if [ "$1" = mod ] && [ ! -e {seen} ]; then touch {seen}; echo "dial tcp: no"; exit 1; fi'
    node.command("go", fails_once + BUILDS)
    kubernetes.ensure(node.host())
    assert [call.split()[0] for call in node.calls("go")] == ["mod", "mod", "build"]


def test_a_build_that_fails_is_not_tried_again(node: Machine) -> None:
    node.command("go", '[ "$1" = mod ] || { echo "undefined: x"; exit 1; }')
    with pytest.raises(SetupError, match="undefined: x"):
        kubernetes.ensure(node.host())
    assert [call.split()[0] for call in node.calls("go")] == ["mod", "build"]


def test_without_go_the_other_way_is_named(node: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name, **_: None if name == "go" else f"/bin/{name}")
    with pytest.raises(SetupError, match="set KUBECONFIG to a cluster that exists"):
        kubernetes.ensure(node.host())


def test_missing_packages_are_installed_by_root_with_consent(
    node: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    node.command("go", BUILDS)
    node.environ[kubernetes.CONSENT] = "1"
    node.command("apt-get", f'case "$*" in *install*) touch {node.root / "installed"};; esac')
    monkeypatch.setattr(kubernetes, "DEBIAN_PACKAGES", {str(node.root / "installed"): "containerd"})
    monkeypatch.setattr("os.geteuid", lambda: 0)
    kubernetes.ensure(node.host())
    update, install = node.calls("apt-get")
    assert "update" in update
    assert install.endswith("install --yes --no-install-recommends containerd")


@pytest.mark.parametrize(("user", "consent"), [(1000, "1"), (0, "")])
def test_others_are_told_what_to_install(
    node: Machine, monkeypatch: pytest.MonkeyPatch, user: int, consent: str
) -> None:
    node.command("apt-get", "true")
    node.environ[kubernetes.CONSENT] = consent
    monkeypatch.setattr(kubernetes, "DEBIAN_PACKAGES", {str(node.root / "missing"): "containerd"})
    monkeypatch.setattr("os.geteuid", lambda: user)
    with pytest.raises(SetupError, match=r"apt-get install --no-install-recommends containerd"):
        kubernetes.ensure(node.host())
    assert node.calls("apt-get") == []
