"""OidcProvider: the issuer of a cluster in IAM."""

from __future__ import annotations

from cdktf import TerraformOutput, TerraformStack

from modules.iam.oidc_provider import OidcProvider
from tests.modules.synthesized import synthesized
from tests.synth.stack_json import output, resource

ISSUER = "https://oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"


def test_the_provider_trusts_the_issuer_for_sts_only_without_a_thumbprint() -> None:
    def build(stack: TerraformStack) -> None:
        TerraformOutput(stack, "arn", value=OidcProvider(stack, "oidc", issuer=ISSUER).arn)

    stack = synthesized(build)
    assert resource(stack, "aws_iam_openid_connect_provider", "oidc") == {
        "url": ISSUER,
        "client_id_list": ["sts.amazonaws.com"],
    }
    assert output(stack, "arn") == "${aws_iam_openid_connect_provider.oidc.arn}"
