"""A CloudWatch dashboard."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cdktf_cdktf_provider_aws.cloudwatch_dashboard import CloudwatchDashboard
from constructs import Construct

__all__ = ["Dashboard"]


class Dashboard(Construct):
    """A dashboard with the body that the topology describes."""

    def __init__(self, scope: Construct, construct_id: str, *, name: str, body: Mapping[str, Any]) -> None:
        super().__init__(scope, construct_id)
        self.dashboard = CloudwatchDashboard(
            self, "Default", dashboard_name=name, dashboard_body=json.dumps(body)
        )

    @property
    def name(self) -> str:
        """Name of the dashboard."""
        return self.dashboard.dashboard_name
