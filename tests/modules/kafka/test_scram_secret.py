"""ScramSecret and AssociatedSecret: SCRAM credentials of a cluster."""

from __future__ import annotations

import pytest
from cdktf import TerraformOutput, TerraformStack

from modules.kafka.scram_secret import AssociatedSecret, ScramSecret, forget_exclusive_association
from tests.modules.synthesized import Stack, synthesized
from tests.synth.stack_json import document, output, resource, resources

ASSOCIATION = "aws_msk_single_scram_secret_association"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1"
CLUSTER = "arn:aws:kafka:us-east-1:123456789012:cluster/orders/1"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:AmazonMSK_billing-a1B2c3"


def scram(*, associated: bool = False, retain: bool = False) -> Stack:
    def build(stack: TerraformStack) -> None:
        made = ScramSecret(
            stack,
            "scram",
            name="AmazonMSK_orders",
            key_arn=KEY,
            cluster_arn=CLUSTER,
            reader="kafka.amazonaws.com",
            associated=associated,
            retain=retain,
        )
        TerraformOutput(stack, "arn", value=made.arn)

    return synthesized(build)


@pytest.mark.parametrize(("retain", "days"), [(True, 30), (False, 0)])
def test_only_a_retained_secret_has_a_recovery_window(retain: bool, days: int) -> None:
    assert resource(scram(retain=retain), "aws_secretsmanager_secret", "scram") == {
        "name": "AmazonMSK_orders",
        "description": "SCRAM credentials for MSK: {username, password}",
        "kms_key_id": KEY,
        "recovery_window_in_days": days,
    }


def test_only_msk_may_read_the_secret() -> None:
    stack = scram()
    policy = resource(stack, "aws_secretsmanager_secret_policy", "scram_policy")
    reference = "${aws_secretsmanager_secret.scram.arn}"
    assert policy["secret_arn"] == output(stack, "arn") == reference
    assert document(policy)["Statement"] == [
        {
            "Sid": "MskReads",
            "Effect": "Allow",
            "Principal": {"Service": "kafka.amazonaws.com"},
            "Action": "secretsmanager:GetSecretValue",
            "Resource": reference,
        }
    ]


@pytest.mark.parametrize("associated", [True, False])
def test_terraform_manages_no_value_of_the_secret(associated: bool) -> None:
    assert "aws_secretsmanager_secret_version" not in scram(associated=associated)["resource"]


def test_the_secret_is_associated_on_request_and_after_its_policy() -> None:
    assert resources(scram(associated=False), ASSOCIATION) == {}
    assert resources(scram(associated=True), ASSOCIATION) == {
        "scram_association": {
            "cluster_arn": CLUSTER,
            "secret_arn": "${aws_secretsmanager_secret.scram.arn}",
            "depends_on": ["aws_secretsmanager_secret_policy.scram_policy"],
        }
    }


def test_an_existing_secret_gets_an_association_only() -> None:
    stack = synthesized(
        lambda stack: AssociatedSecret(stack, "billing", secret_arn=SECRET, cluster_arn=CLUSTER)
    )
    assert stack["resource"] == {
        ASSOCIATION: {"billing": {"cluster_arn": CLUSTER, "secret_arn": SECRET}},
    }


def test_the_former_association_is_removed_from_the_state_without_destroy() -> None:
    assert synthesized(forget_exclusive_association)["removed"] == [
        {"from": "aws_msk_scram_secret_association.scram_association", "lifecycle": {"destroy": False}}
    ]
