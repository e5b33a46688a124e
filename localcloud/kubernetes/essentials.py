"""API objects that a cluster has before anything is deployed: DNS and resource metrics.

Both run beside the API server and not as pods, so that there is nothing to schedule, pull or restart.
"""

from __future__ import annotations

from typing import Any

from localcloud.kubernetes.layout import METRICS_SERVER_PORT, Layout

__all__ = ["essentials"]

RBAC = "rbac.authorization.k8s.io"
SYSTEM = "kube-system"


def essentials(layout: Layout) -> list[dict[str, Any]]:
    """Roles of CoreDNS and metrics-server, their Services, and where metrics.k8s.io is served."""
    return [
        *_cluster_role(
            "coredns",
            {"apiGroups": [""], "resources": ["endpoints", "services", "pods", "namespaces"]},
            {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"]},
        ),
        *_cluster_role(
            "metrics-server",
            {"apiGroups": [""], "resources": ["pods", "nodes", "nodes/metrics"]},
        ),
        _binding("metrics-server", "metrics-server-delegator", "ClusterRole", "system:auth-delegator"),
        _binding(
            "metrics-server",
            "metrics-server-reader",
            "Role",
            "extension-apiserver-authentication-reader",
            SYSTEM,
        ),
        *_service(layout, "kube-dns", layout.dns_address, ("dns", 53, 53, "UDP"), ("dns-tcp", 53, 53, "TCP")),
        *_service(layout, "metrics-server", None, ("https", 443, METRICS_SERVER_PORT, "TCP")),
        {
            "apiVersion": "apiregistration.k8s.io/v1",
            "kind": "APIService",
            "metadata": {"name": "v1beta1.metrics.k8s.io"},
            "spec": {
                "group": "metrics.k8s.io",
                "version": "v1beta1",
                "groupPriorityMinimum": 100,
                "versionPriority": 100,
                "insecureSkipTLSVerify": True,
                "service": {"name": "metrics-server", "namespace": SYSTEM, "port": 443},
            },
        },
    ]


def _cluster_role(user: str, *rules: dict[str, Any]) -> list[dict[str, Any]]:
    role = {
        "apiVersion": f"{RBAC}/v1",
        "kind": "ClusterRole",
        "metadata": {"name": user},
        "rules": [rule | {"verbs": ["get", "list", "watch"]} for rule in rules],
    }
    return [role, _binding(user, user, "ClusterRole", user)]


def _binding(user: str, name: str, role_kind: str, role: str, namespace: str = "") -> dict[str, Any]:
    """Of a role to a user; of a ClusterRole for the whole cluster."""
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": "RoleBinding" if namespace else "ClusterRoleBinding",
        "metadata": {"name": name} | ({"namespace": namespace} if namespace else {}),
        "roleRef": {"apiGroup": RBAC, "kind": role_kind, "name": role},
        "subjects": [{"kind": "User", "name": user, "apiGroup": RBAC}],
    }


def _service(
    layout: Layout, name: str, address: str | None, *ports: tuple[str, int, int, str]
) -> list[dict[str, Any]]:
    """A Service without a selector, and the node's address as what stands behind it."""
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": SYSTEM},
        "spec": {
            "ports": [
                {"name": port, "port": outside, "targetPort": inside, "protocol": protocol}
                for port, outside, inside, protocol in ports
            ]
        }
        | ({"clusterIP": address} if address else {}),
    }
    # Endpoints and not an EndpointSlice: the aggregator of 1.33 knows only those; the controller manager
    # mirrors them into a slice for kube-proxy
    behind = {
        "apiVersion": "v1",
        "kind": "Endpoints",
        "metadata": {"name": name, "namespace": SYSTEM},
        "subsets": [
            {
                "addresses": [{"ip": layout.address}],
                "ports": [
                    {"name": port, "port": inside, "protocol": protocol}
                    for port, _, inside, protocol in ports
                ],
            }
        ],
    }
    return [service, behind]
