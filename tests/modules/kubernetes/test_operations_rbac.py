"""OperationsRole: permissions of the operations pod on the API server."""

from __future__ import annotations

import pytest
from cdktf import TerraformStack

from modules.kubernetes.operations_rbac import OperationsRole
from tests.modules.kubernetes.workload import LABELS, NAMESPACE, home, namespace
from tests.modules.synthesized import Stack, part, synthesized
from tests.synth.stack_json import resource


@pytest.fixture(scope="module")
def stack() -> Stack:
    def build(stack: TerraformStack) -> None:
        inside = namespace(stack)
        account = home(stack, inside).service_account
        OperationsRole(stack, "role", namespace=inside, service_account=account, labels=LABELS.all)

    return synthesized(build)


def test_no_permission_outside_the_namespace_is_granted(stack: Stack) -> None:
    assert {kind for kind in stack["resource"] if "role" in kind} == {
        "kubernetes_role_v1",
        "kubernetes_role_binding_v1",
    }
    role = resource(stack, "kubernetes_role_v1", "role")
    assert part(role["metadata"], "name", "namespace") == {"name": "mm2-worker", "namespace": "mm2"}
    assert role["depends_on"] == [NAMESPACE]


def test_the_role_is_bound_to_the_given_account_after_both_exist(stack: Stack) -> None:
    binding = resource(stack, "kubernetes_role_binding_v1", "role_binding")
    assert part(binding, "role_ref", "subject", "depends_on") == {
        "role_ref": {"api_group": "rbac.authorization.k8s.io", "kind": "Role", "name": "mm2-worker"},
        "subject": [{"kind": "ServiceAccount", "name": "mm2-worker", "namespace": "mm2"}],
        "depends_on": ["kubernetes_role_v1.role", "kubernetes_service_account_v1.account"],
    }
