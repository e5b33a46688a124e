"""In no scenario is a record lost, changed or out of order; nor twice, unless something crashed."""

from __future__ import annotations

import pytest

from tests.e2e.migration.cases import CASES, Case
from tests.e2e.migration.conftest import REPORTS
from tests.e2e.migration.measures.report import Report
from tests.e2e.migration.scenario import Scenario
from tests.e2e.migration.stage import Stage, environment_of

pytestmark = [pytest.mark.migration, pytest.mark.timeout(1200)]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_no_record_is_lost(case: Case, moved: Stage, report: Report) -> None:
    begin = case.move.begin
    moved.begin(environment_of(begin, exactly_once=case.exactly_once), begin)
    with Scenario(case.name, moved.ends()) as scenario:
        case.move.act(moved, scenario)
    assert scenario.row is not None
    report.rows.append(scenario.row)
    report.write(REPORTS / "migration.json")
    scenario.draw(REPORTS / "migration" / f"{case.name}.svg")
    found = scenario.row.figures
    assert found.sent > 0
    assert (found.lost, found.reordered, found.altered, found.loops) == (0, 0, 0, 0)
    assert found.duplicated == 0 or case.may_duplicate
    # a dedicated MirrorMaker reads what is not committed too, as Kafka's consumers do by default
    assert found.aborted == 0 or begin == "dedicated"
