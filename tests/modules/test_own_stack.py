"""A stack of your own that takes a construct of modules/: the pattern for its test.

tests/conftest.py imports `bindings` before any provider package. Import further classes of a provider at the
top of the file: what is imported after the first construct is not in the loaded package.
"""

from __future__ import annotations

from pathlib import Path

import cdktf
from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct

from modules.observability.log_group import EncryptedLogGroup
from topology.observability.log_groups import LogGroup

KEY = "arn:aws:kms:eu-west-1:123456789012:key/1"


class AuditStack(cdktf.TerraformStack):
    """Where an application of yours writes its audit log."""

    def __init__(self, scope: Construct, stack_id: str) -> None:
        super().__init__(scope, stack_id)
        AwsProvider(self, "aws", region="eu-west-1")
        audit = LogGroup("audit", "/aws/eks/orders/audit", 365, "logs", "Who changed which order")
        EncryptedLogGroup(self, "audit", group=audit, key_arn=KEY, retain=True)


def test_audit_logs_are_encrypted_and_outlive_the_stack(tmp_path: Path) -> None:
    stack = AuditStack(cdktf.Testing.app(outdir=str(tmp_path)), "audit")

    text = cdktf.Testing.synth(stack, run_validations=True)

    expected = {"kms_key_id": KEY, "retention_in_days": 365, "skip_destroy": True}
    assert cdktf.Testing.to_have_resource_with_properties(text, "aws_cloudwatch_log_group", expected), text
