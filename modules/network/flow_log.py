"""What a VPC refused, in a log group."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cdktf_cdktf_provider_aws.flow_log import FlowLog
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from constructs import Construct

from modules.observability.log_group import EncryptedLogGroup

__all__ = ["RefusedConnections"]

LONGEST_INTERVAL_SECONDS = 600


class RefusedConnections(Construct):
    """A flow log of refused traffic, with the role that writes it. What is let through is not logged: that is
    all of replication, and costs by the gigabyte; CIS asks for the refused (CIS AWS Foundations Benchmark,
    "Ensure VPC flow logging is enabled in all VPCs")."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        vpc_id: str,
        group: EncryptedLogGroup,
        role_name: str,
        role_trust: Mapping[str, Any],
        role_policy: Mapping[str, Any],
    ) -> None:
        super().__init__(scope, construct_id)
        role = IamRole(
            self,
            "role",
            name=role_name,
            description="The VPC writes its flow log",
            assume_role_policy=json.dumps(role_trust),
        )
        permissions = IamRolePolicy(
            self, "permissions", name="write", role=role.id, policy=json.dumps(role_policy)
        )
        FlowLog(
            self,
            "Default",
            vpc_id=vpc_id,
            traffic_type="REJECT",
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            max_aggregation_interval=LONGEST_INTERVAL_SECONDS,
            tags={"Name": name},
            depends_on=[permissions],
        )
