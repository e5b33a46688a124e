"""ARNs, service principals and policies, in AWS's other partitions too."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from tests.unit.topology.environments import base, environment
from topology.aws.arns import cluster_arn, service_principal
from topology.iam.identities import identities, identity_policy
from topology.iam.keys import Purpose, key_policy
from topology.iam.state_policies import replication_policy, tls_only_policy
from topology.iam.statements import KafkaResource
from topology.model import Environment
from topology.network.flow_logs import flow_logs_policy, flow_logs_trust
from topology.observability.notifications import notifications

REGION = "us-east-1"
PARTITIONS = {
    "aws": ("us-east-1", "us-west-2"),
    "aws-cn": ("cn-north-1", "cn-northwest-1"),
    "aws-us-gov": ("us-gov-west-1", "us-gov-east-1"),
}


def within(partition: str) -> Environment:
    """The base of the tests, in the regions of a partition."""
    regions = dict(zip(PARTITIONS[partition], base()["regions"].values(), strict=True))
    for name, region in regions.items():
        suffix = "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
        region["eks"]["oidc_issuer"] = f"https://oidc.eks.{name}.{suffix}/id/0123456789ABCDEF"
    return environment({"partition": partition, "regions": regions})


def test_the_uuid_is_the_only_part_of_a_clusters_arn_that_has_to_be_known() -> None:
    reference = "${data.terraform_remote_state.msk.outputs.cluster_uuid}"
    cluster = cluster_arn(environment(), REGION, reference)
    assert cluster == f"arn:aws:kafka:us-east-1:123456789012:cluster/orders-test/{reference}"
    topic = KafkaResource(REGION, "topic", "orders.*").arn(cluster)
    assert topic == f"arn:aws:kafka:us-east-1:123456789012:topic/orders-test/{reference}/orders.*"


@pytest.mark.parametrize(
    ("partition", "logs", "cloudwatch"),
    [
        ("aws", "logs.us-east-1.amazonaws.com", "cloudwatch.amazonaws.com"),
        ("aws-us-gov", "logs.us-gov-west-1.amazonaws.com", "cloudwatch.amazonaws.com"),
        ("aws-cn", "logs.cn-north-1.amazonaws.com.cn", "cloudwatch.amazonaws.com"),
    ],
)
def test_service_principals_are_those_of_the_partition(partition: str, logs: str, cloudwatch: str) -> None:
    there = within(partition)
    assert service_principal(there, f"logs.{PARTITIONS[partition][0]}") == logs
    assert service_principal(there, "cloudwatch") == cloudwatch


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov"])
def test_no_document_names_another_partition(partition: str) -> None:
    there, here = within(partition), PARTITIONS[partition][0]
    documents = [
        *(key_policy(there, here, purpose) for purpose in get_args(Purpose)),
        tls_only_policy(there, "bucket"),
        flow_logs_trust(there, here),
        flow_logs_policy(there, here),
        replication_policy(there, here, "key", "replica-key"),
        *(notification.policy for notification in notifications(there, here)),
        *(
            identity_policy(there, here, one.id, lambda region: cluster_arn(there, region, "uuid"))
            for one in identities(there, here)
        ),
    ]
    text = json.dumps(documents)
    assert f"arn:{partition}:" in text
    assert "arn:aws:" not in text


def test_each_identity_is_another_service_account_and_role() -> None:
    found = identities(environment(), REGION)
    assert [one.id for one in found] == ["worker", "operations", "log_routing", "autoscaler"]
    for what in ("role_name", "subject", "output"):
        assert len({getattr(one, what) for one in found}) == len(found)


def test_kms_needs_nothing_of_wildcards_for_replication() -> None:
    statements = replication_policy(environment(), REGION, "key", "replica-key")["Statement"]
    kms = {s["Action"]: s["Resource"] for s in statements if str(s["Action"]).startswith("kms:")}
    assert kms == {"kms:Decrypt": "key", "kms:Encrypt": "replica-key"}
