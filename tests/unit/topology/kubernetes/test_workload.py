"""Memory and probes of the workers."""

from __future__ import annotations

from tests.unit.topology.environments import environment
from topology.kubernetes.workload import (
    jvm_flags,
    memory_floor_to_scale_down_mib,
    memory_that_scales_up_mib,
    probes,
)


def test_the_report_s_memory_figures_leave_room_for_the_heap() -> None:
    mirrormaker = environment().mirrormaker
    assert memory_that_scales_up_mib(mirrormaker) == 1638
    assert memory_floor_to_scale_down_mib(mirrormaker) == 1092
    assert "-Xmx1024m" in jvm_flags(mirrormaker)


def test_probes_are_the_reports_with_readiness_on_health() -> None:
    found = probes()
    assert (found["liveness"].path, found["liveness"].initial_delay_seconds) == ("/connectors", 60)
    assert (found["readiness"].path, found["readiness"].initial_delay_seconds) == ("/health", 30)
