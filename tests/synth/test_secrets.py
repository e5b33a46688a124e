"""No secret value is in any synthesized file: by name, by structure, and by what a scanner makes of them."""

from __future__ import annotations

import copy
import itertools
import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.conftest import ENVIRONMENTS
from tests.planted_secrets import PLANTED, Planted
from tests.secret_scan import Secret, secrets_in
from tests.unit.topology.environments import environment

Stack = dict[str, Any]
Stacks = dict[str, Stack]

SCRAM = "scram"
KEEP_SECRETS = (
    *("aws_secretsmanager_secret_version", "aws_secretsmanager_random_password", "aws_ssm_parameter"),
    *("aws_iam_access_key", "aws_kms_ciphertext", "aws_kms_secrets", "aws_eks_cluster_auth"),
    *("kubernetes_secret", "kubernetes_secret_v1", "kubernetes_token_request_v1"),
    *("random_password", "random_string", "tls_private_key"),
)
"""Resources and data sources whose values are secret and lie in the state as they are (documentation of each:
a note on raw state)."""

SECRET_ARGUMENT = re.compile(
    r"(^|_)(password|passwd|secret|secret_string|secret_binary|private_key|access_key|secret_key|auth_token"
    r"|token|credentials)$"
)
NO_SECRETS = {"automount_service_account_token", "service_account_token"}
"""Whether a token is mounted, and how long it lasts."""

PROVIDER_ARGUMENTS = {
    "aws": {"region", "alias", "allowed_account_ids", "default_tags"},
    "kubernetes": {"host", "cluster_ca_certificate", "exec"},
    "helm": {"kubernetes"},
}
"""Credentials come from whoever runs Terraform: AWS's by its SDK, a cluster's from `aws eks get-token`."""


class Allowed(NamedTuple):
    """A text that a scanner takes for a secret by its name; `value` is a pattern."""

    key: str
    value: str
    reason: str


ALLOWED = (
    Allowed("output-scram_secret_arn", "scram_secret_arn", "the name of an output, in cdktf's list of them"),
    Allowed("kms:EncryptionContext:SecretARN", "*:secret:AmazonMSK_*", "the ARN of a secret"),
    Allowed("kms:EncryptionContext:SecretARN", "RequestToValidateKeyAccess", "what AWS writes for an ARN"),
    Allowed("Action", "GetSecretValue", "the name of an action"),
)


@pytest.fixture(scope="module")
def everything(synthesized: Callable[[str], Stacks], synthesize: Callable[..., Stacks]) -> Stacks:
    """Every stack of every environment, and of one where SCRAM is switched on, by `environment/stack`."""
    scram = synthesize(environment({"kafka/authentication": {"scram": True}}))
    environments = {name: synthesized(name) for name in ENVIRONMENTS} | {SCRAM: scram}
    return {
        f"{name}/{stack}": body for name, stacks in environments.items() for stack, body in stacks.items()
    }


def arguments(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every argument of a document that is no block, by its path."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from arguments(one, (*path, name))
    elif isinstance(value, list):
        for one in value:
            yield from arguments(one, path)
    else:
        yield path, value


def is_literal_secret(path: tuple[str, ...], value: Any) -> bool:
    """A text under a name of secrets that is no reference to something else."""
    name = path[-1]
    named = SECRET_ARGUMENT.search(name) is not None and name not in NO_SECRETS
    return named and isinstance(value, str) and value != "" and not value.startswith("${")


def is_it(allowed: Allowed, secret: Secret) -> bool:
    return secret.key == allowed.key and fnmatchcase(secret.value, allowed.value)


def test_the_scram_environment_has_what_could_leak(everything: Stacks) -> None:
    assert "aws_secretsmanager_secret" in everything[f"{SCRAM}/msk-us-east-1"]["resource"]


def test_nothing_is_made_or_read_whose_value_is_a_secret(everything: Stacks) -> None:
    for name, stack in everything.items():
        kinds = {*stack.get("resource", {}), *stack.get("data", {})}
        assert not kinds & set(KEEP_SECRETS), name


def test_no_argument_that_is_a_secret_has_a_literal_value(everything: Stacks) -> None:
    found = [
        f"{name}: {'.'.join(path)}"
        for name, stack in everything.items()
        for path, value in arguments(stack)
        if is_literal_secret(path, value)
    ]
    assert found == []


def test_the_look_at_arguments_sees_secrets_and_lets_references_be() -> None:
    assert is_literal_secret(("aws_db_instance", "x", "password"), "hunter2")
    assert is_literal_secret(("provider", "aws", "secret_key"), "abc")
    assert is_literal_secret(("aws_x", "master_password"), "abc")
    assert not is_literal_secret(("aws_db_instance", "x", "password"), "${var.password}")
    assert not is_literal_secret(("spec", "automount_service_account_token"), "true")
    assert not is_literal_secret(("aws_kms_key", "key", "description"), "password")


def test_providers_are_given_no_credentials(everything: Stacks) -> None:
    for name, stack in everything.items():
        for kind, configurations in stack["provider"].items():
            for one in configurations:
                assert one.keys() <= PROVIDER_ARGUMENTS[kind], name


def test_no_output_is_a_secret(everything: Stacks) -> None:
    """A sensitive output is in the state as it is, whatever the terminal shows."""
    for name, stack in everything.items():
        for output, body in stack.get("output", {}).items():
            assert not body.get("sensitive"), f"{name}: {output}"
            assert not SECRET_ARGUMENT.search(output), f"{name}: {output}"


def test_no_variable_asks_for_one(everything: Stacks) -> None:
    """Values of variables are in plans, and often in shells' histories."""
    assert [name for name, stack in everything.items() if "variable" in stack] == []


def test_a_scanner_finds_no_secret_in_what_is_synthesized(everything: Stacks, tmp_path: Path) -> None:
    found = secrets_in(everything, tmp_path)
    allowed = {one: [secret for secret in found if is_it(one, secret)] for one in ALLOWED}
    assert [str(one) for one in found if one not in itertools.chain(*allowed.values())] == []
    assert [one for one, secrets in allowed.items() if not secrets] == [], "nothing to allow any more"


@pytest.mark.parametrize("planted", PLANTED, ids=[one.id for one in PLANTED])
def test_a_secret_that_is_planted_in_a_stack_is_found(
    planted: Planted, synthesized: Callable[[str], Stacks], tmp_path: Path
) -> None:
    stack = copy.deepcopy(synthesized("production")["mirrormaker-us-east-1"])
    stack["resource"][planted.kind] = {"planted": planted.arguments}
    found = secrets_in({"stack": stack}, tmp_path)
    assert planted.found in {one.kind for one in found}


def test_an_id_that_iam_gives_a_policy_is_none_under_its_own_name(tmp_path: Path) -> None:
    by_chance = "APAI6KQ2ZJX5T7WMB4NVC"
    assert secrets_in({"state": {"policy_id": by_chance}}, tmp_path) == []
    assert secrets_in({"state": {"password_id": by_chance}}, tmp_path) != []
    assert secrets_in({"state": {"policy_id": f"{by_chance}x"}}, tmp_path) != []
