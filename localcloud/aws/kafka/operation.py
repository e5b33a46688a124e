"""An operation on an MSK cluster: what an update did, and whether it is done."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random


@dataclass
class ClusterOperation:
    """What an update did: MutableClusterInfo before (`source`) and after (`target`)."""

    arn: str
    cluster_arn: str
    operation_type: str
    source: dict[str, Any]
    target: dict[str, Any]
    creation_time: datetime = field(default_factory=utcnow)
    end_time: datetime | None = None
    request_id: str = field(default_factory=lambda: str(mock_random.uuid4()))

    @property
    def state(self) -> str:
        return "UPDATE_COMPLETE" if self.end_time else "UPDATE_IN_PROGRESS"

    def describe(self) -> dict[str, Any]:
        """ClusterOperationInfo of the v1 API."""
        return {
            "ClientRequestId": self.request_id,
            "ClusterArn": self.cluster_arn,
            "CreationTime": self.creation_time,
            "EndTime": self.end_time,
            "OperationArn": self.arn,
            "OperationState": self.state,
            "OperationType": self.operation_type,
            "SourceClusterInfo": self.source,
            "TargetClusterInfo": self.target,
        }

    def describe_v2(self) -> dict[str, Any]:
        """ClusterOperationV2: the same, with the before and after under `Provisioned`."""
        return {
            "ClusterArn": self.cluster_arn,
            "ClusterType": "PROVISIONED",
            "StartTime": self.creation_time,
            "EndTime": self.end_time,
            "OperationArn": self.arn,
            "OperationState": self.state,
            "OperationType": self.operation_type,
            "Provisioned": {"SourceClusterInfo": self.source, "TargetClusterInfo": self.target},
        }
