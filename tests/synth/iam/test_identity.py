"""identity-R: the roles of service accounts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import ENVIRONMENTS
from tests.synth.stack_json import dependencies, document, output, resource, resources
from tests.unit.topology.environments import environment
from topology import load_environment
from topology.observability.metrics import PROBE_NAMESPACE

Stack = dict[str, Any]
Synthesized = Callable[[str], dict[str, Stack]]
Synthesize = Callable[..., dict[str, Stack]]
ROLES = {"worker", "operations", "log_routing", "autoscaler"}
ISSUER = "oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"


@pytest.fixture(scope="module")
def stack(synthesized: Synthesized) -> Stack:
    return synthesized("production")["identity-us-east-1"]


def statements(stack: Stack, role: str) -> dict[str, dict[str, Any]]:
    policy = document(resource(stack, "aws_iam_policy", f"{role}_policy"))
    return {statement["Sid"]: statement for statement in policy["Statement"]}


def trust(stack: Stack, role: str) -> dict[str, Any]:
    (statement,) = document(resource(stack, "aws_iam_role", role), "assume_role_policy")["Statement"]
    found: dict[str, Any] = statement
    return found


@pytest.mark.parametrize(
    ("role", "subject"),
    [
        ("worker", "system:serviceaccount:mirrormaker2:mirrormaker2"),
        ("operations", "system:serviceaccount:mirrormaker2:mirrormaker2-operations"),
        ("log_routing", "system:serviceaccount:kube-system:orders-production-fluent-bit"),
        ("autoscaler", "system:serviceaccount:kube-system:cluster-autoscaler"),
    ],
)
def test_trust_names_subject_and_audience(stack: Stack, role: str, subject: str) -> None:
    assert trust(stack, role)["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert trust(stack, role)["Condition"] == {
        "StringEquals": {f"{ISSUER}:sub": subject, f"{ISSUER}:aud": "sts.amazonaws.com"}
    }


def test_an_existing_oidc_provider_is_used_and_none_is_created(stack: Stack) -> None:
    arn = load_environment("production").regions["us-east-1"].eks.oidc_provider_arn
    assert "aws_iam_openid_connect_provider" not in stack["resource"]
    assert {trust(stack, role)["Principal"]["Federated"] for role in ROLES} == {arn}
    assert output(stack, "oidc_provider_arn") == arn


def test_without_one_the_provider_is_created_for_sts(synthesized: Synthesized) -> None:
    stack = synthesized("local")["identity-us-east-1"]
    provider = resource(stack, "aws_iam_openid_connect_provider", "oidc")
    assert provider["client_id_list"] == ["sts.amazonaws.com"]
    assert provider["url"] == load_environment("local").regions["us-east-1"].eks.oidc_issuer
    reference = "${aws_iam_openid_connect_provider.oidc.arn}"
    assert {trust(stack, role)["Principal"]["Federated"] for role in ROLES} == {reference}


def test_each_role_has_its_own_policy_and_no_other(stack: Stack) -> None:
    attached = {
        body["role"]: body["policy_arn"]
        for body in resources(stack, "aws_iam_role_policy_attachment").values()
    }
    assert attached == {
        f"${{aws_iam_role.{role}.name}}": f"${{aws_iam_policy.{role}_policy.arn}}" for role in ROLES
    }


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_kafka_is_granted_on_named_resources_only(name: str, synthesized: Synthesized) -> None:
    for stack in synthesized(name).values():
        for role in ("worker", "operations"):
            if f"{role}_policy" not in resources(stack, "aws_iam_policy"):
                continue
            for statement in statements(stack, role).values():
                if statement["Action"] == ["cloudwatch:PutMetricData"]:
                    continue
                assert all(action.startswith("kafka-cluster:") for action in statement["Action"])
                assert not [action for action in statement["Action"] if "*" in action]
                for arn in statement["Resource"]:
                    assert arn.startswith("arn:aws:kafka:"), arn
                    everything = arn.endswith("}/*")
                    assert not everything or statement["Action"] == ["kafka-cluster:DescribeGroup"], arn


def test_arns_have_the_form_of_their_kind_around_the_clusters_uuid(stack: Stack) -> None:
    uuid = "${data.terraform_remote_state.msk-us-west-2.outputs.cluster_uuid}"
    prefix = "arn:aws:kafka:us-west-2:111122223333"
    resources_of = {sid: s["Resource"] for sid, s in statements(stack, "worker").items()}
    assert resources_of["SourceConnect"] == [f"{prefix}:cluster/orders-production/{uuid}"]
    assert f"{prefix}:topic/orders-production/{uuid}/orders.production.*" in resources_of["SourceTopics"]
    own = "${data.terraform_remote_state.msk-us-east-1.outputs.cluster_uuid}"
    assert resources_of["ConnectGroup"] == [
        f"arn:aws:kafka:us-east-1:111122223333:group/orders-production/{own}/mirrormaker2-production"
    ]


def test_workers_may_neither_delete_nor_administer(stack: Stack) -> None:
    actions = {action for s in statements(stack, "worker").values() for action in s["Action"]}
    assert not [a for a in actions if "Delete" in a or a.endswith(("AlterCluster", ":AlterClusterDynamic"))]
    assert "kafka-cluster:WriteData" not in {
        action
        for sid, s in statements(stack, "worker").items()
        if sid.startswith("Source")
        for action in s["Action"]
    }


def test_the_probe_publishes_to_the_projects_namespace_only(stack: Stack) -> None:
    publish = statements(stack, "operations")["PublishProbe"]
    assert publish["Action"] == ["cloudwatch:PutMetricData"]
    assert publish["Condition"] == {"StringEquals": {"cloudwatch:namespace": PROBE_NAMESPACE}}


def test_log_routing_writes_to_the_workers_group_only(stack: Stack) -> None:
    (write,) = statements(stack, "log_routing").values()
    group = "arn:aws:logs:us-east-1:111122223333:log-group:/aws/eks/mirrormaker2/orders-production"
    assert write["Resource"] == [group, f"{group}:*"]
    assert write["Action"] == ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]


def test_the_autoscaler_scales_the_node_groups_of_its_cluster_only(stack: Stack) -> None:
    found = statements(stack, "autoscaler")
    scale = found.pop("ScaleOwnNodeGroups")
    assert scale["Condition"] == {
        "StringEquals": {
            "aws:ResourceTag/k8s.io/cluster-autoscaler/enabled": "true",
            "aws:ResourceTag/k8s.io/cluster-autoscaler/shared-east": "owned",
        }
    }
    rest = [action.split(":")[1] for statement in found.values() for action in statement["Action"]]
    assert all(action.startswith(("Describe", "Get")) for action in rest)


def test_roles_exist_only_for_what_is_switched_on(synthesize: Synthesize) -> None:
    off = {"enabled": False, "chart_version": "1.2.3"}
    changed = environment({"platform/log_routing": off, "platform/cluster_autoscaler": off})
    stack = synthesize(changed)["identity-us-east-1"]
    assert resources(stack, "aws_iam_role").keys() == {"worker", "operations"}
    assert "log_routing_role_arn" not in stack["output"]


def test_a_region_without_workers_has_no_role_for_them(synthesize: Synthesize) -> None:
    one_way = environment({"flows": [{"source": "us-east-1", "target": "us-west-2"}]})
    stacks = synthesize(one_way)
    assert resources(stacks["identity-us-east-1"], "aws_iam_role").keys() == {"log_routing", "autoscaler"}
    assert resources(stacks["identity-us-west-2"], "aws_iam_role").keys() == ROLES
    assert dependencies(stacks["identity-us-east-1"]) == set()


def test_names_carry_the_region_because_iam_is_global(stack: Stack) -> None:
    for body in resources(stack, "aws_iam_role").values():
        assert body["name"].endswith("-us-east-1")
        assert len(body["name"]) <= 64


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_policies_and_trusts_fit_the_limits_of_iam(name: str, synthesized: Synthesized) -> None:
    """A managed policy may have 6,144 characters without white space, a trust 2,048."""
    reference = "${data.terraform_remote_state.msk-us-east-1.outputs.cluster_uuid}"
    for stack_name, stack in synthesized(name).items():
        if not stack_name.startswith("identity-"):
            continue
        for body in resources(stack, "aws_iam_policy").values():
            text = json.dumps(json.loads(body["policy"]), separators=(",", ":"))
            references = text.count("${data.terraform_remote_state")
            longest = len(reference) - len("00000000-0000-0000-0000-000000000000-00")
            assert len(text) - references * (longest - 8) <= 6144
        for body in resources(stack, "aws_iam_role").values():
            assert len(body["assume_role_policy"]) <= 2048


def test_a_role_reads_the_clusters_of_its_flows_and_no_others(synthesized: Synthesized) -> None:
    stacks = synthesized("three-regions")
    assert dependencies(stacks["identity-eu-west-1"]) >= {"msk-eu-west-1", "msk-eu-central-1"}
    worker = json.dumps(statements(stacks["identity-eu-west-1"], "worker"))
    assert "msk-ap-southeast-1" not in worker
