"""IrsaServiceAccount: a service account with a role."""

from __future__ import annotations

from cdktf import TerraformStack

from modules.kubernetes.irsa_service_account import IrsaServiceAccount
from tests.modules.kubernetes.workload import LABELS, NAMESPACE, namespace
from tests.modules.synthesized import synthesized
from tests.synth.stack_json import resource

ROLE = "arn:aws:iam::123456789012:role/orders-worker"


def test_the_account_names_its_role_and_mounts_no_api_token() -> None:
    def build(stack: TerraformStack) -> None:
        IrsaServiceAccount(
            stack,
            "account",
            namespace=namespace(stack),
            name="mm2-worker",
            role_arn=ROLE,
            labels=LABELS.all,
        )

    assert resource(synthesized(build), "kubernetes_service_account_v1", "account") == {
        "metadata": {
            "name": "mm2-worker",
            "namespace": "mm2",
            "labels": {"part-of": "orders", "component": "worker"},
            "annotations": {"eks.amazonaws.com/role-arn": ROLE},
        },
        "automount_service_account_token": False,
        "depends_on": [NAMESPACE],
    }
