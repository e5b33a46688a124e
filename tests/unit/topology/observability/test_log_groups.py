"""Log groups: owners, names and retention."""

from __future__ import annotations

from tests.unit.topology.environments import environment
from topology import load_environment
from topology.observability.log_groups import log_groups


def test_no_log_group_has_two_owners_and_all_are_under_eks_or_msk() -> None:
    loaded = load_environment("production")
    groups = [g for owner in ("logs", "msk") for g in log_groups(loaded, "us-east-1", owner)]
    assert len({g.name for g in groups}) == len(groups) == 7
    by_name = {g.name: g.retention_days for g in groups}
    assert by_name["/aws/eks/mirrormaker2/orders-production"] == 7
    assert by_name["/aws/eks/orders-production"] == 30
    assert by_name["/aws/msk/orders-production"] == 30
    assert by_name["/aws/containerinsights/shared-east/performance"] == 14
    assert not any("ecs" in name for name in by_name)


def test_a_region_may_keep_logs_longer() -> None:
    loaded = environment(
        {"retention/mirrormaker_days": 14, "regions/us-west-2/retention": {"mirrormaker_days": 90}}
    )
    kept = {
        region: {g.id: g.retention_days for g in log_groups(loaded, region, "logs")}["mirrormaker2"]
        for region in loaded.regions
    }
    assert kept == {"us-east-1": 14, "us-west-2": 90}
