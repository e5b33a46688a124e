"""Names and ranges that AWS keeps to itself, about which its service models are silent."""

from collections.abc import Callable, Mapping
from ipaddress import IPv4Network
from typing import Any, Final

from topology.rules.aws.names import BUCKET_PREFIXES, BUCKET_SUFFIXES, GROUP_PREFIX
from topology.rules.network.vpc_ranges import RESERVED

Members = Mapping[str, Any]
Refused = tuple[str, str]
"""Code and message."""


def reserved(service: str, operation: str, members: Members) -> Refused | None:
    """How AWS refuses a request for something that it reserves; None for any other request."""
    check = _CHECKS.get((service, operation))
    return check(members) if check else None


def _vpc(members: Members) -> Refused | None:
    cidr = members.get("CidrBlock", "10.0.0.0/16")
    if any(IPv4Network(cidr, strict=False).overlaps(taken) for taken in RESERVED):
        return "InvalidParameterValue", f"The CIDR '{cidr}' is invalid."
    return None


def _security_group(members: Members) -> Refused | None:
    name = str(members["GroupName"])
    if name.startswith(GROUP_PREFIX):
        return "InvalidParameterValue", "Group names may not be in the format sg-*."
    return None


def _bucket(members: Members) -> Refused | None:
    name = str(members["Bucket"])
    if name.startswith(BUCKET_PREFIXES) or name.endswith(BUCKET_SUFFIXES):
        return "InvalidBucketName", "The specified bucket is not valid."
    return None


_CHECKS: Final[Mapping[tuple[str, str], Callable[[Members], Refused | None]]] = {
    ("ec2", "CreateVpc"): _vpc,
    ("ec2", "CreateSecurityGroup"): _security_group,
    ("s3", "CreateBucket"): _bucket,
}
