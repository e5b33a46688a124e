"""mirrormaker-R: who the pods are and what they may do."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.synth.kubernetes.pods import container, pod, variables
from tests.synth.stack_json import dependencies, resource, resources
from topology import load_environment
from topology.kubernetes.pods import clusters_of

Stack = dict[str, Any]
Stacks = Callable[[str], dict[str, Stack]]
EVERY_WORKLOAD = [
    (name, region)
    for name in ("local", "production", "three-regions")
    for region in load_environment(name).regions
]
CONTAINERS = [("connect", "workers"), ("reconciler", "operations"), ("probe", "operations")]


@pytest.fixture(scope="module")
def stack(synthesized: Stacks) -> Stack:
    return synthesized("production")["mirrormaker-us-east-1"]


@pytest.mark.parametrize(("account", "role"), [("worker", "worker"), ("operations", "operations")])
def test_service_account_carries_the_role(stack: Stack, account: str, role: str) -> None:
    metadata = resource(stack, "kubernetes_service_account_v1", f"{account}-account")["metadata"]
    reference = f"${{data.terraform_remote_state.identity-us-east-1.outputs.{role}_role_arn}}"
    assert metadata["annotations"] == {"eks.amazonaws.com/role-arn": reference}


def test_pods_run_under_their_own_accounts(stack: Stack) -> None:
    for name, account in (("workers", "worker"), ("operations", "operations")):
        wanted = resource(stack, "kubernetes_service_account_v1", f"{account}-account")["metadata"]["name"]
        assert pod(stack, name)["service_account_name"] == wanted


def test_the_session_has_a_fixed_name(stack: Stack) -> None:
    """MSK refuses to re-authenticate a connection as somebody else."""
    assert variables(stack)["AWS_ROLE_SESSION_NAME"] == "mirrormaker2"


def test_the_token_is_for_sts_and_where_the_sdk_looks(stack: Stack) -> None:
    for name, deployment in CONTAINERS:
        (volume,) = [one for one in pod(stack, deployment)["volume"] if one["name"] == "aws-iam-token"]
        token = volume["projected"][0]["sources"][0]["service_account_token"]
        (mount,) = [one for one in container(stack, name)["volume_mount"] if one["name"] == "aws-iam-token"]
        assert token["audience"] == "sts.amazonaws.com"
        path = f"{mount['mount_path']}/{token['path']}"
        assert variables(stack, name)["AWS_WEB_IDENTITY_TOKEN_FILE"] == path


def test_workers_have_no_token_for_the_api_server(stack: Stack) -> None:
    assert pod(stack)["automount_service_account_token"] is False
    for account in resources(stack, "kubernetes_service_account_v1").values():
        assert account["automount_service_account_token"] is False


def test_the_reconciler_may_write_events_list_pods_and_nothing_else(stack: Stack) -> None:
    (role,) = resources(stack, "kubernetes_role_v1").values()
    (binding,) = resources(stack, "kubernetes_role_binding_v1").values()
    rights = [(rule["api_groups"], rule["resources"], rule["verbs"]) for rule in role["rule"]]
    assert rights == [(["events.k8s.io"], ["events"], ["create", "patch"]), ([""], ["pods"], ["list"])]
    assert [subject["name"] for subject in binding["subject"]] == ["mirrormaker2-operations"]


def test_the_reconciler_knows_the_pod_that_its_events_are_about(stack: Stack) -> None:
    have = variables(stack, "reconciler")
    assert have["POD_NAME"] == {"field_ref": {"field_path": "metadata.name"}}
    assert have["POD_UID"] == {"field_ref": {"field_path": "metadata.uid"}}


def test_no_secret_or_token_in_the_stack(stack: Stack) -> None:
    (provider,) = stack["provider"]["kubernetes"]
    assert not resources(stack, "kubernetes_secret_v1")
    assert set(provider) == {"host", "cluster_ca_certificate", "exec"}
    assert provider["exec"][0]["args"][:2] == ["eks", "get-token"]
    assert "token" not in json.dumps(stack["data"])


def test_the_provider_needs_nothing_that_the_stack_creates(stack: Stack) -> None:
    assert "${data." in stack["provider"]["kubernetes"][0]["host"]


@pytest.mark.parametrize(("name", "region"), EVERY_WORKLOAD)
def test_pods_know_the_addresses_of_the_flows_clusters_and_no_others(
    synthesized: Stacks, name: str, region: str
) -> None:
    loaded, found = load_environment(name), synthesized(name)[f"mirrormaker-{region}"]
    wanted = {
        variable: f"${{data.terraform_remote_state.msk-{other}.outputs.bootstrap_brokers_iam}}"
        for variable, other in clusters_of(loaded, region).items()
    }
    for container_name, _ in CONTAINERS:
        have = variables(found, container_name)
        assert {key: have[key] for key in have if key.startswith("BOOTSTRAP_")} == wanted
    assert dependencies(found) == {
        f"identity-{region}",
        *(f"msk-{r}" for r in clusters_of(loaded, region).values()),
    }


def test_workers_advertise_the_address_of_their_pod(stack: Stack) -> None:
    assert variables(stack)["POD_IP"] == {"field_ref": {"field_path": "status.podIP"}}


# security ------------------------------------------------------------------------------------------------


def test_the_namespace_admits_restricted_pods_only(stack: Stack) -> None:
    labels = resource(stack, "kubernetes_namespace_v1", "namespace")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


@pytest.mark.parametrize(("name", "deployment"), CONTAINERS)
def test_unset_booleans_can_not_undo_the_pods_security(stack: Stack, name: str, deployment: str) -> None:
    """The provider sends false for what a present block leaves out, so the container says it all again."""
    inner, outer = container(stack, name)["security_context"], pod(stack, deployment)["security_context"]
    assert outer["run_as_non_root"] is True
    assert inner["run_as_non_root"] is True
    assert inner["allow_privilege_escalation"] is False
    assert inner["privileged"] is False
    assert inner["capabilities"] == {"drop": ["ALL"]}
    assert inner["seccomp_profile"] == outer["seccomp_profile"] == {"type": "RuntimeDefault"}


@pytest.mark.parametrize(("name", "deployment"), CONTAINERS)
def test_only_a_limited_tmp_is_writable(stack: Stack, name: str, deployment: str) -> None:
    writable = [
        mount["name"] for mount in container(stack, name)["volume_mount"] if not mount.get("read_only")
    ]
    sizes = {
        one["name"]: one["empty_dir"]["size_limit"]
        for one in pod(stack, deployment)["volume"]
        if "empty_dir" in one
    }
    assert container(stack, name)["security_context"]["read_only_root_filesystem"] is True
    assert sizes == {"scratch": "64Mi"}
    assert writable == ["scratch"]
