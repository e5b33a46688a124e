"""logs-R: the log groups of the workload and of Container Insights."""

from __future__ import annotations

from constructs import Construct

from modules.iam.encryption_key import EncryptionKey
from modules.observability.log_group import EncryptedLogGroup
from stacks.base import RegionStack
from topology.iam.keys import key_policy
from topology.model import Environment
from topology.observability.log_groups import log_groups, workers_log_group
from topology.state.outputs import LOGS_KEY_ARN, WORKERS_LOG_GROUP

__all__ = ["LogsStack"]


class LogsStack(RegionStack):
    """One key and the groups that the topology gives to this stack. In production the key cannot be
    destroyed and the groups are left behind, because their retention outlives the stack."""

    def __init__(self, scope: Construct, environment: Environment, region: str) -> None:
        super().__init__(scope, "logs", environment, region)
        key = EncryptionKey(
            self,
            "key",
            alias=self.names.kms_alias("logs"),
            description=f"Log groups of {self.names.prefix}",
            policy=key_policy(environment, region, "logs"),
            retain=environment.is_production,
        )
        groups = {
            group.name: EncryptedLogGroup(
                self, group.id, group=group, key_arn=key.arn, retain=environment.is_production
            )
            for group in log_groups(environment, region, "logs")
        }
        self.publish(
            {
                LOGS_KEY_ARN: key.arn,
                "log_groups": [group.name for group in groups.values()],
                WORKERS_LOG_GROUP: groups[workers_log_group(environment, region).name].name,
            }
        )
