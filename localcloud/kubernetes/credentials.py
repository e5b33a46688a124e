"""Credentials by which the stacks' own provider blocks reach a local cluster.

The blocks take the address and the authority from EKS and run `aws eks get-token`. The emulated EKS answers
those of the local cluster, and a program called `aws` on the PATH prints the certificate of its admin.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from localcloud.aws.server import EmulatedAws

if TYPE_CHECKING:
    from localcloud.kubernetes.cluster import KubernetesCluster

__all__ = ["AWS_CLI", "CREDENTIALS_VARIABLE", "exec_environment", "stand_for_eks"]

CREDENTIALS_VARIABLE = "MSK_MIRROR_EXEC_CREDENTIALS"
EXEC_VERSION = "client.authentication.k8s.io/v1beta1"
AWS_CLI = Path(__file__).parent / "aws_cli"
"""Directory of the program `aws`."""


def stand_for_eks(
    cluster: KubernetesCluster, region: str, name: str, aws: EmulatedAws, directory: Path
) -> None:
    """From now on the local cluster is the EKS cluster `name` of the emulated account; its credential goes
    into `directory`, see `exec_environment`."""
    pair = cluster.certificates.users["admin"]
    answer = {
        "apiVersion": EXEC_VERSION,
        "kind": "ExecCredential",
        "status": {
            "clientCertificateData": pair.certificate.read_text(encoding="utf-8"),
            "clientKeyData": pair.key.read_text(encoding="utf-8"),
        },
    }
    credential = directory / region / f"{name}.json"
    credential.parent.mkdir(parents=True, exist_ok=True)
    credential.touch(mode=0o600)
    credential.write_text(json.dumps(answer), encoding="utf-8")
    aws.ensure_eks_cluster(region, name)
    authority = cluster.certificates.authority.certificate.read_text(encoding="utf-8")
    aws.register_eks(region, name, cluster.layout.api, authority)


def exec_environment(directory: Path) -> dict[str, str]:
    """Variables by which Terraform's providers find our `aws` and the credentials in `directory`."""
    path = os.pathsep.join((str(AWS_CLI), os.environ.get("PATH", os.defpath)))
    return {CREDENTIALS_VARIABLE: str(directory.resolve()), "PATH": path}
