"""A release of a Helm chart."""

from __future__ import annotations

import yaml
from cdktf_cdktf_provider_helm.release import Release
from constructs import Construct

from modules.terraform.literals import literal
from topology.kubernetes.charts import ChartRelease

__all__ = ["InstalledChart"]

TIMEOUT_SECONDS = 600
KEPT_REVISIONS = 5
"""Each revision is a Secret in the cluster; without a limit they are never removed."""


class InstalledChart(Construct):
    """Installs the pinned version; a release that does not come up is rolled back."""

    def __init__(self, scope: Construct, id_: str, release: ChartRelease) -> None:
        super().__init__(scope, id_)
        Release(
            self,
            "Default",
            name=release.name,
            namespace=release.namespace,
            repository=release.repository,
            chart=release.chart,
            version=release.version,
            values=[literal(yaml.safe_dump(release.values, width=1000))],
            atomic=True,
            cleanup_on_fail=True,
            wait=True,
            timeout=TIMEOUT_SECONDS,
            max_history=KEPT_REVISIONS,
        )
