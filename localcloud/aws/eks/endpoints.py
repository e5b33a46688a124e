"""Which local Kubernetes cluster stands for an EKS cluster: its address and certificate authority."""

import base64
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["LOCAL_CLUSTERS", "LocalCluster", "LocalClusters", "authority_data"]


@dataclass(frozen=True)
class LocalCluster:
    """`endpoint`: URL of the API server; `certificate_authority`: PEM."""

    endpoint: str
    certificate_authority: str


class LocalClusters:
    """By region and name of the EKS cluster."""

    def __init__(self) -> None:
        self._by_name: dict[tuple[str, str], LocalCluster] = {}

    def register(self, region: str, name: str, endpoint: str, certificate_authority: str) -> None:
        """An empty `endpoint` withdraws the cluster."""
        if endpoint:
            self._by_name[region, name] = LocalCluster(endpoint, certificate_authority)
        else:
            self._by_name.pop((region, name), None)

    def of(self, region: str, name: str) -> LocalCluster | None:
        return self._by_name.get((region, name))

    def all(self) -> dict[str, str]:
        """Endpoints by `region/name`."""
        return {f"{region}/{name}": one.endpoint for (region, name), one in self._by_name.items()}


LOCAL_CLUSTERS = LocalClusters()
"""The registry of this server process. It outlives `/moto-api/reset`, as the clusters do."""


def authority_data(certificate_authority: str | None) -> str:
    """What EKS answers as `certificateAuthority.data`: the PEM in base64. None: of an authority that signs
    nothing, for a cluster without a local one; Terraform decodes it in every plan."""
    pem = certificate_authority or _unused_authority()
    return base64.b64encode(pem.encode()).decode()


@cache
def _unused_authority() -> str:
    from localcloud.kubernetes.certificates import Authority  # noqa: PLC0415 - 0.5 s, for EKS only

    with tempfile.TemporaryDirectory() as scratch:
        return Authority(Path(scratch), "eks").files.certificate.read_text()
