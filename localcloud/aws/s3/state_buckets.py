"""S3 for Terraform states: replication rules as they were put, and lock files that only one writer gets."""

# ruff: noqa: N818  # the exceptions say what is wrong, as moto's do

import threading
from typing import Any

from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import ActionResult
from moto.s3.exceptions import MissingBucket, ReplicationConfigurationNotFoundError, S3ClientError
from moto.s3.responses import S3Response

_CONDITIONAL_PUT = threading.Lock()


class DestinationNotVersioned(S3ClientError):
    """A rule whose destination cannot keep versions: the race of a first apply, unless it is ordered."""

    code = "InvalidRequest"

    def __init__(self) -> None:
        super().__init__("Destination bucket must have versioning enabled.")


class DestinationMissing(S3ClientError):
    code = "InvalidRequest"

    def __init__(self) -> None:
        super().__init__("Destination bucket must exist.")


class StateBucketResponse(S3Response):
    """moto's S3, which keeps but a few members of a replication rule and races on conditional puts."""

    def key_response(self, request: Any, full_url: str, headers: Any) -> TYPE_RESPONSE:
        """moto looks for the object first and puts it later; in between, another writer must not come."""
        if "If-None-Match" not in request.headers or request.method != "PUT":
            return super().key_response(request, full_url, headers)
        with _CONDITIONAL_PUT:
            return super().key_response(request, full_url, headers)

    def get_bucket_replication(self) -> str | TYPE_RESPONSE:
        self.data["Action"] = "GetBucketReplication"
        replication = self.backend.get_bucket_replication(self.bucket_name)
        if not replication:
            raise ReplicationConfigurationNotFoundError(bucket_name=self.bucket_name)
        rules = [_described(rule) for rule in replication["Rule"]]
        answer = {"ReplicationConfiguration": {"Role": replication["Role"], "Rules": rules}}
        return self.serialized(ActionResult(answer))

    def _replication_config_from_xml(self, xml: str) -> dict[str, Any]:
        configuration = super()._replication_config_from_xml(xml)
        configuration["Rule"] = _as_list(configuration["Rule"])
        for rule in configuration["Rule"]:
            self._check_destination(rule["Destination"]["Bucket"].split(":::")[-1])
        return configuration

    def _check_destination(self, bucket_name: str) -> None:
        try:
            bucket = self.backend.get_bucket(bucket_name)
        except MissingBucket as error:
            raise DestinationMissing from error
        if not bucket.is_versioned:
            raise DestinationNotVersioned


def _described(rule: dict[str, Any]) -> dict[str, Any]:
    """A ReplicationRule from its XML, in which an empty element is None."""
    described = {name: value for name, value in rule.items() if value is not None}
    if "Prefix" in rule:
        return described
    marker = rule.get("DeleteMarkerReplication") or {"Status": "Disabled"}
    return {**described, "Filter": _filter(rule.get("Filter") or {}), "DeleteMarkerReplication": marker}


def _filter(condition: dict[str, Any]) -> dict[str, Any]:
    """A rule without a condition is one for every key."""
    if combined := condition.get("And"):
        prefix = {"Prefix": combined["Prefix"] or ""} if "Prefix" in combined else {}
        return {"And": {**prefix, "Tags": _as_list(combined.get("Tag", []))}}
    if tag := condition.get("Tag"):
        return {"Tag": tag}
    return {"Prefix": condition.get("Prefix") or ""}


def _as_list(found: Any) -> list[Any]:
    """XML does not tell a list of one from a single element."""
    return found if isinstance(found, list) else [found]
