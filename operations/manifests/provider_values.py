"""What the kubernetes provider does that no type tells. Each line is from its source, version 2.38.0.

Arguments that were not set are zero for the provider's SDK: booleans of a block that is there go to the API
as false, which is derived and not listed; empty texts are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["DEFAULTS", "META_ARGUMENTS", "is_of_terraform", "number_base"]

META_ARGUMENTS: Final = frozenset({"//", "depends_on", "lifecycle", "provider"})
"""Of any resource: when and by whom it is made, not what."""

DEFAULTS: Final[Mapping[str, Mapping[str, Any]]] = {
    # schema_container.go: securityContextSchema, seccompProfileField, volumeMountFields, resource_field_ref
    "SecurityContext": {"allowPrivilegeEscalation": True},
    "SeccompProfile": {"type": "Unconfined"},
    "VolumeMount": {"mountPropagation": "None"},
    "ResourceFieldSelector": {"divisor": "1"},
    # schema_pod_spec.go: podSpecFields
    "PodSpec": {"automountServiceAccountToken": True, "enableServiceLinks": True},
    "Toleration": {"operator": "Equal"},
    "TopologySpreadConstraint": {"maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule"},
    # resource_kubernetes_service_account_v1.go
    "ServiceAccount": {"automountServiceAccountToken": True},
    # schema_rbac.go: rbacSubjectSchema
    "Subject": {"namespace": "default"},
    # structure_horizontal_pod_autoscaler_v2.go: expandV2ScalingRules sends pointers to what was not set, so
    # that 0 replaces the API's 300 s for scaling down
    "HPAScalingRules": {"stabilizationWindowSeconds": 0, "selectPolicy": ""},
    # resource_kubernetes_service_v1.go
    "ServiceSpec": {"allocateLoadBalancerNodePorts": True},
}
"""Values of arguments that were not set, by type and field of the API; only those that the API itself would
not choose."""

OCTAL: Final = frozenset({"mode", "defaultMode"})  # structures_pod.go: strconv.ParseInt(mode, 8, 32)


def is_of_terraform(argument: str) -> bool:
    """Whether an argument of a resource is about Terraform's work and never sent: `wait_for_rollout`."""
    return argument in {"id", "timeouts"} or argument.startswith("wait_")


def number_base(field: str) -> int:
    """The base in which the provider reads a number that was given as text."""
    return 8 if field in OCTAL else 10
