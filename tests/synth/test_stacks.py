"""What holds for every stack of every environment."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import EKS_ENVIRONMENTS, ENVIRONMENTS
from tests.synth.stack_json import remote_states
from tests.unit.topology.environments import environment
from topology import load_environment
from topology.model import Environment
from topology.state.stacks import STACK_KINDS, state_address

Stack = dict[str, Any]
Stacks = dict[str, Stack]

OPTIONAL = {"peering", "mirrormaker", "ecs-runtime"}
REFERENCE = re.compile(r"data\.terraform_remote_state\.([A-Za-z0-9-]+)\.outputs\.([a-z_]+)")


@pytest.fixture(scope="module", params=ENVIRONMENTS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def stacks(name: str, synthesized: Callable[[str], Stacks]) -> Stacks:
    return synthesized(name)


def kind_and_region(stack_name: str) -> tuple[str, str]:
    kind = max((kind for kind in STACK_KINDS if stack_name.startswith(f"{kind}-")), key=len)
    return kind, stack_name.removeprefix(f"{kind}-")


def aws_resources(stacks: Stacks) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Stack, address and body of every AWS resource."""
    for stack_name, stack in stacks.items():
        for resource_type, bodies in stack.get("resource", {}).items():
            if resource_type.startswith("aws_"):
                for resource_name, body in bodies.items():
                    yield stack_name, f"{resource_type}.{resource_name}", body


def test_an_environment_without_flows_has_clusters_and_no_workers(
    synthesize: Callable[[Environment], Stacks],
) -> None:
    """The step between two directions of an identity flow."""
    stacks = synthesize(environment({"flows": []}))
    kinds = {kind_and_region(stack)[0] for stack in stacks}
    assert kinds == set(STACK_KINDS) - OPTIONAL
    roles = stacks["identity-us-east-1"]["resource"]["aws_iam_role"]
    assert not [role for role in roles if "worker" in role or "operations" in role]


def test_every_region_has_every_kind_that_it_needs(name: str, stacks: Stacks) -> None:
    environment = load_environment(name)
    everywhere = set(STACK_KINDS) - OPTIONAL
    expected = {f"{kind}-{region}" for kind in everywhere for region in environment.regions}
    assert expected <= stacks.keys()
    optional = stacks.keys() - expected
    assert {kind_and_region(stack)[0] for stack in optional} <= OPTIONAL


def test_state_lives_in_the_bucket_of_its_own_region_with_a_lock_file(name: str, stacks: Stacks) -> None:
    environment = load_environment(name)
    for stack_name, stack in stacks.items():
        kind, region = kind_and_region(stack_name)
        address = state_address(environment, kind, region)
        backend = stack["terraform"]["backend"]["s3"]
        assert backend == {
            "bucket": address.bucket,
            "key": address.key,
            "region": region,
            "use_lockfile": True,
        }
        assert region in address.bucket


def test_no_two_stacks_share_a_state(synthesized: Callable[[str], Stacks]) -> None:
    addresses = [
        (stack["terraform"]["backend"]["s3"]["bucket"], stack["terraform"]["backend"]["s3"]["key"])
        for name in ENVIRONMENTS
        for stack in synthesized(name).values()
    ]
    assert len(addresses) == len(set(addresses))


def test_terraform_must_know_lock_files(stacks: Stacks) -> None:
    assert {stack["terraform"]["required_version"] for stack in stacks.values()} == {">= 1.10"}


def test_each_output_that_a_stack_reads_is_published_by_the_other(stacks: Stacks) -> None:
    for stack_name, stack in stacks.items():
        for other, output in REFERENCE.findall(json.dumps(stack)):
            assert output in stacks[other].get("output", {}), f"{stack_name} reads {other}.{output}"


def test_remote_states_are_read_where_they_are_written(stacks: Stacks) -> None:
    for stack in stacks.values():
        for other, config in remote_states(stack).items():
            written = stacks[other]["terraform"]["backend"]["s3"]
            assert config == {key: written[key] for key in ("bucket", "key", "region")}


def test_stacks_read_only_what_is_deployed_before(stacks: Stacks) -> None:
    order = {kind: position for position, kind in enumerate(STACK_KINDS)}
    for stack_name, stack in stacks.items():
        for other in remote_states(stack):
            assert order[kind_and_region(other)[0]] < order[kind_and_region(stack_name)[0]]


def test_the_provider_takes_only_the_account_of_the_environment(name: str, stacks: Stacks) -> None:
    account = load_environment(name).account
    for stack in stacks.values():
        assert [p["allowed_account_ids"] for p in stack["provider"]["aws"]] == [[account]] * len(
            stack["provider"]["aws"]
        )


def test_every_resource_carries_the_tags_of_the_environment(name: str, stacks: Stacks) -> None:
    environment = load_environment(name)
    for stack in stacks.values():
        for provider in stack["provider"]["aws"]:
            tags = provider["default_tags"][0]["tags"]
            assert tags["Project"] == environment.project
            assert tags["Environment"] == environment.environment
            assert environment.tags.items() <= tags.items()


def test_addresses_are_paths_of_construct_ids_without_a_hash(stacks: Stacks) -> None:
    for _, address, body in aws_resources(stacks):
        steps = body["//"]["metadata"]["path"].split("/")[1:]
        assert address.split(".")[1] == "_".join(step for step in steps if step != "Default")
        assert re.fullmatch(r"[a-z_][A-Za-z0-9_-]*", address.split(".", 1)[1])


def test_nothing_uses_arguments_that_only_the_newer_provider_has(stacks: Stacks) -> None:
    """A mirror may have AWS 5.x, whose resources have no `region`."""
    assert [address for _, address, body in aws_resources(stacks) if "region" in body] == []


@pytest.mark.parametrize("name", EKS_ENVIRONMENTS)
def test_nothing_of_ecs_in_any_file_of_an_eks_environment(
    name: str, synthesized_into: Callable[[Environment], Path]
) -> None:
    files = [path for path in synthesized_into(load_environment(name)).rglob("*") if path.is_file()]
    assert len(files) > 10
    for path in files:
        found = re.findall(r".{0,20}ecs.{0,20}", path.read_text(encoding="utf-8"), re.IGNORECASE)
        assert not found, f"{path.name}: {found}"


def test_ecs_is_found_where_it_is(synthesized: Callable[[str], Stacks]) -> None:
    """The search itself must be able to find: in what the handover adds, and not in what it keeps."""
    of_ecs = {name for name, stack in synthesized("handover").items() if "/aws/ecs" in json.dumps(stack)}
    assert {kind_and_region(name)[0] for name in of_ecs} == {"ecs-runtime", "observability"}


def test_an_emulated_account_gets_the_very_same_stacks(
    synthesized: Callable[[str], Stacks], monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """What is tested is what is deployed: endpoints come from the environment variables of AWS's SDKs."""
    from stacks.app import build_app  # noqa: PLC0415
    from tests.conftest import read_stacks  # noqa: PLC0415

    monkeypatch.delenv("MSK_MIRROR_AWS_PROVIDER_VERSION", raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    build_app(load_environment("local"), str(tmp_path)).synth()
    assert read_stacks(tmp_path) == synthesized("local")


def test_another_provider_version_is_the_only_thing_that_a_mirror_changes(
    synthesized: Callable[[str], Stacks], monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    from stacks.app import build_app  # noqa: PLC0415
    from tests.conftest import read_stacks  # noqa: PLC0415

    monkeypatch.setenv("MSK_MIRROR_AWS_PROVIDER_VERSION", "5.100.0")
    build_app(load_environment("local"), str(tmp_path)).synth()
    mirrored = read_stacks(tmp_path)
    for name, stack in synthesized("local").items():
        assert mirrored[name]["terraform"]["required_providers"]["aws"]["version"] == "5.100.0"
        mirrored[name]["terraform"]["required_providers"]["aws"]["version"] = stack["terraform"][
            "required_providers"
        ]["aws"]["version"]
    assert mirrored == synthesized("local")


def test_data_of_production_can_not_be_destroyed_by_a_plan(synthesized: Callable[[str], Stacks]) -> None:
    protected = ("aws_s3_bucket", "aws_msk_cluster")
    bodies = [
        (address, body)
        for _, address, body in aws_resources(synthesized("production"))
        if address.split(".")[0] in protected
    ]
    assert len(bodies) == 2 * (2 + 1)
    for address, body in bodies:
        assert body["lifecycle"]["prevent_destroy"] is True, address


def test_development_leaves_nothing_behind(synthesized: Callable[[str], Stacks]) -> None:
    for name in ("local", "three-regions"):
        for _, address, body in aws_resources(synthesized(name)):
            assert "prevent_destroy" not in body.get("lifecycle", {}), address
            assert not body.get("skip_destroy", False), address
            assert body.get("force_destroy", True), address


def test_a_tag_is_not_set_twice(stacks: Stacks) -> None:
    """Tags both of the provider and of a resource would be in every plan."""
    for _, address, body in aws_resources(stacks):
        assert body.get("tags", {}).keys() <= {"Name"}, address


def test_synthesizing_twice_gives_the_same_text(
    synthesize: Callable[..., Stacks], synthesized: Callable[[str], Stacks]
) -> None:
    assert synthesize(load_environment("local")) == synthesized("local")
