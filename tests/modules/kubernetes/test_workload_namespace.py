"""WorkloadNamespace: namespace and priority class."""

from __future__ import annotations

from tests.modules.kubernetes.workload import namespace
from tests.modules.synthesized import part, synthesized
from tests.synth.stack_json import resource


def test_the_namespace_enforces_audits_and_warns_at_level_restricted() -> None:
    found = resource(synthesized(namespace), "kubernetes_namespace_v1", "namespace")
    assert found["metadata"] == {
        "name": "mm2",
        "labels": {
            "part-of": "orders",
            "pod-security.kubernetes.io/enforce": "restricted",
            "pod-security.kubernetes.io/audit": "restricted",
            "pod-security.kubernetes.io/warn": "restricted",
        },
    }


def test_the_priority_class_is_above_zero_and_not_the_default() -> None:
    priority = resource(synthesized(namespace), "kubernetes_priority_class_v1", "namespace_priority")
    assert part(priority, "metadata", "value", "global_default") == {
        "metadata": {"name": "orders-test", "labels": {"part-of": "orders"}},
        "value": 1000,
    }
