"""Synthesized resources satisfy the schemas of their types, in the partition of their region."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import ENVIRONMENTS
from tests.synth.cloudformation import RESOURCE_TYPES, compared_attributes, missing_types, schema_faults
from tests.synth.stack_json import resources
from topology.aws.regions import regions_of

Stacks = dict[str, dict[str, Any]]

MUST_BE_COMPARED = {
    "aws_cloudwatch_metric_alarm": {"alarm_name", "comparison_operator", "period", "treat_missing_data"},
    "aws_cloudwatch_log_group": {"name", "retention_in_days"},
    "aws_iam_role": {"name", "description"},
    "aws_msk_cluster": {"cluster_name", "enhanced_monitoring", "kafka_version", "number_of_broker_nodes"},
    "aws_msk_configuration": {"kafka_versions", "name"},
    "aws_s3_bucket": {"bucket"},
    "aws_sns_topic": {"name"},
    "aws_security_group": {"name", "description"},
}
"""Without these the comparison would be of nothing."""


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_every_resource_satisfies_the_schema_of_its_type(
    synthesized: Callable[[str], Stacks], name: str
) -> None:
    compared: dict[str, set[str]] = {}
    found = []
    for stack_name, stack in synthesized(name).items():
        region = stack["provider"]["aws"][0]["region"]
        for kind in RESOURCE_TYPES:
            for body in resources(stack, kind).values():
                compared.setdefault(kind, set()).update(compared_attributes(region, kind, body))
                found += [f"{stack_name}: {fault}" for fault in schema_faults(region, kind, body)]
    assert found == []
    assert {
        kind: wanted - compared[kind]
        for kind, wanted in MUST_BE_COMPARED.items()
        if wanted - compared.get(kind, set())
    } == {}


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_every_region_of_the_list_has_every_resource_type(partition: str) -> None:
    assert {region: missing_types(region) for region in regions_of(partition) if missing_types(region)} == {}


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("aws_msk_cluster", {"enhanced_monitoring": "ALL"}, "'ALL' is not one of"),
        ("aws_msk_cluster", {"cluster_name": "c" * 65}, "is too long"),
        ("aws_cloudwatch_log_group", {"retention_in_days": 8}, "8 is not one of"),
        ("aws_cloudwatch_log_group", {"name": "a b"}, "does not match"),
        ("aws_kms_key", {"deletion_window_in_days": 3}, "3 is less than the minimum"),
        (
            "aws_ecs_service",
            {"network_configuration": {"assign_public_ip": True}, "launch_type": "MOON"},
            "'MOON' is not one of",
        ),
    ],
)
def test_what_a_schema_forbids_is_found(kind: str, body: dict[str, Any], words: str) -> None:
    found = schema_faults("us-east-1", kind, body)
    assert any(words in fault for fault in found), found
