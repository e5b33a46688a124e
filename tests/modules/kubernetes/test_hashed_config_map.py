"""HashedConfigMap: an immutable ConfigMap named by its content."""

from __future__ import annotations

from typing import Any

import pytest
from cdktf import TerraformStack

from modules.kubernetes.hashed_config_map import HashedConfigMap
from tests.modules.kubernetes.workload import LABELS, NAMESPACE, namespace
from tests.modules.synthesized import part, synthesized
from tests.synth.stack_json import resource

FILES = {"connect.properties": "listeners=http://${env:POD_IP}:8083\n"}


def config_map(files: dict[str, str]) -> dict[str, Any]:
    def build(stack: TerraformStack) -> None:
        HashedConfigMap(
            stack, "files", namespace=namespace(stack), prefix="mm2", files=files, labels=LABELS.all
        )

    return resource(synthesized(build), "kubernetes_config_map_v1", "files")


def test_the_config_map_is_immutable_and_replaced_before_it_is_destroyed() -> None:
    assert part(config_map(FILES), "immutable", "lifecycle", "depends_on") == {
        "immutable": True,
        "lifecycle": {"create_before_destroy": True},
        "depends_on": [NAMESPACE],
    }


def test_template_syntax_in_the_files_is_escaped() -> None:
    assert config_map(FILES)["data"] == {"connect.properties": "listeners=http://$${env:POD_IP}:8083\n"}


@pytest.mark.parametrize(
    "changed",
    [{"connect.properties": "listeners=\n"}, {"other.properties": FILES["connect.properties"]}],
    ids=["text", "file-name"],
)
def test_changed_files_change_the_name(changed: dict[str, str]) -> None:
    """A ConfigMap of the same name would roll no pod."""
    names = [config_map(files)["metadata"]["name"] for files in (FILES, changed)]
    assert all(name.startswith("mm2-") for name in names)
    assert names[0] != names[1]
    assert config_map(FILES)["metadata"]["name"] == names[0]
