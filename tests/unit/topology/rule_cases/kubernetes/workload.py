"""Mistakes about the workers, which topology/rules/kubernetes/workload.py refuses."""

from __future__ import annotations

from typing import Final

from tests.unit.topology.environments import DELETE
from tests.unit.topology.rule_cases.case import Case

__all__ = ["CASES"]

CASES: Final = (
    Case(
        "heap-fits-the-limit",
        {"mirrormaker/heap": {"max_mib": 4000}},
        "mirrormaker.heap.max_mib",
        "are more than resources.memory_limit_mib (4096)",
        "at most 3840",
    ),
    Case(
        "heap-leaves-the-autoscaler-free",
        {"mirrormaker/heap": {"max_mib": 3072}},
        "mirrormaker.heap.max_mib",
        "it would stay at 6 replicas for ever",
        "at most 1382",
    ),
    Case(
        "heap-leaves-the-autoscaler-free",
        {"mirrormaker/heap": {"initial_mib": 1024}},
        "mirrormaker.heap.initial_mib",
        "below which the autoscaler comes back to 2 replicas",
    ),
    Case(
        "bounds-are-in-order",
        {"mirrormaker/replicas": {"min": 7}},
        "mirrormaker.replicas.min",
        "is more than max (6)",
    ),
    Case(
        "bounds-are-in-order",
        {"mirrormaker/operations": {"memory_request_mib": 512}},
        "mirrormaker.operations.memory_request_mib",
        "is more than memory_limit_mib (256)",
    ),
    Case(
        "tolerations-are-ones-that-kubernetes-takes",
        {"mirrormaker/tolerations": [{"key": "spot", "operator": "Exists", "value": "true"}]},
        "mirrormaker.tolerations[0].value",
        "does not go with Exists",
    ),
    Case(
        "tolerations-are-ones-that-kubernetes-takes",
        {"mirrormaker/tolerations": [{"effect": "NoSchedule"}]},
        "mirrormaker.tolerations[0]",
        "has no key",
    ),
    Case(
        "service-accounts-are-told-apart",
        {"mirrormaker/service_account": "mirrormaker2-operations"},
        "mirrormaker.service_account",
        "is that of another role (system:serviceaccount:mirrormaker2:mirrormaker2-operations)",
    ),
    Case(
        "connects-topics-are-three",
        {"mirrormaker/connect": {"offset_topic": "store", "status_topic": "store"}},
        "mirrormaker.connect.status_topic",
        "is the offset topic already",
    ),
    Case(
        "images-are-named",
        {"mirrormaker/image": {"repository": "connect"}},
        "mirrormaker.image",
        "has neither tag nor digest",
    ),
    Case(
        "images-by-digest-in-production",
        {"mirrormaker/image": {"repository": "connect", "tag": "4.1.1"}},
        "mirrormaker.image",
        "is named by a tag, in an environment of stage production",
    ),
    Case(
        "images-by-digest-in-production",
        {"mirrormaker/operations": DELETE},
        "mirrormaker.operations.image",
        "is named by a tag, in an environment of stage production",
    ),
    Case(
        "two-workers-at-least-in-production",
        {"mirrormaker/replicas": {"min": 1}},
        "mirrormaker.replicas.min",
        "is too few for stage production",
    ),
)
