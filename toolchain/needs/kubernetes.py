"""The programs of a local Kubernetes cluster: from Go modules, built once, and from Debian's packages.

Only what starts a cluster on this machine needs them; with KUBECONFIG set to a cluster that exists (kind,
EKS) nothing of this is used.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from toolchain import cache
from toolchain.command import SetupStep, Symptom, run_step
from toolchain.host import Host, Provided, SetupError, terraform_platform

SOURCES = Path("localcloud/kubernetes/binaries")
FILES = tuple(SOURCES / name for name in ("go.mod", "go.sum", "main.go", "metrics.go"))
PROGRAM = "kubernetes"
NAMES = (
    "coredns",
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-proxy",
    "kube-scheduler",
    "kubectl",
    "kubelet",
    "metrics-server",
    "netpol-analyzer",
)
GO_MINIMUM = "1.24"
TRIES = 3
SYMPTOMS = (
    Symptom(r"No space left", "no space is left; set MSK_MIRROR_CACHE to a directory on a larger disk"),
    Symptom(
        r"dial tcp|no such host|i/o timeout|TLS handshake|connection (refused|reset)|EOF|50[234] ",
        "the Go module proxy was not reached; the first build needs it (GOPROXY names another)",
    ),
    Symptom(
        r"toolchain not available|requires go >=",
        f"Go {GO_MINIMUM} or newer is needed; install it on the PATH",
    ),
)
DEBIAN_PACKAGES: Mapping[str, str] = {
    "containerd": "containerd",
    "ctr": "containerd",
    "runc": "runc",
    "conntrack": "conntrack",
    "iptables": "iptables",
    "/usr/lib/cni/bridge": "containernetworking-plugins",
}
"""Program (or file) -> the package that has it."""
CONSENT = "MSK_MIRROR_INSTALL_PACKAGES"
"""Set to anything, it lets root install missing packages of the system."""
APT_SYMPTOMS = (
    Symptom(r"Permission denied|are you root", "packages are installed by root only"),
    Symptom(r"Unable to locate|Failed to fetch|Could not resolve", "Debian's packages were not reached"),
)


def ensure(host: Host) -> Provided:
    """One program under every name of NAMES; $MSK_MIRROR_KUBERNETES names the directory.

    Raises SetupError where Go or a package is missing and cannot be had.
    """
    _ensure_packages(host)
    sources = [host.checkout / file for file in FILES]
    version = _version(sources[0])
    wanted = cache.key(*(path.read_text() for path in sources), terraform_platform())
    folder = host.cache / f"kubernetes-{wanted}"
    seconds = cache.install(host, folder, lambda target: _build(host, target, version))
    return Provided(
        "kubernetes",
        version,
        "built from Go modules",
        variables={"MSK_MIRROR_KUBERNETES": str(folder)},
        seconds=seconds,
    )


def _version(go_mod: Path) -> str:
    for line in go_mod.read_text().splitlines():
        if line.strip().startswith("k8s.io/kubernetes v"):
            return line.split()[1].removeprefix("v")
    raise SetupError(f"{go_mod} does not require k8s.io/kubernetes; restore it with `git checkout {go_mod}`")


def _build(host: Host, folder: Path, version: str) -> None:
    go = shutil.which("go", path=host.search_path)
    if not go:
        raise SetupError(
            f"kubernetes: no go on the PATH. A local cluster is built by Go {GO_MINIMUM} or newer: "
            "install it, or set KUBECONFIG to a cluster that exists (kind, EKS)"
        )
    host.say(f"kubernetes: {version} is built from source once, some ten minutes, into {folder}")
    environ = {**host.environ, "GOFLAGS": "-buildvcs=false -mod=readonly", "GOWORK": "off"}
    _download(host, go, environ)
    major, minor, _ = version.split(".")
    # the Kubernetes provider of Terraform reads the server's version, and a build has none by itself
    stamps = {"gitVersion": f"v{version}", "gitMajor": major, "gitMinor": minor}
    flags = " ".join(f"-X k8s.io/component-base/version.{name}={value}" for name, value in stamps.items())
    command = [go, "build", "-trimpath", f"-ldflags=-s -w {flags}", "-o", str(folder / PROGRAM), "."]
    step = SetupStep("kubernetes build", command, SYMPTOMS, cwd=host.checkout / SOURCES, environ=environ)
    run_step(host, step)
    for name in NAMES:
        (folder / name).symlink_to(PROGRAM)


def _download(host: Host, go: str, environ: Mapping[str, str]) -> None:
    """Modules first, again where the network fails: a build that breaks off half way is started anew."""
    step = SetupStep(
        "kubernetes modules", [go, "mod", "download"], SYMPTOMS, cwd=host.checkout / SOURCES, environ=environ
    )
    for left in reversed(range(TRIES)):
        try:
            run_step(host, step)
        except SetupError:
            if not left:
                raise
            host.say(f"kubernetes: the modules did not all arrive; {left} more tries")
        else:
            return


def _ensure_packages(host: Host) -> None:
    missing = sorted(
        {package for program, package in DEBIAN_PACKAGES.items() if not _is_there(host, program)}
    )
    if not missing:
        return
    apt = shutil.which("apt-get", path=host.search_path)
    if not apt or os.geteuid() != 0 or not host.environ.get(CONSENT):
        raise SetupError(
            f"kubernetes: a local node needs {', '.join(missing)} (Debian's names). Install them:\n"
            f"  apt-get install --no-install-recommends {' '.join(missing)}\n"
            f"or let this command do it: {CONSENT}=1, as root; "
            "or set KUBECONFIG to a cluster that exists (kind, EKS)"
        )
    host.say(f"kubernetes: installing {', '.join(missing)} from Debian's packages")
    environ = {**host.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for what, arguments in (
        ("debian update", ["update", "--error-on=any"]),
        ("debian install", ["install", "--yes", "--no-install-recommends", *missing]),
    ):
        command = [apt, "-o", f"Acquire::Retries={TRIES}", *arguments]
        run_step(host, SetupStep(what, command, APT_SYMPTOMS, environ=environ))


def _is_there(host: Host, program: str) -> bool:
    if program.startswith("/"):
        return Path(program).exists()
    search = f"{host.search_path}:/usr/sbin:/sbin"  # where runc and iptables are, whoever asks
    return shutil.which(program, path=search) is not None
