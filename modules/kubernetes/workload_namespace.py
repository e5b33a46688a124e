"""The namespace of the workload and the priority of its pods."""

from __future__ import annotations

from cdktf_cdktf_provider_kubernetes.namespace_v1 import NamespaceV1, NamespaceV1Metadata
from cdktf_cdktf_provider_kubernetes.priority_class_v1 import PriorityClassV1, PriorityClassV1Metadata
from constructs import Construct

__all__ = ["WorkloadNamespace"]

LEVEL = "restricted"
PRIORITY = 1000
"""Above the pods that name no class (0), far below those of the cluster itself (2,000,000,000)."""


class WorkloadNamespace(Construct):
    """A namespace that admits restricted pods only (Kubernetes, "Pod Security Standards"), and a priority
    class; its name must be the environment's own, because classes belong to the whole cluster."""

    name: str
    resource: NamespaceV1
    priority_class: PriorityClassV1
    priority_class_name: str

    def __init__(
        self, scope: Construct, id_: str, *, name: str, priority_class: str, labels: dict[str, str]
    ) -> None:
        super().__init__(scope, id_)
        self.name, self.priority_class_name = name, priority_class
        self.resource = NamespaceV1(
            self,
            "Default",
            metadata=NamespaceV1Metadata(
                name=name,
                labels=labels
                | {f"pod-security.kubernetes.io/{mode}": LEVEL for mode in ("enforce", "audit", "warn")},
            ),
        )
        self.priority_class = PriorityClassV1(
            self,
            "priority",
            metadata=PriorityClassV1Metadata(name=priority_class, labels=labels),
            value=PRIORITY,
            description="MirrorMaker 2 goes before pods that name no priority.",
        )
