"""Each rule refuses what it is there for, says where, and says what is allowed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.topology.environments import DELETE, environment, existing_vpc, text, third_region
from tests.unit.topology.rule_cases import CASES, EAST, Case
from tests.unit.topology.rule_cases.case import WEST
from topology.environment_file.problem import InvalidEnvironment, Problem, dotted
from topology.loading import load_text
from topology.rules import RULES

ADDRESS = "CLIENT_IAM://b-{broker_id}.example.com:9000+{broker_id}"


def problems_of(changes: dict[str, Any]) -> list[Problem]:
    with pytest.raises(InvalidEnvironment) as caught:
        load_text(text(changes), "test.yaml")
    return list(caught.value.problems)


@pytest.mark.parametrize("case", CASES, ids=[f"{n}-{case.rule}" for n, case in enumerate(CASES)])
def test_the_rule_refuses_and_says_where(case: Case) -> None:
    found = [
        problem
        for problem in problems_of(case.changes)
        if dotted(problem.path) == case.path and case.message in problem.message
    ]
    assert found, "\n".join(map(str, problems_of(case.changes)))
    assert found[0].line > 0
    if case.allowed is not None:
        assert found[0].allowed == case.allowed


def test_every_rule_has_a_case_that_it_refuses() -> None:
    assert {entry.id for entry in RULES} == {case.rule for case in CASES}


def test_the_base_of_these_cases_is_accepted() -> None:
    assert environment().project == "orders"


@pytest.mark.parametrize(
    "changes",
    [
        {"flows/0": {"source": "us-east-1", "target": "us-west-2", "policy": "identity"}},
        {"regions/eu-west-1": third_region(), "flows/0/topics": {"include": ["orders.*"]}},
        {
            "regions/eu-west-1": third_region(),
            "flows/0/topics": {
                "include": ["*"],
                "exclude": ["us-east-1.*", "us-west-2.*", "eu-west-1.*"],
            },
        },
        {"flows/0/groups/include": ["app"], "flows/0/checkpoints": {"sync_group_offsets": False}},
        {"kafka/broker": {"type": "express.m7g.large"}},
        {f"{EAST}/kafka": {"broker": {"count": 6}}},
        {"stage": "development", "mirrormaker/replicas": {"min": 1}},
        {"flows/0/groups": DELETE, "flows/0/checkpoints": {"enabled": False}},
        {"stage": "development", "mirrormaker": DELETE},
        {
            "kafka/server_properties": {
                "zookeeper.connection.timeout.ms": 6000,
                "replica.lag.time.max.ms": 30000,
            }
        },
        {"kafka/server_properties": {"custom.advertised.listeners": ADDRESS}},
        {
            "kafka/broker": {"type": "express.m7g.large"},
            "kafka/server_properties": {
                "custom.advertised.listeners": ADDRESS,
                "leader.imbalance.per.broker.percentage": 20,
                "log.message.timestamp.difference.max.ms": "9223372036854775807",
            },
        },
        {
            "kafka/authentication": {"scram": True},
            "kafka/server_properties": {
                "custom.advertised.listeners": f"{ADDRESS}, CLIENT_SASL_SCRAM://b.example.com:19000+{{broker_id}}"
            },
        },
        {"runtime": {"eks": False, "ecs": {}}},
        {"runtime/ecs": {"desired_count": 0}},
        {"stage": "development", "runtime": {"eks": False, "ecs": {"desired_count": 1}}},
        {"kafka/broker": {"type": "kafka.m8g.large"}, "allow_unknown": ["broker_type"]},
        {"kafka/version": "5.0.x.kraft", "allow_unknown": ["kafka_version"]},
        {
            "regions/us-north-9": third_region("us-north-9"),
            "flows/0/regions": ["us-east-1", "us-west-2"],
            "allow_unknown": ["region"],
        },
        {"kafka/server_properties": {"brand.new.setting": "1"}, "allow_unknown": ["property"]},
        {"mirrormaker/worker_properties": {"brand.new.setting": "1"}, "allow_unknown": ["property"]},
        {f"{EAST}/network/zones": ["a", "b", "f"]},
        {"regions/us-west-2/network/zones": ["a", "b", "e"], "allow_unknown": ["zone"]},
        {"tags": {f"key-{n}": "" for n in range(46)}},
        {"tags": {"Project": "another"}},
        {f"{EAST}/network/zones": ["a", "b"], "kafka/broker": {"count": 6}},
        {f"{EAST}/network/cidr": "100.64.0.0/16"},
        {f"{EAST}/eks/oidc_issuer": "https://issuer.example.com/cluster"},
        {f"{EAST}/eks/oidc_issuer": "https://oidc-eks.us-east-1.api.aws/id/0123456789ABCDEF"},
        {f"{EAST}/network/routed_by": "transit-gateway", f"{WEST}/network/peering": False},
        {f"{EAST}/network/routed_by": "vpn", f"{WEST}/network": existing_vpc("10.2.0.0/16", "10.9.0.0/24")},
        {
            f"{EAST}/network": existing_vpc("10.1.0.0/16"),
            f"{WEST}/network": existing_vpc("10.2.0.0/16"),
            **{f"{one}/eks/pod_cidrs": ["100.64.0.0/16"] for one in (EAST, WEST)},
        },
    ],
    ids=[
        *("identity-one-way", "three-regions-by-prefix", "three-regions-with-exclusions"),
        *("shared-groups-without-sync", "express", "regional-broker-count", "one-worker-in-development"),
        *("no-checkpoints", "tags-in-development"),
        *("msk-ranges", "custom-domain", "express-properties", "two-custom-domains"),
        *("ecs-alone", "handover-without-tasks", "one-task-in-development"),
        *("new-broker-type", "new-version", "new-region", "new-broker-property", "new-worker-property"),
        *("sixth-zone", "new-zone", "fifty-tags"),
        *("own-value-of-a-platform-tag", "two-zones", "carrier-range", "issuer-elsewhere", "new-issuer"),
        *("routed-by-others", "a-created-and-an-existing-vpc", "pods-with-the-same-range-behind-their-nodes"),
    ],
)
def test_what_is_close_to_a_mistake_but_none_is_accepted(changes: dict[str, Any]) -> None:
    environment(changes)
