"""The Kubernetes objects of every mirrormaker-R: nothing that the stack says is lost, nothing is made up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
import yaml

from operations.__main__ import main
from operations.connect.configmaps import read_connectors, read_worker_config
from operations.manifests import api_objects
from operations.manifests.references import outputs_in
from operations.manifests.source import placeholders
from operations.manifests.text import as_yaml
from tests.conftest import ENVIRONMENTS
from tests.synth.kubernetes.pods import containers, deployment, variables
from tests.synth.stack_json import resources
from topology import load_environment
from topology.replication.flows import flows_into

Json = dict[str, Any]
Stack = dict[str, Any]
Stacks = Callable[[str], dict[str, Stack]]
Objects = Callable[[str, str], list[Json]]
WORKLOADS = [
    (name, region)
    for name in ENVIRONMENTS
    for region in load_environment(name).regions
    if flows_into(load_environment(name), region)
]
every_workload = pytest.mark.parametrize(("environment", "region"), WORKLOADS)

TERRAFORMS_OWN = {"//", "depends_on", "lifecycle", "timeouts", "wait_for_rollout"}
ADDED = {("mountpropagation", "None"), ("operator", "Equal")}
"""By the provider's schema, beside false for booleans that are not set."""


@pytest.fixture(scope="module")
def objects(synthesized: Stacks) -> Objects:
    """The objects of a region of an environment, with the names of outputs in place of their values."""

    @cache
    def of(environment: str, region: str) -> list[Json]:
        return converted(synthesized(environment)[f"mirrormaker-{region}"])

    return of


def converted(stack: Stack, **options: bool) -> list[Json]:
    return api_objects(stack, placeholders(outputs_in(stack["resource"])), **options)


def kubernetes_resources(stack: Stack) -> Iterator[tuple[str, Json]]:
    for kind in stack["resource"]:
        for body in resources(stack, kind).values():
            yield kind, body


def named(found: list[Json], kind: str, name: str) -> Json:
    (one,) = (one for one in found if one["kind"] == kind and one["metadata"]["name"] == name)
    return one


def facts(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every leaf with the letters of its name, without the plural; numbers and truth as text."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from facts(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from facts(one, key)
    else:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        yield "".join(filter(str.isalnum, key)).lower().removesuffix("s"), text


def facts_of_resource(body: Json) -> Counter[tuple[str, str]]:
    found = Counter(facts({name: one for name, one in body.items() if name not in TERRAFORMS_OWN}))
    return Counter({(key, as_sent(key, text)): count for (key, text), count in found.items()})


def as_sent(key: str, text: str) -> str:
    if key == "defaultmode":
        return str(int(text, 8))
    if text.startswith("${data.terraform_remote_state."):
        return text.removeprefix("${data.terraform_remote_state.").replace(".outputs", "").rstrip("}")
    return text.replace("$${", "${").replace("%%{", "%{")


@every_workload
def test_every_resource_becomes_an_object(
    synthesized: Stacks, objects: Objects, environment: str, region: str
) -> None:
    stack = synthesized(environment)[f"mirrormaker-{region}"]
    expected = Counter(body["metadata"]["name"] for _, body in kubernetes_resources(stack))
    assert Counter(one["metadata"]["name"] for one in objects(environment, region)) == expected


@every_workload
def test_nothing_is_lost_and_nothing_made_up(
    synthesized: Stacks, objects: Objects, environment: str, region: str
) -> None:
    """By facts, which know nothing of either side's types."""
    stack = synthesized(environment)[f"mirrormaker-{region}"]
    for kind, body in kubernetes_resources(stack):
        letters = kind.removeprefix("kubernetes_").rpartition("_")[0].replace("_", "")
        (found,) = (
            one
            for one in objects(environment, region)
            if one["kind"].lower() == letters and one["metadata"]["name"] == body["metadata"]["name"]
        )
        said = facts_of_resource(body)
        sent = Counter(
            facts({name: one for name, one in found.items() if name not in ("apiVersion", "kind")})
        )
        assert not said - sent, (kind, said - sent)
        assert {fact for fact in sent - said if fact[1] != "false"} <= ADDED, kind


@pytest.mark.parametrize("name", ["workers", "operations"])
def test_containers_are_those_of_the_stack(synthesized: Stacks, objects: Objects, name: str) -> None:
    stack = synthesized("production")["mirrormaker-us-east-1"]
    found = named(
        objects("production", "us-east-1"), "Deployment", deployment(stack, name)["metadata"]["name"]
    )
    sent = {one["name"]: one for one in found["spec"]["template"]["spec"]["containers"]}
    assert set(sent) == set(containers(stack, name))
    for container, given in containers(stack, name).items():
        assert {one["name"] for one in sent[container]["env"]} == set(variables(stack, container))
        assert len(sent[container]["args"]) == len(given["args"])
        assert sent[container]["image"] == given["image"]
        assert {one["mountPath"] for one in sent[container]["volumeMounts"]} == {
            one["mount_path"] for one in given["volume_mount"]
        }


def test_files_are_what_workers_and_reconciler_read(synthesized: Stacks, objects: Objects) -> None:
    stack = synthesized("production")["mirrormaker-us-east-1"]
    found = [one["data"] for one in objects("production", "us-east-1") if one["kind"] == "ConfigMap"]
    assert read_worker_config(stack).files in found
    assert {f"{name}.json" for name in read_connectors(stack)} in [set(one) for one in found]


@every_workload
def test_types_are_the_apis(objects: Objects, environment: str, region: str) -> None:
    workers = named(objects(environment, region), "Deployment", "mirrormaker2")["spec"]
    template = workers["template"]["spec"]
    assert (workers["replicas"], workers["strategy"]["rollingUpdate"]["maxSurge"]) == (2, 1)
    assert template["securityContext"]["runAsUser"] == 65532
    (port,) = {one["livenessProbe"]["httpGet"]["port"] for one in template["containers"]}
    assert port == "http-rest"
    modes = [one["configMap"]["defaultMode"] for one in template["volumes"] if "configMap" in one]
    assert modes == [0o444]


@every_workload
def test_what_a_deployment_names_is_applied_before_it(
    objects: Objects, environment: str, region: str
) -> None:
    found = objects(environment, region)
    assert found[0]["kind"] == "Namespace"
    place = {(one["kind"], one["metadata"]["name"]): index for index, one in enumerate(found)}
    for index, one in enumerate(found):
        if one["kind"] != "Deployment":
            continue
        spec = one["spec"]["template"]["spec"]
        assert place["ServiceAccount", spec["serviceAccountName"]] < index
        assert place["PriorityClass", spec["priorityClassName"]] < index
        for volume in spec["volumes"]:
            assert place.get(("ConfigMap", volume.get("configMap", {}).get("name")), -1) < index


def test_the_autoscaler_keeps_its_replicas_where_the_workers_exist(synthesized: Stacks) -> None:
    found = converted(synthesized("production")["mirrormaker-us-east-1"], of_existing=True)
    assert "replicas" not in named(found, "Deployment", "mirrormaker2")["spec"]
    assert named(found, "Deployment", "mirrormaker2-operations")["spec"]["replicas"] == 1


@every_workload
def test_files_can_be_read_in_the_yaml(objects: Objects, environment: str, region: str) -> None:
    """Line for line: PyYAML falls back to escapes where a text has, say, blanks at the end of a line."""
    found = objects(environment, region)
    text = as_yaml(found)
    assert list(yaml.safe_load_all(text)) == found
    lines = set(text.splitlines())
    for one in found:
        for file in one.get("data", {}).values():
            assert {f"    {line}" for line in file.splitlines() if line} <= lines


def test_the_command_synthesizes_by_itself(capsys: pytest.CaptureFixture[str], objects: Objects) -> None:
    with pytest.raises(SystemExit) as ended:
        main(("manifests", "local", "us-east-1", "--placeholders"))
    assert ended.value.code == 0
    assert list(yaml.safe_load_all(capsys.readouterr().out)) == objects("local", "us-east-1")
