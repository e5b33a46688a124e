import gzip
import io
import json
import tarfile
from pathlib import Path

import pytest

from bindings.assembly import UnexpectedPackageError, prune
from bindings.provider import Provider

HELM_TYPES = "@cdktf/provider-helm"


def unpacked(package: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(package)) as archive:
        return {name: archive.extractfile(name).read() for name in archive.getnames()}  # type: ignore[union-attr]


def shipped_description(shipped: Path) -> dict[str, dict[str, object]]:
    return json.loads(unpacked(shipped.read_bytes())["package/.jsii"])  # type: ignore[no-any-return]


def test_only_the_asked_submodules_stay(helm: Provider, shipped_helm: Path) -> None:
    files = unpacked(prune(helm, shipped_helm, {"release"}))
    description = json.loads(files["package/.jsii"])

    assert list(description["submodules"]) == [f"{HELM_TYPES}.release"]
    assert {name.split(".")[1] for name in description["types"]} == {"release"}
    assert {name for name in files if "/lib/" in name} == {
        "package/lib/lazy-index.js",
        "package/lib/release/index.js",
    }


def test_a_kept_type_loses_its_documentation_only(helm: Provider, shipped_helm: Path) -> None:
    name = f"{HELM_TYPES}.release.Release"
    shipped = shipped_description(shipped_helm)["types"][name]
    pruned = json.loads(unpacked(prune(helm, shipped_helm, {"release"}))["package/.jsii"])["types"][name]

    assert isinstance(shipped, dict)
    assert shipped.keys() - pruned.keys() == {"docs", "locationInModule"}
    assert [method["name"] for method in pruned["methods"]] == [
        method["name"] for method in shipped["methods"]
    ]
    assert [prop["type"] for prop in pruned["properties"]] == [prop["type"] for prop in shipped["properties"]]


def test_node_requires_a_submodule_when_it_is_first_asked_for(helm: Provider, shipped_helm: Path) -> None:
    files = unpacked(prune(helm, shipped_helm, {"release"}))
    assert json.loads(files["package/package.json"])["main"] == "lib/lazy-index.js"
    assert b"sourceMappingURL" not in files["package/lib/release/index.js"]


def test_the_same_set_gives_the_same_bytes(helm: Provider, shipped_helm: Path) -> None:
    assert prune(helm, shipped_helm, ["release", "provider"]) == prune(
        helm, shipped_helm, ["provider", "release"]
    )


def test_a_reference_out_of_the_set_is_refused(helm: Provider, shipped_helm: Path, tmp_path: Path) -> None:
    """No provider's submodule refers to another one; should a later version do so, a pruned package would
    fail at some call."""
    files = unpacked(shipped_helm.read_bytes())
    description = json.loads(files["package/.jsii"])
    description["types"][f"{HELM_TYPES}.release.Release"]["base"] = f"{HELM_TYPES}.provider.HelmProvider"
    files["package/.jsii"] = json.dumps(description).encode()
    altered = tmp_path / "altered.jsii.tgz"
    altered.write_bytes(packed(files))

    with pytest.raises(UnexpectedPackageError, match="refers to the submodules provider"):
        prune(helm, altered, {"release"})


def test_a_package_without_the_lazy_entry_point_is_refused(
    helm: Provider, shipped_helm: Path, tmp_path: Path
) -> None:
    files = unpacked(shipped_helm.read_bytes())
    del files["package/lib/lazy-index.js"]
    altered = tmp_path / "altered.jsii.tgz"
    altered.write_bytes(packed(files))

    with pytest.raises(UnexpectedPackageError, match=r"altered\.jsii\.tgz has no package/lib/lazy-index\.js"):
        prune(helm, altered, {"release"})


def packed(files: dict[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with tarfile.open(mode="w", fileobj=archive) as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return gzip.compress(archive.getvalue())
