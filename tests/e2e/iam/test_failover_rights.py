"""With the policy of `msk-mirror failover policy` a group moves there and back; without any one action
of it, it stays where it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

# Its documentation imports it from here; its types do not say so.
from confluent_kafka.admin import AclBinding  # type: ignore[attr-defined]

from localcloud.kafka.acls import ANY_RULE, acls
from operations.failover.failover import Failover, FailoverError
from operations.failover.plan import Rules
from operations.failover.routes import Routes
from operations.kafka.clusters import ClusterError
from operations.kafka.groups import Groups
from tests.e2e.iam.functions import FUNCTIONS, GROUP, ends
from tests.e2e.iam.stage import OPERATOR, SOURCE, TARGET, TOPIC, WORKERS, Stage, drop_rules, waited
from tests.e2e.iam.trial import Case, without
from topology.aws.arns import cluster_arn
from topology.iam.failover_needs import FAILOVER_FUNCTIONS, FAILOVER_PERMISSIONS
from topology.iam.needs import Need
from topology.iam.statements import failover_statements, policy_document
from topology.model import ExactlyOnce

pytestmark = pytest.mark.kafka

SECONDS = 90.0
NEEDED = ("join", "connectors", "replication", "offset-syncs", "checkpoints")
"""Functions of the workers that a failover goes by."""
COMMITTED = 5
ENDS = (SOURCE, TARGET)
ROWS = [(one.sid, need) for one in FAILOVER_PERMISSIONS for need in one.needs]


@dataclass(frozen=True)
class Operator:
    """Moves the group on a stage on which checkpoints and offset syncs are; `policy`: the whole."""

    stage: Stage
    policy: Mapping[str, Any]

    def failed(self, policy: Mapping[str, Any]) -> tuple[str | None, str]:
        """The first function that does not work under a policy, and what was said."""
        for cluster in self.stage.clusters.values():
            drop_rules(cluster)
        self.stage.grant(OPERATOR, policy)
        wanted = acls(policy, OPERATOR)
        # a broker knows a rule a moment after it was made
        known = {region: set(wanted.get(region, ())) for region in ENDS}
        assert waited(lambda: {one: rules_of(self.stage, one) for one in ENDS} == known, SECONDS)
        for function, (here, there) in (("failover", ENDS), ("failback", ENDS[::-1])):
            if said := self._fails(here, there):
                return function, said
        return None, ""

    def _fails(self, here: str, there: str) -> str:
        """Why the group does not come from here to there; empty where it does."""
        at = {SOURCE: (TOPIC, 0), TARGET: (self.stage.mirrored, 0)}
        Groups(self.stage.cluster(here)).commit(GROUP, {at[here]: COMMITTED})
        Groups(self.stage.cluster(there)).commit(GROUP, {at[there]: 0})
        routes = Routes.of(self.stage.environment, here, there)
        source, target = (self.stage.cluster(region, OPERATOR) for region in (here, there))
        try:
            outcome = Failover(GROUP, routes, source, target, Rules()).run()
        except (ClusterError, FailoverError) as error:
            return str(error)
        if outcome.refused:
            return str(outcome.plan.problems)
        found = Groups(self.stage.cluster(there)).committed(GROUP)[at[there]]
        return "" if 0 < found <= COMMITTED else f"goes on at {found}"


@pytest.fixture(scope="module")
def operator(guarded: Stage, policies: Callable[[ExactlyOnce], Case]) -> Operator:
    environment, documents = policies(ExactlyOnce.OFF)
    guarded.begin(environment, {WORKERS: documents[WORKERS]})
    for function in FUNCTIONS:
        if function.id in NEEDED:
            assert function.works(guarded, SECONDS), guarded.said()
    synced = f"mm2-offset-syncs.{SOURCE}.internal"
    assert waited(lambda: ends(guarded, TARGET, synced) >= COMMITTED, SECONDS)
    guarded.end()  # or it writes the group's offsets at the target itself
    statements = failover_statements(environment, ENDS, GROUP)
    policy = policy_document(statements, lambda region: cluster_arn(environment, region, "uuid"))
    return Operator(guarded, policy)


def test_the_policy_is_enough(operator: Operator) -> None:
    assert operator.failed(operator.policy) == (None, "")
    assert set(FAILOVER_FUNCTIONS) == {"failover", "failback"}


@pytest.mark.parametrize(("sid", "need"), ROWS, ids=[f"{sid}-{need.action}" for sid, need in ROWS])
def test_the_named_function_fails_without_the_action(operator: Operator, sid: str, need: Need) -> None:
    failed, said = operator.failed(without(operator.policy, sid, need.action))
    assert failed == need.function, said


def rules_of(stage: Stage, region: str) -> set[AclBinding]:
    """All rules that a cluster's broker knows."""
    return set(stage.clusters[region].admin.describe_acls(ANY_RULE).result())
