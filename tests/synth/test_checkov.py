"""checkov finds nothing in any stack that the table of skips does not explain."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

import pytest

from tests.conftest import ENVIRONMENTS
from tests.synth.checkov_scan import Finding, Scan, scan, stack_resources, write_environment
from tests.synth.checkov_skips import SKIPS
from tests.unit.topology.environments import environment

pytestmark = pytest.mark.checkov

Stack = dict[str, Any]
Stacks = dict[str, Stack]

SCRAM = "scram"
"""Beside the project's own: stage production, VPCs that are created, SCRAM switched on."""
PLANTED = "planted"
OPEN_POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
OPEN_KEY = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}]}
GONE = object()


class Fault(NamedTuple):
    """A change of a resource of the SCRAM environment's us-east-1, and the check that must fail for it."""

    kind: str
    address: str
    path: str
    value: Any
    check: str


FAULTS = (
    Fault("msk", "aws_kms_key.key", "policy", json.dumps(OPEN_KEY), "CKV_AWS_33"),
    Fault("logs", "aws_kms_key.key", "enable_key_rotation", False, "CKV_AWS_7"),
    Fault("identity", "aws_iam_policy.worker_policy", "policy", json.dumps(OPEN_POLICY), "CKV_AWS_355"),
    Fault("msk", "aws_secretsmanager_secret.scram", "kms_key_id", GONE, "CKV_AWS_149"),
    Fault("msk", "aws_msk_cluster.cluster", "logging_info", GONE, "CKV_AWS_80"),
    Fault("state", "aws_s3_bucket_public_access_block.bucket_public_access", "", GONE, "CKV2_AWS_6"),
    Fault("network", "aws_flow_log.flow_log", "", GONE, "CKV2_AWS_11"),
    Fault("network", "aws_default_security_group.vpc_default_group", "", GONE, "CKV2_AWS_12"),
    Fault("logs", "aws_cloudwatch_log_group.mirrormaker2", "kms_key_id", GONE, "CKV_AWS_158"),
    Fault("observability", "aws_sns_topic.critical", "kms_master_key_id", GONE, "CKV_AWS_26"),
    Fault(
        "mirrormaker",
        "kubernetes_deployment_v1.workers",
        "spec/template/spec/container/0/security_context/privileged",
        True,
        "CKV_K8S_16",
    ),
)
"""One for each stack that has checks: an argument, a policy document, a connection between resources and a
Kubernetes object that checkov must have understood."""


@pytest.fixture(scope="module")
def everything(
    synthesized: Callable[[str], Stacks], synthesize: Callable[..., Stacks]
) -> dict[str, dict[str, Stack]]:
    """Stacks by environment: all that the project has, and one more."""
    scram = synthesize(environment({"kafka/authentication": {"scram": True}}))
    return {name: synthesized(name) for name in ENVIRONMENTS} | {SCRAM: scram}


@pytest.fixture(scope="module")
def scanned(everything: dict[str, Stacks], tmp_path_factory: pytest.TempPathFactory) -> Scan:
    """What checkov says of all, and of a copy with the planted faults, in one run."""
    if not os.environ.get("MSK_MIRROR_CHECKOV"):
        pytest.fail("no checkov; run the tests by `make test`, which brings it")
    directory = tmp_path_factory.mktemp("checkov")
    for name, stacks in everything.items():
        write_environment(directory, name, stacks)
    write_environment(directory, PLANTED, planted(everything[SCRAM]))
    return scan(directory)


def planted(stacks: Stacks) -> Stacks:
    changed = copy.deepcopy({name: one for name, one in stacks.items() if name.endswith("us-east-1")})
    for fault in FAULTS:
        kind, name = fault.address.split(".")
        bodies = changed[f"{fault.kind}-us-east-1"]["resource"][kind]
        if not fault.path:
            del bodies[name]
            continue
        *steps, last = (int(step) if step.isdigit() else step for step in fault.path.split("/"))
        node = bodies[name]
        for step in steps:
            node = node[step]
        if fault.value is GONE:
            del node[last]
        else:
            node[last] = fault.value
    return changed


def of_ours(findings: tuple[Finding, ...]) -> list[Finding]:
    return [one for one in findings if not one.where.startswith(f"{PLANTED}/")]


def is_skipped(finding: Finding) -> bool:
    return any(finding.check == skip.check and fnmatchcase(finding.where, skip.where) for skip in SKIPS)


def test_nothing_fails_but_what_the_table_explains(scanned: Scan) -> None:
    assert [str(one) for one in of_ours(scanned.failed) if not is_skipped(one)] == []


@pytest.mark.parametrize("skip", SKIPS, ids=[f"{skip.check}-{skip.where}" for skip in SKIPS])
def test_a_skip_that_skips_nothing_is_taken_out(scanned: Scan, skip: Any) -> None:
    failed = [one for one in of_ours(scanned.failed) if one.check == skip.check]
    assert [one for one in failed if fnmatchcase(one.where, skip.where)], "nothing fails there any more"


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.check for fault in FAULTS])
def test_what_is_wrong_in_a_stack_is_found(scanned: Scan, fault: Fault) -> None:
    """The scan itself must be able to fail, in each form of what it reads."""
    where = f"{PLANTED}/{fault.kind}-us-east-1/"
    assert [one for one in scanned.failed if one.check == fault.check and one.where.startswith(where)]
    sound = where.replace(PLANTED, SCRAM)
    assert not [one for one in scanned.failed if one.check == fault.check and one.where.startswith(sound)]


def test_containers_are_looked_at_as_resources_and_as_objects(scanned: Scan) -> None:
    found = {one.where.rpartition("/")[2] for one in scanned.failed if one.check == "CKV_K8S_16"}
    assert found == {"kubernetes_deployment_v1.workers", "Deployment.mirrormaker2.mirrormaker2"}


def test_every_resource_of_every_stack_is_read(everything: dict[str, Stacks], scanned: Scan) -> None:
    count = sum(
        len(list(stack_resources(stack)))
        for stacks in (*everything.values(), planted(everything[SCRAM]))
        for stack in stacks.values()
    )
    assert scanned.unread == ()
    assert scanned.resources["terraform_plan"] == count
    assert scanned.resources["kubernetes"] > 150


def test_every_stack_has_checks_that_passed(everything: dict[str, Stacks], scanned: Scan) -> None:
    """All but platform-R, where only Helm releases are: checkov has no check of those, nor of their charts,
    which come from registries."""
    expected = {
        f"{name}/{stack_name}"
        for name, stacks in everything.items()
        for stack_name, stack in stacks.items()
        if {kind for kind, _, _ in stack_resources(stack)} - {"helm_release"}
    }
    passed = [one for one in of_ours(scanned.passed) if "/provider" not in one.where]
    assert {one.where.rpartition("/")[0] for one in passed} >= expected
    assert len(passed) > 4000
    assert len({one.check for one in passed}) > 100
