"""Terraform's texts and references in what becomes Kubernetes objects."""

from __future__ import annotations

from typing import Any

import pytest

from operations.manifests import ManifestError, api_objects
from operations.manifests.references import outputs_in

ROLE = "${data.terraform_remote_state.identity-us-east-1.outputs.worker_role_arn}"
BROKERS = "${data.terraform_remote_state.msk-us-east-1.outputs.bootstrap}"
VALUES = {"identity-us-east-1": {"worker_role_arn": "arn:${x}"}, "msk-us-east-1": {"bootstrap": "b:9098"}}


def stack(data: dict[str, Any]) -> dict[str, Any]:
    return {
        "resource": {"kubernetes_config_map_v1": {"files": {"metadata": {"name": "files"}, "data": data}}}
    }


def converted(text: str, values: dict[str, dict[str, Any]] = VALUES) -> Any:
    (found,) = api_objects(stack({"key": text}), values)
    return found["data"]["key"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a=$${env:POD_IP} %%{if}", "a=${env:POD_IP} %{if}"),
        ("100% of $5 {}", "100% of $5 {}"),
        (ROLE, "arn:${x}"),
        (f"$${{env:X}},{ROLE},{BROKERS}\n", "${env:X},arn:${x},b:9098\n"),
    ],
)
def test_texts_are_as_terraform_would_have_them(written: str, meant: str) -> None:
    assert converted(written) == meant


def test_names_are_texts_too() -> None:
    (found,) = api_objects(stack({"$${key}": "x"}), {})
    assert found["data"] == {"${key}": "x"}


def test_a_reference_alone_keeps_the_type_of_its_value() -> None:
    body = {"metadata": {"name": "a"}, "value": BROKERS}
    resources = {"resource": {"kubernetes_priority_class_v1": {"one": body}}}
    (found,) = api_objects(resources, {"msk-us-east-1": {"bootstrap": 7}})
    assert found["value"] == 7


def test_every_reference_without_a_value_is_told_with_its_place() -> None:
    data = {
        "role": ROLE,
        "mixed": f"at {BROKERS}, {ROLE}",
        "own": "${kubernetes_namespace_v1.namespace.metadata[0].name}",
        "directive": "%{ if true }x%{ endif }",
        "open": "${never",
    }
    with pytest.raises(ManifestError) as refused:
        api_objects(stack(data), {"msk-us-east-1": {"other": "x"}})
    place = "kubernetes_config_map_v1.files: data"
    only = "cannot be resolved; only outputs of other stacks can"
    assert refused.value.problems == (
        f"{place}.role: there is no value of identity-us-east-1.worker_role_arn",
        f"{place}.mixed: there is no value of msk-us-east-1.bootstrap",
        f"{place}.mixed: there is no value of identity-us-east-1.worker_role_arn",
        f"{place}.own: ${{kubernetes_namespace_v1.namespace.metadata[0].name}} {only}",
        f"{place}.directive: %{{ if true }} {only}",
        f"{place}.directive: %{{ endif }} {only}",
        f"{place}.open: ${{never {only}",
    )


def test_a_reference_without_a_value_is_one_problem_and_not_two() -> None:
    body = {"metadata": {"name": "a"}, "spec": {"template": {}, "replicas": ROLE}}
    with pytest.raises(ManifestError) as refused:
        api_objects({"resource": {"kubernetes_deployment_v1": {"one": body}}}, {})
    assert len(refused.value.problems) == 1


def test_outputs_are_found_wherever_they_are_read() -> None:
    found = outputs_in(stack({"a": [f"x{ROLE}", {"b": BROKERS}], "c": "$${data.terraform_remote_state.x}"}))
    assert found == {
        "identity-us-east-1": frozenset({"worker_role_arn"}),
        "msk-us-east-1": frozenset({"bootstrap"}),
    }
