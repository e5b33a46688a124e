"""Where the parts of a local cluster are: addresses, ranges, files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from localcloud.kubernetes.certificates import Authority, KeyPair, service_account_keys
from localcloud.kubernetes.leftovers import CERTIFICATES
from localcloud.kubernetes.network import Ranges

__all__ = [
    "API_PORT",
    "CLUSTER_DOMAIN",
    "DNS_HEALTH_PORT",
    "METRICS_SERVER_PORT",
    "NODE",
    "Certificates",
    "Layout",
]

API_PORT = 6443
METRICS_SERVER_PORT = 4443
DNS_HEALTH_PORT = 8181
NODE = "node1"
CLUSTER_DOMAIN = "cluster.local"
DNS_HOST = 10
"""The cluster's DNS is the tenth address of the service range, as kubeadm and EKS have it."""


@dataclass(frozen=True)
class Layout:
    """One cluster: `address` of the node in its region's network; `state` is removed with the cluster, `logs`
    stays."""

    address: str
    ranges: Ranges
    binaries: Path
    state: Path
    logs: Path

    @property
    def group(self) -> str:
        """Name of its control groups: that of its state directory, so that the one finds the other."""
        return self.state.name

    @property
    def api(self) -> str:
        """URL of the API server."""
        return f"https://{self.address}:{API_PORT}"

    @property
    def containerd_socket(self) -> Path:
        return self.state / "containerd.sock"

    @property
    def dns_address(self) -> str:
        return str(self.ranges.services[DNS_HOST])

    def kubeconfig(self, user: str) -> Path:
        """Where the kubeconfig of a user is."""
        return self.state / f"{user}.kubeconfig"


@dataclass(frozen=True)
class Certificates:
    """Every certificate of a cluster, as files."""

    authority: KeyPair
    api_server: KeyPair
    kubelet_server: KeyPair
    kubelet_client: KeyPair
    front_authority: KeyPair
    front_client: KeyPair
    service_accounts: KeyPair
    users: dict[str, KeyPair]
    """By the name of their kubeconfig."""

    @classmethod
    def make(cls, layout: Layout) -> Certificates:
        """Issue them all into the cluster's state directory."""
        directory = layout.state / CERTIFICATES
        authority, front = Authority(directory, "authority"), Authority(directory, "front-proxy-authority")
        api_names = ("kubernetes", "kubernetes.default", "kubernetes.default.svc", "localhost", "127.0.0.1")
        users = {
            "admin": ("admin", ("system:masters",)),
            "kube-controller-manager": ("system:kube-controller-manager", ()),
            "kube-scheduler": ("system:kube-scheduler", ()),
            "kube-proxy": ("system:kube-proxy", ("system:node-proxier",)),
            "kubelet": (f"system:node:{NODE}", ("system:nodes",)),
            "metrics-server": ("metrics-server", ()),
            "coredns": ("coredns", ()),
        }
        return cls(
            authority=authority.files,
            api_server=authority.server(
                "kube-apiserver", layout.address, str(layout.ranges.services[1]), *api_names
            ),
            kubelet_server=authority.server("kubelet-server", NODE, layout.address),
            kubelet_client=authority.client("kubelet-client", "kube-apiserver", ("system:masters",)),
            front_authority=front.files,
            front_client=front.client("front-proxy-client", "front-proxy-client"),
            service_accounts=service_account_keys(directory),
            users={file: authority.client(file, *who) for file, who in users.items()},
        )
