"""A CloudWatch log group under a customer managed key."""

from __future__ import annotations

from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from constructs import Construct

from topology.observability.log_groups import LogGroup

__all__ = ["EncryptedLogGroup"]


class EncryptedLogGroup(Construct):
    """A log group with the retention that the topology gives it. With `retain`, destroying it only forgets
    it: the logs stay until their retention ends."""

    def __init__(
        self, scope: Construct, construct_id: str, *, group: LogGroup, key_arn: str, retain: bool
    ) -> None:
        super().__init__(scope, construct_id)
        self.group = CloudwatchLogGroup(
            self,
            "Default",
            name=group.name,
            retention_in_days=group.retention_days,
            kms_key_id=key_arn,
            skip_destroy=retain,
        )

    @property
    def arn(self) -> str:
        """ARN of the group."""
        return self.group.arn

    @property
    def name(self) -> str:
        """Name of the group; whoever uses it waits until the group exists."""
        return self.group.name
