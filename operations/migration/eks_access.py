"""The API server of an EKS cluster, reached with the credentials of AWS from where no pod is.

The token is a presigned GetCallerIdentity of STS with the cluster's name in a signed header (Amazon EKS,
aws-iam-authenticator, "API Authorization from Outside a Cluster"); it is good for a minute of signing and
fifteen of use, so that each call makes its own.
"""

from __future__ import annotations

import base64
import ssl
from typing import Any, Final

from operations.kubernetes.api import KubernetesApi
from topology.aws.arns import DNS_SUFFIXES

__all__ = ["eks_api", "eks_token"]

HEADER: Final = "x-k8s-aws-id"
PREFIX: Final = "k8s-aws-v1."
SECONDS: Final = 60


def eks_api(session: Any, region: str, cluster: str, namespace: str) -> KubernetesApi:
    """`session`: boto3's. Raises botocore's errors where the cluster cannot be described."""
    found = session.client("eks", region_name=region).describe_cluster(name=cluster)["cluster"]
    authority = base64.b64decode(found["certificateAuthority"]["data"]).decode()
    verify = ssl.create_default_context(cadata=authority)
    return KubernetesApi(
        found["endpoint"], namespace, lambda: eks_token(session, region, cluster), verify=verify
    )


def eks_token(session: Any, region: str, cluster: str) -> str:
    """A bearer token for the cluster."""
    from botocore.signers import RequestSigner  # noqa: PLC0415 - 0.2 s

    suffix = DNS_SUFFIXES[session.get_partition_for_region(region)]
    sts = session.client("sts", region_name=region)
    signer = RequestSigner(
        sts.meta.service_model.service_id,
        region,
        "sts",
        "v4",
        session.get_credentials(),
        session.events,
    )
    request = {
        "method": "GET",
        "url": f"https://sts.{region}.{suffix}/?Action=GetCallerIdentity&Version=2011-06-15",
        "body": {},
        "headers": {HEADER: cluster},
        "context": {},
    }
    url = signer.generate_presigned_url(request, operation_name="", expires_in=SECONDS, region_name=region)
    return PREFIX + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")
