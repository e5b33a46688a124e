"""Command lines and configuration files of what a cluster consists of.

Flags that are not the documented defaults say why. Figures of the control loops are smaller than a real
cluster's, so that a test sees in seconds what takes minutes there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from image import PAUSE
from localcloud.kubernetes.layout import API_PORT, CLUSTER_DOMAIN, DNS_HEALTH_PORT, NODE, Certificates, Layout

__all__ = ["Component", "components", "write_configuration"]

CLIENT_PORT, PEER_PORT = 2379, 2380
CNI_PLUGINS = Path("/usr/lib/cni")
"""Where Debian's containernetworking-plugins are."""
ISSUER = "https://kubernetes.default.svc"


@dataclass(frozen=True)
class Component:
    """A program of the cluster; `mounts`: it makes mounts that must not outlive it (see private_mounts)."""

    name: str
    arguments: tuple[str, ...]
    mounts: bool = False


def components(layout: Layout, certificates: Certificates) -> dict[str, Component]:
    """By name, in the order in which they can start."""
    made = (
        _etcd(layout),
        Component("containerd", ("--config", str(layout.state / "containerd.toml")), mounts=True),
        _api_server(layout, certificates),
        _controller_manager(layout, certificates),
        _scheduler(layout),
        Component("kube-proxy", (f"--config={layout.state / 'kube-proxy.yaml'}",)),
        Component(
            "kubelet",
            (
                f"--config={layout.state / 'kubelet.yaml'}",
                f"--kubeconfig={layout.kubeconfig('kubelet')}",
                f"--root-dir={layout.state / 'kubelet'}",
                f"--hostname-override={NODE}",
                f"--node-ip={layout.address}",
            ),
            mounts=True,
        ),
        Component("coredns", ("-conf", str(layout.state / "Corefile"))),
        _metrics_server(layout, certificates),
    )
    return {one.name: one for one in made}


def write_configuration(layout: Layout, certificates: Certificates) -> None:
    """Every file that the command lines name."""
    for user, pair in certificates.users.items():
        _write_kubeconfig(layout, certificates, user, pair.certificate, pair.key)
    (layout.state / "resolv.conf").write_text("# pods ask the cluster's DNS; the node asks nobody\n")
    (layout.state / "kubelet.yaml").write_text(yaml.safe_dump(_kubelet(layout, certificates)))
    (layout.state / "kube-proxy.yaml").write_text(yaml.safe_dump(_proxy(layout)))
    (layout.state / "containerd.toml").write_text(_containerd(layout))
    (layout.state / "Corefile").write_text(_corefile(layout))
    networks = layout.state / "cni"
    networks.mkdir(exist_ok=True)
    (networks / "10-pods.conflist").write_text(json.dumps(_pod_network(layout)))


def _etcd(layout: Layout) -> Component:
    client, peer = f"http://127.0.0.1:{CLIENT_PORT}", f"http://127.0.0.1:{PEER_PORT}"
    return Component(
        "etcd",
        (
            f"--data-dir={layout.state / 'etcd'}",
            "--unsafe-no-fsync",  # a cluster that does not outlive its machine needs no disk
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=default={peer}",
            "--log-level=warn",
        ),
    )


def _api_server(layout: Layout, certificates: Certificates) -> Component:
    front, accounts = certificates.front_client, certificates.service_accounts
    return Component(
        "kube-apiserver",
        (
            f"--etcd-servers=http://127.0.0.1:{CLIENT_PORT}",
            f"--bind-address={layout.address}",
            f"--advertise-address={layout.address}",
            f"--secure-port={API_PORT}",
            f"--tls-cert-file={certificates.api_server.certificate}",
            f"--tls-private-key-file={certificates.api_server.key}",
            f"--client-ca-file={certificates.authority.certificate}",
            "--authorization-mode=Node,RBAC",
            "--enable-admission-plugins=NodeRestriction",
            "--anonymous-auth=false",
            "--allow-privileged=false",
            f"--service-cluster-ip-range={layout.ranges.services}",
            f"--service-account-issuer={ISSUER}",
            f"--api-audiences={ISSUER}",
            f"--service-account-key-file={accounts.certificate}",
            f"--service-account-signing-key-file={accounts.key}",
            f"--kubelet-client-certificate={certificates.kubelet_client.certificate}",
            f"--kubelet-client-key={certificates.kubelet_client.key}",
            f"--kubelet-certificate-authority={certificates.authority.certificate}",
            "--kubelet-preferred-address-types=InternalIP",
            # aggregation, for metrics.k8s.io
            f"--requestheader-client-ca-file={certificates.front_authority.certificate}",
            "--requestheader-allowed-names=front-proxy-client",
            "--requestheader-username-headers=X-Remote-User",
            "--requestheader-group-headers=X-Remote-Group",
            "--requestheader-extra-headers-prefix=X-Remote-Extra-",
            f"--proxy-client-cert-file={front.certificate}",
            f"--proxy-client-key-file={front.key}",
            "--enable-aggregator-routing=true",
        ),
    )


def _controller_manager(layout: Layout, certificates: Certificates) -> Component:
    config = layout.kubeconfig("kube-controller-manager")
    return Component(
        "kube-controller-manager",
        (
            *_with_kubeconfig(config),
            "--bind-address=127.0.0.1",
            "--leader-elect=false",
            "--use-service-account-credentials=true",
            f"--service-account-private-key-file={certificates.service_accounts.key}",
            f"--root-ca-file={certificates.authority.certificate}",
            f"--cluster-signing-cert-file={certificates.authority.certificate}",
            f"--cluster-signing-key-file={certificates.authority.key}",
            "--horizontal-pod-autoscaler-sync-period=5s",
            # JVMs that start take a core: what they use in their first minute is no reason for more of them
            "--horizontal-pod-autoscaler-cpu-initialization-period=1m",
            "--node-monitor-period=2s",
        ),
    )


def _scheduler(layout: Layout) -> Component:
    flags = _with_kubeconfig(layout.kubeconfig("kube-scheduler"))
    return Component("kube-scheduler", (*flags, "--bind-address=127.0.0.1", "--leader-elect=false"))


def _metrics_server(layout: Layout, certificates: Certificates) -> Component:
    return Component(
        "metrics-server",
        (
            f"--kubeconfig={layout.kubeconfig('metrics-server')}",
            f"--bind-address={layout.address}",
            f"--cert-dir={layout.state / 'metrics-server'}",
            f"--kubelet-certificate-authority={certificates.authority.certificate}",
        ),
    )


def _with_kubeconfig(path: Path) -> tuple[str, ...]:
    kinds = ("kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig")
    return tuple(f"--{kind}={path}" for kind in kinds)


def _write_kubeconfig(
    layout: Layout, certificates: Certificates, user: str, certificate: Path, key: Path
) -> None:
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "local",
        "clusters": [
            {
                "name": "local",
                "cluster": {
                    "server": layout.api,
                    "certificate-authority": str(certificates.authority.certificate),
                },
            }
        ],
        "contexts": [{"name": "local", "context": {"cluster": "local", "user": user}}],
        "users": [{"name": user, "user": {"client-certificate": str(certificate), "client-key": str(key)}}],
    }
    layout.kubeconfig(user).write_text(yaml.safe_dump(content))


def _kubelet(layout: Layout, certificates: Certificates) -> dict[str, Any]:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": layout.address,
        "healthzBindAddress": "127.0.0.1",
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(certificates.authority.certificate)},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": str(certificates.kubelet_server.certificate),
        "tlsPrivateKeyFile": str(certificates.kubelet_server.key),
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{layout.group}",
        "containerRuntimeEndpoint": f"unix://{layout.containerd_socket}",
        "clusterDNS": [layout.dns_address],
        "clusterDomain": CLUSTER_DOMAIN,
        "resolvConf": str(layout.state / "resolv.conf"),
        "podLogsDir": str(layout.logs / "pods"),
        "volumePluginDir": str(layout.state / "volume-plugins"),
        "failSwapOn": False,
        # the images are imported, and there is no registry to get them from again
        "imageGCHighThresholdPercent": 100,
        "evictionHard": {"memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
        "nodeStatusUpdateFrequency": "4s",
        "syncFrequency": "10s",
    }


def _proxy(layout: Layout) -> dict[str, Any]:
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "iptables",
        "bindAddress": layout.address,
        "healthzBindAddress": "127.0.0.1:10256",
        "metricsBindAddress": "127.0.0.1:10249",
        "clusterCIDR": str(layout.ranges.pods),
        "hostnameOverride": NODE,
        "clientConnection": {"kubeconfig": str(layout.kubeconfig("kube-proxy"))},
        # these sysctls belong to the whole machine
        "conntrack": {"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
    }


def _containerd(layout: Layout) -> str:
    return f"""version = 2
root = "{layout.state / "containerd"}"
state = "{layout.state / "run"}"
[grpc]
  address = "{layout.containerd_socket}"
[plugins."io.containerd.internal.v1.opt"]
  path = "{layout.state / "opt"}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{PAUSE}"
  netns_mounts_under_state_dir = true
  disable_apparmor = true
  # without it runc dies where a process may not lower its own OOM score
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "{CNI_PLUGINS}"
    conf_dir = "{layout.state / "cni"}"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
        Root = "{layout.state / "runc"}"
"""


def _corefile(layout: Layout) -> str:
    return f"""{CLUSTER_DOMAIN}:53 {{
    errors
    ready {layout.address}:{DNS_HEALTH_PORT}
    kubernetes {CLUSTER_DOMAIN} {{
        kubeconfig {layout.kubeconfig("coredns")} local
    }}
}}
"""


def _pod_network(layout: Layout) -> dict[str, Any]:
    ranges = [[{"subnet": str(layout.ranges.pods)}]]
    return {
        "cniVersion": "0.4.0",
        "name": "pods",
        "plugins": [
            {
                "type": "bridge",
                "bridge": "cni0",
                "isGateway": True,
                "ipMasq": False,  # regions and the host have routes to the pods' range
                "hairpinMode": True,
                "ipam": {
                    "type": "host-local",
                    "dataDir": str(layout.state / "pod-addresses"),
                    "ranges": ranges,
                    "routes": [{"dst": "0.0.0.0/0"}],
                },
            },
            {"type": "portmap", "capabilities": {"portMappings": True}},
        ],
    }
