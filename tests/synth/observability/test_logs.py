"""logs-R: the log groups of the workload."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import ENVIRONMENTS
from tests.synth.stack_json import document, output, resource, resources
from topology import load_environment
from topology.observability.log_groups import RETENTION_DAYS

Stack = dict[str, Any]
KEYS = {"${aws_kms_key.key.arn}"} | {
    f"${{data.terraform_remote_state.logs-{region}.outputs.kms_key_arn}}"
    for region in load_environment("handover").regions
}
"""Of the stack itself, and of logs-R for the group that comes and goes with a runtime."""
Synthesized = Callable[[str], dict[str, Stack]]


@pytest.fixture(scope="module")
def stack(synthesized: Synthesized) -> Stack:
    return synthesized("production")["logs-us-west-2"]


def test_the_groups_are_those_of_the_report_under_eks(stack: Stack) -> None:
    groups = {
        body["name"]: body["retention_in_days"]
        for body in resources(stack, "aws_cloudwatch_log_group").values()
    }
    assert groups == {
        "/aws/eks/mirrormaker2/orders-production": 7,
        "/aws/eks/orders-production": 30,
        "/aws/containerinsights/shared-west/application": 14,
        "/aws/containerinsights/shared-west/performance": 14,
        "/aws/containerinsights/shared-west/dataplane": 14,
        "/aws/containerinsights/shared-west/host": 14,
    }


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_no_log_group_is_created_twice(name: str, synthesized: Synthesized) -> None:
    created = Counter(
        (" ".join(stack_name.split("-")[-3:]), body["name"])
        for stack_name, stack in synthesized(name).items()
        for body in resources(stack, "aws_cloudwatch_log_group").values()
    )
    assert created
    assert [group for group, times in created.items() if times > 1] == []


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_every_group_has_a_retention_that_cloudwatch_takes_and_a_key(
    name: str, synthesized: Synthesized
) -> None:
    for stack in synthesized(name).values():
        for body in resources(stack, "aws_cloudwatch_log_group").values():
            assert body["retention_in_days"] in RETENTION_DAYS
            assert body["kms_key_id"] in KEYS


def test_no_group_is_in_a_class_that_takes_no_metric_filter(stack: Stack) -> None:
    for body in resources(stack, "aws_cloudwatch_log_group").values():
        assert body.get("log_group_class", "STANDARD") == "STANDARD"


def test_the_key_is_open_to_cloudwatch_logs_for_these_groups_only(stack: Stack) -> None:
    """The workers' on any runtime: what the old one has logged stays readable when it is gone."""
    statements = {s["Sid"]: s for s in document(resource(stack, "aws_kms_key", "key"))["Statement"]}
    logs = statements["CloudWatchLogsForTheseGroups"]
    assert logs["Principal"] == {"Service": "logs.us-west-2.amazonaws.com"}
    names = {body["name"] for body in resources(stack, "aws_cloudwatch_log_group").values()}
    names = names - {"/aws/eks/mirrormaker2/orders-production"} | {"/aws/*/mirrormaker2/orders-production"}
    names |= {"/aws/*/mirrormaker2/production"}  # their former name: what is there stays readable
    context = logs["Condition"]["ArnEquals"]["kms:EncryptionContext:aws:logs:arn"]
    assert set(context) == {f"arn:aws:logs:us-west-2:111122223333:log-group:{name}" for name in names}


def test_in_production_logs_and_their_key_outlive_the_stack(stack: Stack) -> None:
    assert resource(stack, "aws_kms_key", "key")["lifecycle"]["prevent_destroy"] is True
    for body in resources(stack, "aws_cloudwatch_log_group").values():
        assert body["skip_destroy"] is True


def test_the_control_planes_own_group_is_left_to_eks(stack: Stack) -> None:
    names = [body["name"] for body in resources(stack, "aws_cloudwatch_log_group").values()]
    assert not [name for name in names if name.endswith("/cluster")]


def test_the_workers_group_is_published_for_whoever_reads_it(stack: Stack) -> None:
    assert output(stack, "workers_log_group") == "${aws_cloudwatch_log_group.mirrormaker2.name}"
    assert len(output(stack, "log_groups")) == 6
