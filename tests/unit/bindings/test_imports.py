from pathlib import Path

import pytest

from bindings.imports import imported_submodules
from bindings.provider import PROVIDERS, Provider

AWS = Provider("aws")


def scan(folder: Path, source: str) -> frozenset[str]:
    (folder / "module.py").write_text(source)
    return imported_submodules(AWS, [folder])


@pytest.mark.parametrize(
    "source",
    [
        "from cdktf_cdktf_provider_aws.msk_cluster import MskCluster",
        "from cdktf_cdktf_provider_aws.msk_cluster import (\n    MskCluster,\n    MskClusterConfig,\n)",
        "from cdktf_cdktf_provider_aws import msk_cluster",
        "import cdktf_cdktf_provider_aws.msk_cluster as cluster",
        "def late():\n    from cdktf_cdktf_provider_aws.msk_cluster import MskCluster",
    ],
)
def test_every_form_of_import_is_found(tmp_path: Path, source: str) -> None:
    assert scan(tmp_path, source) == {"msk_cluster"}


@pytest.mark.parametrize(
    "source",
    [
        "from cdktf_cdktf_provider_kubernetes.deployment_v1 import DeploymentV1",
        "from cdktf_cdktf_provider_awscc.msk_cluster import MskCluster",
        "TEXT = 'from cdktf_cdktf_provider_aws.msk_cluster import MskCluster'",
        "from cdktf_cdktf_provider_aws.msk_cluster import (",
        "",
    ],
)
def test_nothing_else_is(tmp_path: Path, source: str) -> None:
    assert scan(tmp_path, source) == frozenset()


def test_files_of_all_folders_count(tmp_path: Path) -> None:
    for name, submodule in (("modules", "kms_key"), ("stacks/deep", "vpc")):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "a.py").write_text(f"from cdktf_cdktf_provider_aws.{submodule} import X\n")
    found = imported_submodules(AWS, [tmp_path / "modules", tmp_path / "stacks", tmp_path / "none"])
    assert found == {"kms_key", "vpc"}


def test_this_checkout_uses_the_provider_of_every_kind() -> None:
    for provider in PROVIDERS:
        assert "provider" in imported_submodules(provider)
