"""A running cluster of one node; all of it ends with `stop`, with its WAN, or with `make cluster-down`."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from image import BuiltImage, build_pause
from localcloud.kubernetes import private_mounts
from localcloud.kubernetes.cgroups import end_pods, make_groups
from localcloud.kubernetes.components import Component, components, write_configuration
from localcloud.kubernetes.essentials import essentials
from localcloud.kubernetes.kubectl import Kubectl, KubectlError
from localcloud.kubernetes.layout import DNS_HEALTH_PORT, NODE, Certificates, Layout
from localcloud.kubernetes.leftovers import STATE_VARIABLE, remove, remove_left_over, state_directory
from localcloud.kubernetes.network import connect_pods, free_ranges
from localcloud.server_process import ServerProcess, ServerProcessError
from localcloud.wan import Wan
from operations.kubernetes.api import KubernetesApi

__all__ = ["BINARIES_VARIABLE", "ClusterStartError", "KubernetesCluster"]

BINARIES_VARIABLE = "MSK_MIRROR_KUBERNETES"
"""Directory of kube-apiserver, kubelet, etcd and the others (toolchain/needs/kubernetes.py)."""

AUTHENTICATION = "extension-apiserver-authentication"
METRICS_API = "/apis/metrics.k8s.io/v1beta1"

START_SECONDS = 120.0
STOP_SECONDS = 10.0


class ClusterStartError(RuntimeError):
    """A cluster cannot be had as things are; the text says what is missing or which program has ended."""


@dataclass
class KubernetesCluster:
    """Start it with `Cluster.start`."""

    wan: Wan
    region: str
    layout: Layout
    certificates: Certificates
    _components: dict[str, Component] = field(repr=False)
    _running: dict[str, ServerProcess] = field(default_factory=dict, repr=False)

    @classmethod
    def start(
        cls,
        wan: Wan,
        region: str,
        logs: Path,
        on_step: Callable[[str], None] = lambda _: None,
    ) -> Self:
        """A cluster in the region's namespace, its node Ready, DNS and resource metrics answering.

        Raises ClusterStartError; what was started until then is stopped.
        """
        began = time.monotonic()
        remove_left_over()
        layout = _layout(wan, region, logs)
        certificates = Certificates.make(layout)
        write_configuration(layout, certificates)
        cluster = cls(wan, region, layout, certificates, components(layout, certificates))
        try:
            connect_pods(wan, region, layout.ranges)
            make_groups(layout.group)
            cluster._start_all()
        except (OSError, ServerProcessError, KubectlError, subprocess.SubprocessError) as error:
            cluster.stop()
            raise ClusterStartError(
                f"the cluster of {region} does not start: {error}\n(logs: {logs})"
            ) from error
        except BaseException:
            cluster.stop()
            raise
        on_step(f"Kubernetes of {region}: node Ready after {time.monotonic() - began:.0f} s, {layout.api}")
        return cluster

    @property
    def kubeconfig(self) -> Path:
        """Of a user who may do everything."""
        return self.layout.kubeconfig("admin")

    @property
    def kubectl(self) -> Kubectl:
        """kubectl as that user."""
        return Kubectl(str(self.layout.binaries / "kubectl"), self.kubeconfig)

    def api(self, namespace: str) -> KubernetesApi:
        """The API server for operations, as that user: by certificate in place of a token."""
        admin = self.certificates.users["admin"]
        verify = ssl.create_default_context(cafile=str(self.certificates.authority.certificate))
        verify.load_cert_chain(admin.certificate, admin.key)
        return KubernetesApi(self.layout.api, namespace, lambda: "unused", verify)

    def import_images(self, images: Sequence[BuiltImage]) -> None:
        """Give images to the node. Raises ClusterStartError."""
        for image in images:
            self._ctr("images", "import", str(image.archive))

    def tag_image(self, reference: str, other: str) -> None:
        """Give an image of the node a second name. Raises ClusterStartError."""
        self._ctr("images", "tag", "--force", reference, other)

    def restart(self, name: str, kill: bool = False) -> None:
        """Stop one program (`kill`: without warning) and start it again; pods go on meanwhile."""
        if kill:
            self._running[name].kill()
        self._running[name].stop(STOP_SECONDS)
        self._running[name].start_again()

    def wait_ready(self, seconds: float = START_SECONDS) -> None:
        """Wait until API server, node, DNS and resource metrics answer. Raises ServerProcessError."""
        self._running["kube-apiserver"].wait_until(self._api_ready, seconds)
        self._running["kubelet"].wait_until(self._node_ready, seconds)
        self._running["coredns"].wait_until(self._dns_ready, seconds)
        self._running["metrics-server"].wait_until(
            lambda: self.kubectl.run("get", "--raw", METRICS_API).returncode == 0, seconds
        )

    def wait_metrics(self, seconds: float = START_SECONDS) -> None:
        """Wait until the use of the node and of pods is known, some scrapes after the start."""
        self._running["metrics-server"].wait_until(
            lambda: NODE in self.kubectl.run("get", "--raw", f"{METRICS_API}/nodes").stdout,
            seconds,
        )

    def processes_in(self, pod_uid: str) -> list[int]:
        """Process ids of a pod's containers, as this machine numbers them; the pause process is first."""
        found: set[int] = set()
        for procs in Path("/sys/fs/cgroup").glob(f"**/{self.layout.group}/**/pod{pod_uid}/**/cgroup.procs"):
            found |= set(map(int, procs.read_text().split()))
        return sorted(found)

    def stop(self) -> None:
        """End every program and pod, and remove what they left."""
        for name in ("kubelet", "kube-controller-manager", "kube-scheduler", "metrics-server", "coredns"):
            self._end(name)
        end_pods(self.layout.group)
        for name in reversed(list(self._running)):
            self._end(name)
        remove(self.layout.state)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # -- start

    def _start_all(self) -> None:
        with ThreadPoolExecutor(max_workers=1) as pool:
            pause = pool.submit(build_pause, self.layout.state)
            self._run("etcd")
            self._run("containerd")
            self._run("kube-apiserver")
            self._running["kube-apiserver"].wait_until(self._api_ready, START_SECONDS)
            self.import_images([pause.result()])
        for name in ("kube-controller-manager", "kube-scheduler", "kube-proxy", "kubelet"):
            self._run(name)
        self.kubectl.apply(essentials(self.layout))
        self._run("coredns")
        # it ends when it is not permitted yet to read who may ask it
        self._running["kube-apiserver"].wait_until(self._metrics_permitted, START_SECONDS)
        self._run("metrics-server")
        self.wait_ready()

    def _run(self, name: str) -> None:
        component = self._components[name]
        own = self.layout.binaries / name
        command = [str(own) if own.exists() else name, *component.arguments]
        if component.mounts:
            command = [*self._mounts_prefix(), *command]
        environment = {STATE_VARIABLE: str(self.layout.state)}
        command = [*self.wan.command_prefix(self.region), *command]
        self._running[name] = ServerProcess(name, command, self.layout.logs / f"{name}.log", environment)

    def _mounts_prefix(self) -> list[str]:
        holder = self._running.get("containerd")
        namespace = str(holder.pid) if holder and holder.alive else "new"
        script = str(Path(private_mounts.__file__))
        return [sys.executable, "-IS", script, namespace, str(self.layout.state / "sysctls"), "--"]

    def _ctr(self, *arguments: str) -> None:
        socket = str(self.layout.containerd_socket)
        deadline = time.monotonic() + START_SECONDS
        while not self.layout.containerd_socket.exists():
            if not self._running["containerd"].alive or time.monotonic() > deadline:
                raise ClusterStartError(f"containerd has ended:\n{self._running['containerd'].tail()}")
            time.sleep(0.05)
        done = subprocess.run(
            ["ctr", "--address", socket, "--namespace", "k8s.io", *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise ClusterStartError(f"ctr {' '.join(arguments)}: {done.stderr.strip()}")

    def _api_ready(self) -> bool:
        return self.kubectl.run("get", "--raw", "/readyz").returncode == 0

    def _node_ready(self) -> bool:
        path = "jsonpath={.status.conditions[?(@.type=='Ready')].status}"
        return self.kubectl.run("get", "node", NODE, "--output", path).stdout == "True"

    def _metrics_permitted(self) -> bool:
        asked = self.kubectl.within("kube-system").run(
            "get", "configmap", AUTHENTICATION, "--as=metrics-server"
        )
        return asked.returncode == 0

    def _dns_ready(self) -> bool:
        return _answers(f"http://{self.layout.address}:{DNS_HEALTH_PORT}/ready")

    def _end(self, name: str) -> None:
        process = self._running.pop(name, None)
        if process is not None:
            process.stop(STOP_SECONDS)


def _layout(wan: Wan, region: str, logs: Path) -> Layout:
    binaries = os.environ.get(BINARIES_VARIABLE, "")
    if not (Path(binaries) / "kubelet").exists():
        raise ClusterStartError(
            f"{BINARIES_VARIABLE} names no directory with a kubelet (found: {binaries or 'nothing'});"
            " start through make, which brings it"
        )
    if wan.kind != "tun":
        raise ClusterStartError(
            "a local cluster needs network namespaces of its own, which this machine or user is refused;"
            " set KUBECONFIG to a cluster that exists (kind, EKS) instead"
        )
    if os.geteuid() != 0:
        raise ClusterStartError("a kubelet needs root; set KUBECONFIG to a cluster that exists (kind, EKS)")
    logs.mkdir(parents=True, exist_ok=True)
    # short: the path of a socket may have 108 characters (unix(7))
    state = state_directory(wan.run)
    return Layout(
        address=wan.address(region),
        ranges=free_ranges(wan, region),
        binaries=Path(binaries),
        state=state,
        logs=logs.resolve(),
    )


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, trust_env=False).is_success
    except httpx.TransportError:
        return False
