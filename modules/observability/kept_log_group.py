"""A log group that outlives its stack, and is taken back when the stack comes again."""

from __future__ import annotations

from cdktf import Fn, TerraformStack, Token
from cdktf_cdktf_provider_aws.data_aws_cloudwatch_log_groups import DataAwsCloudwatchLogGroups
from constructs import Construct

from modules.observability.log_group import EncryptedLogGroup
from topology.observability.log_groups import LogGroup

__all__ = ["KeptLogGroup"]


class KeptLogGroup(Construct):
    """Destroying it forgets it: what is logged stays until its retention ends. CloudWatch refuses to create a
    group that is there, so that it is imported where it is (Terraform language, block `import`, for_each)."""

    def __init__(self, scope: Construct, construct_id: str, *, group: LogGroup, key_arn: str) -> None:
        super().__init__(scope, construct_id)
        self.group = EncryptedLogGroup(self, "Default", group=group, key_arn=key_arn, retain=True)
        found = DataAwsCloudwatchLogGroups(self, "found", log_group_name_prefix=group.name)
        there = Fn.setintersection(Fn.toset(found.log_group_names), [[group.name]])
        TerraformStack.of(self).add_override(
            "import",
            [
                {
                    "for_each": Token.as_string(there),
                    "to": f"{self.group.group.terraform_resource_type}.{self.group.group.friendly_unique_id}",
                    "id": "${each.value}",
                }
            ],
        )

    @property
    def name(self) -> str:
        """Name of the group; whoever uses it waits until the group exists."""
        return self.group.name
