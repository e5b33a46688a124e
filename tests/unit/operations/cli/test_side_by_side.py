"""`msk-mirror check A B`: what two environments would both create, with both places."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from operations.cli.check import check
from tests.unit.topology.environments import text, third_region

EAST, WEST = "us-east-1", "us-west-2"
GUEST = {
    "project": "billing",
    "mirrormaker/namespace": "billing-mirrormaker2",
    **{f"regions/{region}/eks/owns_cluster_services": False for region in (EAST, WEST)},
}
"""Another project on the same clusters, as it must be written."""
VPC = {
    "vpc_id": "vpc-0a1b2c3d",
    "private_subnet_ids": [f"subnet-0a1b2c3{n}" for n in range(3)],
    "cidr": "10.1.0.0/16",
}


class Files:
    """Environment files in a directory, and what a check of them says."""

    def __init__(self, directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._directory, self._capsys = directory, capsys

    def write(self, name: str, changes: Mapping[str, Any] | None = None) -> str:
        path = self._directory / f"{name}.yaml"
        path.write_text(text(dict(changes or {})))
        return str(path)

    def lines(self, *files: str) -> list[str]:
        """What people read; none for files that go together."""
        code = check(files, as_json=False)
        said = self._capsys.readouterr()
        assert (code, said.out == "") in ((0, False), (2, True))
        return said.err.splitlines()

    def collisions(self, *files: str) -> list[dict[str, Any]]:
        """What machines read."""
        code = check(files, as_json=True)
        answer = json.loads(self._capsys.readouterr().out)
        assert code == (0 if answer["valid"] else 2)
        return list(answer.get("problems", []))

    def names(self, *files: str) -> set[tuple[str, str]]:
        return {(one["kind"], one["name"]) for one in self.collisions(*files)}


@pytest.fixture
def files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Files:
    return Files(tmp_path, capsys)


def test_two_projects_on_one_cluster_are_told_what_they_would_both_create(files: Files) -> None:
    orders, billing = files.write("orders"), files.write("billing", {"project": "billing"})
    found = files.names(orders, billing)
    assert {kind for kind, _ in found} == {
        *("aws_cloudwatch_log_group", "aws_iam_openid_connect_provider"),
        *("helm_release", "kubernetes_namespace_v1"),
    }
    assert ("kubernetes_namespace_v1", "mirrormaker2") in found
    assert {name for kind, name in found if kind == "helm_release"} == {
        *("kube-system/cluster-autoscaler", "kube-system/metrics-server"),
    }
    insights = {name for kind, name in found if kind == "aws_cloudwatch_log_group"}
    assert len(insights) == 8
    assert all(name.startswith("/aws/containerinsights/") for name in insights)


def test_both_places_and_what_to_write_are_named(files: Files) -> None:
    orders, billing = files.write("orders"), files.write("billing", {"project": "billing"})
    for one in files.collisions(orders, billing):
        assert one["file"] == orders and one["other"]["file"] == billing
        assert one["line"] > 1 and one["other"]["line"] > 1
        assert one["allowed"] and one["found"] == one["name"]
    (line,) = [
        line for line in files.lines(orders, billing) if "Kubernetes namespace" in line and EAST in line
    ]
    assert line.startswith(f"{orders}:")
    assert f"mirrormaker2 is also created by {billing}:" in line
    assert "EKS cluster eks-0 in us-east-1 of account 123456789012" in line
    assert line.endswith("allowed: a namespace of its own")


def test_the_second_environment_as_it_must_be_written_collides_with_nothing(files: Files) -> None:
    assert files.lines(files.write("orders"), files.write("billing", GUEST)) == []
    other = {**GUEST, "project": "orders", "environment": "other"}
    assert files.lines(files.write("orders"), files.write("other", other)) == []


@pytest.mark.parametrize(
    ("changes", "collide"),
    [
        ({"account": "210987654321"}, False),
        ({"project": "billing", "regions/us-east-1/eks/cluster_name": "other"}, True),
        ({"project": "billing", "regions/us-west-2": third_region()}, True),
    ],
    ids=["another-account", "one-cluster-shared", "one-region-shared"],
)
def test_only_what_is_shared_collides(files: Files, changes: dict[str, Any], collide: bool) -> None:
    if "regions/us-west-2" in changes:
        region = changes.pop("regions/us-west-2")
        changes |= {"regions/eu-west-1": region, "flows/0/regions": [EAST, "eu-west-1"]}
        changes["regions/us-west-2/eks/owns_cluster_services"] = False
    found = files.collisions(files.write("one"), files.write("other", changes))
    assert bool(found) == collide
    if "regions/us-east-1/eks/cluster_name" in changes:
        assert not [one for one in found if one["kind"] == "helm_release" and EAST in one["scope"]]


def test_projects_and_environments_that_make_the_same_prefix_collide_in_every_name(files: Files) -> None:
    one = files.write("one", {"project": "a-b", "environment": "c"})
    apart = {**GUEST, "project": "a", "environment": "b-c"}
    found = files.collisions(one, files.write("other", apart))
    kinds = {entry["kind"] for entry in found}
    assert kinds >= {
        *("aws_s3_bucket", "aws_iam_role", "aws_iam_policy", "aws_kms_alias", "aws_msk_cluster"),
        *("aws_msk_configuration", "aws_cloudwatch_metric_alarm", "aws_cloudwatch_dashboard"),
        *("aws_cloudwatch_log_group", "aws_sns_topic", "helm_release", "kubernetes_priority_class_v1"),
    }
    assert {entry["path"] for entry in found} == {"environment"}
    assert "another <project>-<environment>" in found[0]["allowed"]


def test_names_that_a_file_gives_are_compared_too(files: Files) -> None:
    named = {
        "kafka/cluster_name": "shared",
        "state/bucket_prefix": "company-state",
        "kafka/authentication": {"scram": True},
    }
    found = files.collisions(files.write("one", named), files.write("other", {**named, **GUEST}))
    assert {(one["kind"], one["path"]) for one in found} == {
        ("aws_msk_cluster", "kafka.cluster_name"),
        ("aws_msk_configuration", "kafka.cluster_name"),
        ("aws_s3_bucket", "state.bucket_prefix"),
    }


def test_security_groups_collide_within_one_vpc_only(files: Files) -> None:
    def write(name: str, vpc: str, project: str, environment: str) -> str:
        network = {**VPC, "vpc_id": vpc}
        names = {"project": project, "environment": environment}
        routed = {f"regions/{WEST}/network/routed_by": "vpn"}
        return files.write(name, {**GUEST, **routed, f"regions/{EAST}/network": network, **names})

    one = write("one", "vpc-0a1b2c3d", "a-b", "c")
    same, other = write("same", "vpc-0a1b2c3d", "a", "b-c"), write("other", "vpc-0a1b2c3e", "a", "b-c")
    assert ("aws_security_group", "a-b-c-msk") in files.names(one, same)
    assert "aws_security_group" not in {kind for kind, _ in files.names(one, other)}


def test_every_pair_of_several_files_is_compared(files: Files) -> None:
    orders, billing = files.write("orders"), files.write("billing", GUEST)
    third = files.write("third", {**GUEST, "project": "third"})  # in the namespace of billing
    found = files.collisions(orders, billing, third)
    assert {(one["kind"], one["file"], one["other"]["file"]) for one in found} == {
        ("kubernetes_namespace_v1", billing, third)
    }


def test_the_same_environment_among_several_files_is_named(files: Files) -> None:
    orders, billing = files.write("orders"), files.write("billing", GUEST)
    again = files.write("again", {"kafka/version": "4.0.x.kraft"})
    (line,) = [one for one in files.lines(orders, billing, again) if "same environment" in one]
    assert line.startswith(f"{again}:") and f"is the same environment as {orders}" in line


def test_mistakes_of_all_files_come_before_any_comparison(files: Files) -> None:
    one = files.write("one", {"project": "Orders"})
    other = files.write("other", {"environment": "Test"})
    lines = files.lines(one, other)
    assert [line.partition(":")[0] for line in lines] == [one, other]
