"""What an EKS cluster has once: created where the environment owns it, taken as it is elsewhere."""

from __future__ import annotations

from tests.unit.topology.environments import environment
from topology.iam.identities import identities
from topology.kubernetes.charts import PlatformReferences, chart_releases
from topology.kubernetes.cluster_services import existing_oidc_provider
from topology.model import Environment
from topology.observability.log_groups import log_groups

EAST, WEST = "us-east-1", "us-west-2"
NOT_OURS = {f"regions/{region}/eks/owns_cluster_services": False for region in (EAST, WEST)}
CONFIGURED = {"chart_version": "3.13.0"}
REFERENCES = PlatformReferences("{}:{}".format, lambda: "v1.33.6")
OF_THE_CLUSTER = {"metrics-server", "cluster-autoscaler"}


def charts(of: Environment, region: str) -> set[str]:
    return {release.chart for release in chart_releases(of, region, REFERENCES)}


def insights(of: Environment, region: str) -> int:
    return sum("containerinsights" in group.name for group in log_groups(of, region, "logs"))


def test_the_owner_creates_everything_that_the_cluster_has_once() -> None:
    owner = environment()
    assert charts(owner, EAST) == {*OF_THE_CLUSTER, "aws-for-fluent-bit"}
    assert insights(owner, EAST) == 4
    assert existing_oidc_provider(owner, EAST) is None  # so that it is created
    assert "autoscaler" in {one.id for one in identities(owner, EAST)}


def test_another_environment_routes_its_logs_and_creates_nothing_of_the_clusters() -> None:
    guest = environment({f"regions/{EAST}/eks/owns_cluster_services": False})
    assert charts(guest, EAST) == {"aws-for-fluent-bit"}
    assert insights(guest, EAST) == 0
    host = "oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
    assert existing_oidc_provider(guest, EAST) == f"arn:aws:iam::123456789012:oidc-provider/{host}"
    assert "autoscaler" not in {one.id for one in identities(guest, EAST)}
    assert charts(guest, WEST) == {*OF_THE_CLUSTER, "aws-for-fluent-bit"}  # it shares one cluster only
    assert insights(guest, WEST) == 4


def test_container_insights_can_be_switched_off_alone() -> None:
    switched_off = environment({"platform/container_insights": {"enabled": False}})
    assert insights(switched_off, EAST) == 0
    assert charts(switched_off, EAST) >= OF_THE_CLUSTER


def test_settings_are_accepted_where_one_region_uses_them_or_the_service_is_off() -> None:
    environment({f"regions/{EAST}/eks/owns_cluster_services": False, "platform/metrics_server": CONFIGURED})
    environment({**NOT_OURS, "platform/metrics_server": {**CONFIGURED, "enabled": False}})
    environment({**NOT_OURS, "platform/log_routing": {"chart_version": "0.2.0"}})
