"""How long logs are kept."""

from __future__ import annotations

from topology.model.base import Days, Model

__all__ = ["Retention"]


class Retention(Model):
    """Days that log groups keep, by class. CloudWatch accepts certain numbers of days only; others are
    refused."""

    brokers_days: Days = 30
    """/aws/msk/... Default: 30, the report's original."""
    flow_logs_days: Days = 14
    """/aws/vpc/<project>-<environment>/flow-logs, of created VPCs. Default: 14, ours."""
    mirrormaker_days: Days = 7
    """/aws/eks/mirrormaker2/<project>-<environment>, and that of tasks where there are any. Default: 7, the
    report's original."""
    application_days: Days | None = None
    """/aws/eks/<project>-<environment>. Default: 30 for stage production, 7 for development, the report's
    original."""
    container_insights_days: Days = 14
    """/aws/containerinsights/<cluster>/... Default: 14, the report's original."""
