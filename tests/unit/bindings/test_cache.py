from pathlib import Path

import pytest

from bindings.cache import folder, key, pruned_package
from bindings.provider import Provider

VERSION = "12.1.2"


def test_the_key_changes_with_whatever_changes_the_package(helm: Provider) -> None:
    one = key(helm, VERSION, {"release", "provider"})
    assert one == key(helm, VERSION, ["provider", "release"])
    others = {
        key(helm, VERSION, {"release"}),
        key(helm, "12.1.3", {"release", "provider"}),
        key(Provider("aws"), VERSION, {"release", "provider"}),
    }
    assert len(others | {one}) == 4


def test_the_cache_is_outside_the_checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("MSK_MIRROR_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert folder() == tmp_path / "msk-mirror/bindings"


def test_a_package_is_made_once(
    helm: Provider, shipped_helm: Path, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = pruned_package(helm, VERSION, shipped_helm, {"release"})
    assert first is not None
    assert first.parent == cache
    assert "packed 1 submodules of @cdktf/provider-helm 12.1.2" in capsys.readouterr().err
    made = first.stat().st_mtime_ns

    again = pruned_package(helm, VERSION, shipped_helm, {"release"})
    assert again == first
    assert first.stat().st_mtime_ns == made
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("damage", ["truncated", "altered", "emptied"])
def test_a_damaged_package_is_made_again(
    helm: Provider, shipped_helm: Path, cache: Path, capsys: pytest.CaptureFixture[str], damage: str
) -> None:
    file = pruned_package(helm, VERSION, shipped_helm, {"release"})
    assert file is not None
    whole = file.read_bytes()
    middle = len(whole) // 2
    file.write_bytes(
        {
            "truncated": whole[:middle],
            "altered": whole[:middle]
            + bytes(byte ^ 0xFF for byte in whole[middle : middle + 8])
            + whole[middle + 8 :],
            "emptied": b"",
        }[damage]
    )
    capsys.readouterr()

    assert pruned_package(helm, VERSION, shipped_helm, {"release"}) == file
    assert file.read_bytes() == whole
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert "its file in the cache was damaged" in said[0]
    assert [left.name for left in cache.iterdir()] == [file.name]


def test_without_a_cache_the_shipped_package_serves_and_one_line_says_why(
    helm: Provider,
    shipped_helm: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("MSK_MIRROR_CACHE", str(tmp_path / "file"))

    assert pruned_package(helm, VERSION, shipped_helm, {"release"}) is None
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith("bindings: @cdktf/provider-helm 12.1.2 is loaded as shipped, which is slow: ")
    assert str(tmp_path / "file") in said
