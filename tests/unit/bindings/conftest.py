"""The shipped package of the Helm provider: the smallest of the three (120 kB), of the same make."""

import importlib.util
from pathlib import Path

import pytest

from bindings.provider import Provider


@pytest.fixture
def helm() -> Provider:
    return Provider("helm")


@pytest.fixture
def shipped_helm(helm: Provider) -> Path:
    spec = importlib.util.find_spec(helm.package)
    assert spec is not None
    assert spec.submodule_search_locations is not None
    (tarball,) = (Path(spec.submodule_search_locations[0]) / "_jsii").glob("*.jsii.tgz")
    return tarball


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MSK_MIRROR_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "bindings"
