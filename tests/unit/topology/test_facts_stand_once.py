"""A fact that several modules need is written in one of them. Comments and docstrings may name it again."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ("topology", "modules", "stacks", "operations", "image", "localcloud")


@cache
def constants() -> tuple[tuple[str, object], ...]:
    """File and value of every literal in the code: of f-strings their fixed parts, of text none that is only
    documentation."""
    found: list[tuple[str, object]] = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            name = path.relative_to(ROOT).as_posix()
            found += [
                (name, node.value)
                for node in ast.walk(tree)
                if isinstance(node, ast.Constant) and id(node) not in told
            ]
    return tuple(found)


def places(fact: str | int) -> Iterator[str]:
    """Files with a number as such, or with a text as a part of a literal."""
    for name, value in constants():
        if (isinstance(fact, str) and isinstance(value, str) and fact in value) or (
            isinstance(fact, int) and not isinstance(value, bool) and value == fact
        ):
            yield name


@pytest.mark.parametrize(
    ("fact", "place"),
    [
        (
            "org.apache.kafka.connect.mirror.",
            "localcloud/workers/dedicated.py",
        ),  # MirrorMaker's own main class
        ("DefaultReplicationPolicy", "topology/replication/mirrormaker_names.py"),
        ("IdentityReplicationPolicy", "topology/replication/mirrormaker_names.py"),
        ("DefaultTopicFilter", "topology/replication/mirrormaker_names.py"),
        ("mm2*.internal", "topology/replication/mirrormaker_names.py"),
        ("mm2-offset-syncs.", "topology/replication/mirrormaker_names.py"),
        ("2012-10-17", "topology/aws/policy_language.py"),
        ("eks.amazonaws.com/role-arn", "topology/iam/subjects.py"),
        (8083, "topology/kubernetes/workload.py"),
        (9098, "topology/network/addresses.py"),
        (9096, "topology/network/addresses.py"),
        (9094, "topology/network/addresses.py"),
    ],
)
def test_a_fact_is_written_in_one_place(fact: str | int, place: str) -> None:
    found = {name for name in places(fact) if "needs" not in name}  # the tables of permissions cite Kafka
    assert found == {place}


def test_code_of_production_knows_the_dns_suffix_from_one_table() -> None:
    known = {
        "topology/aws/arns.py",
        "topology/iam/subjects.py",  # an annotation's name, the same in every partition
        "topology/kubernetes/pods.py",  # a path in the pod
    }
    found = {name for name in places("amazonaws.com") if not name.startswith("localcloud/")}
    assert found == known


def test_https_is_a_number_in_one_module() -> None:
    found = {name for name in places(443) if not name.startswith("localcloud/")}
    assert found == {"topology/network/addresses.py"}


def test_the_platforms_namespace_is_named_once() -> None:
    found = {name for name in places("kube-system") if not name.startswith("localcloud/")}
    assert found == {"topology/iam/subjects.py"}
