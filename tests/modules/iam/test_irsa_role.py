"""IrsaRole: a role for a service account."""

from __future__ import annotations

from modules.iam.irsa_role import IrsaRole
from tests.modules.synthesized import synthesized
from tests.synth.stack_json import document, resource, resources
from topology.iam.statements import TrustSubject, trust_document

PROVIDER = "arn:aws:iam::123456789012:oidc-provider/oidc.example.com/id/1"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "Logs", "Effect": "Allow", "Action": ["logs:PutLogEvents"], "Resource": ["*"]}],
}


def test_only_the_service_account_may_assume_the_role() -> None:
    trust = trust_document(
        PROVIDER, "https://oidc.example.com/id/1", TrustSubject("kube-system", "fluent-bit")
    )
    stack = synthesized(
        lambda stack: IrsaRole(
            stack, "logs", name="orders-logs", description="Fluent Bit", trust=trust, policy=POLICY
        )
    )
    (statement,) = document(resource(stack, "aws_iam_role", "logs"), "assume_role_policy")["Statement"]
    assert statement["Principal"] == {"Federated": PROVIDER}
    assert statement["Condition"]["StringEquals"] == {
        "oidc.example.com/id/1:sub": "system:serviceaccount:kube-system:fluent-bit",
        "oidc.example.com/id/1:aud": "sts.amazonaws.com",
    }
    assert document(resource(stack, "aws_iam_policy", "logs_policy")) == POLICY
    assert list(resources(stack, "aws_iam_role_policy_attachment")) == ["logs_attachment"]
