"""What moto lacks of other services and the AWS provider, or Terraform's S3 backend, relies on."""

import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from werkzeug.test import Client

from localcloud.aws.app import EmulatedAwsApplication
from tests.localcloud.aws.msk import Refusal, create_cluster

SIGNED = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=LOCALCLOUD/20260101/us-east-1/s3/aws4_request, "
    "SignedHeaders=host, Signature=0"
}
ROLE = "arn:aws:iam::123456789012:role/replication"


@pytest.fixture
def versioned_buckets(client: Any, name: str) -> tuple[str, str]:
    s3 = client("s3")
    buckets = (f"{name}-source", f"{name}-target")
    for bucket in buckets:
        s3.create_bucket(Bucket=bucket)
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    return buckets


@pytest.mark.parametrize(
    "condition",
    [
        {"Prefix": ""},
        {"Prefix": "states/"},
        {"Tag": {"Key": "replicate", "Value": "yes"}},
        {"And": {"Prefix": "states/", "Tags": [{"Key": "a", "Value": "1"}]}},
        {"And": {"Prefix": "", "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]}},
    ],
)
def test_replication_rule_is_read_as_it_was_put(
    client: Any, versioned_buckets: tuple[str, str], condition: dict[str, Any]
) -> None:
    source, target = versioned_buckets
    rule = {
        "ID": "states",
        "Priority": 1,
        "Status": "Enabled",
        "Filter": condition,
        "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {
            "Bucket": f"arn:aws:s3:::{target}",
            "StorageClass": "STANDARD_IA",
            "EncryptionConfiguration": {"ReplicaKmsKeyID": "arn:aws:kms:eu-west-1:123456789012:key/k"},
        },
    }
    s3 = client("s3")
    s3.put_bucket_replication(
        Bucket=source, ReplicationConfiguration={"Role": ROLE, "Rules": [rule, {**rule, "ID": "b"}]}
    )
    found = s3.get_bucket_replication(Bucket=source)["ReplicationConfiguration"]
    assert found == {"Role": ROLE, "Rules": [rule, {**rule, "ID": "b"}]}


def test_replication_needs_versions_at_the_destination(client: Any, name: str) -> None:
    s3 = client("s3")
    for bucket in (f"{name}-source", f"{name}-target"):
        s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=f"{name}-source", VersioningConfiguration={"Status": "Enabled"})
    for target, words in (
        (f"{name}-target", "Destination bucket must have versioning enabled."),
        (f"{name}-missing", "Destination bucket must exist."),
    ):
        rule = {"Status": "Enabled", "Prefix": "", "Destination": {"Bucket": f"arn:aws:s3:::{target}"}}
        with Refusal(400, "InvalidRequest", words):
            s3.put_bucket_replication(
                Bucket=f"{name}-source", ReplicationConfiguration={"Role": ROLE, "Rules": [rule]}
            )


def test_policy_against_clear_text_does_not_deny_what_stands_for_tls(client: Any, name: str) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="open/a", Body=b"a")
    s3.put_object(Bucket=name, Key="closed/a", Body=b"a")
    clear_text = {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*"}
    statements = [
        {**deny, **clear_text, "Resource": f"arn:aws:s3:::{name}/*"},
        {**deny, "Resource": f"arn:aws:s3:::{name}/closed/*"},
    ]
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": statements}))
    assert s3.get_object(Bucket=name, Key="open/a")["Body"].read() == b"a"
    with Refusal(403, "403"):  # moto gives no reason
        s3.get_object(Bucket=name, Key="closed/a")


def test_one_of_many_writers_gets_the_lock_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process, where threads can be made to switch all the time: moto alone lets two pass in some
    of these rounds."""
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "123456789012")
    writers = [Client(EmulatedAwsApplication("123456789012"))] * 6
    assert writers[0].put("/lock-files", headers=SIGNED).status_code == 200
    switch_interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(len(writers)) as pool:
            for key in range(80):
                start = threading.Barrier(len(writers))
                lock = partial(_lock, path=f"/lock-files/{key}", start=start)
                statuses = list(pool.map(lock, writers))
                assert sorted(statuses) == [200, 412, 412, 412, 412, 412]
    finally:
        sys.setswitchinterval(switch_interval)


def test_scalable_target_of_broker_storage_has_tags(client: Any, kafka: Any, name: str) -> None:
    autoscaling = client("application-autoscaling")
    arn = autoscaling.register_scalable_target(
        ServiceNamespace="kafka",
        ResourceId=create_cluster(kafka, name),
        ScalableDimension="kafka:broker-storage:VolumeSize",
        MinCapacity=1,
        MaxCapacity=1000,
        Tags={"Project": "mirror"},
    )["ScalableTargetARN"]
    autoscaling.tag_resource(ResourceARN=arn, Tags={"Stage": "dev"})
    autoscaling.untag_resource(ResourceARN=arn, TagKeys=["Project"])
    assert autoscaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"Stage": "dev"}


def test_tags_of_an_unknown_scalable_target_are_not_found(client: Any) -> None:
    arn = "arn:aws:application-autoscaling:us-east-1:123456789012:scalable-target/none"
    with Refusal(400, "ResourceNotFoundException"):
        client("application-autoscaling").list_tags_for_resource(ResourceARN=arn)


def test_each_eks_cluster_has_an_issuer_of_its_own(client: Any, name: str) -> None:
    eks = client("eks", "eu-west-1")
    issuers = {_eks_cluster(eks, f"{name}-{i}")["identity"]["oidc"]["issuer"] for i in range(2)}
    assert len(issuers) == 2
    assert all(issuer.startswith("https://oidc.eks.eu-west-1.amazonaws.com/id/") for issuer in issuers)


def test_node_group_has_what_was_asked_for(client: Any, name: str) -> None:
    eks = client("eks")
    cluster = _eks_cluster(eks, name)
    group = eks.create_nodegroup(
        clusterName=name,
        nodegroupName="spot",
        subnets=["subnet-a"],
        nodeRole="arn:aws:iam::123456789012:role/node",
        capacityType="SPOT",
        updateConfig={"maxUnavailable": 2},
    )["nodegroup"]
    described = eks.describe_nodegroup(clusterName=name, nodegroupName="spot")["nodegroup"]
    assert described["updateConfig"] == group["updateConfig"] == {"maxUnavailable": 2}
    assert described["version"] == cluster["version"]
    assert "remoteAccess" not in described


def _lock(writer: Client, path: str, start: threading.Barrier) -> int:
    start.wait()
    return writer.put(path, data=b"me", headers={**SIGNED, "If-None-Match": "*"}).status_code


def _eks_cluster(eks: Any, name: str) -> dict[str, Any]:
    cluster: dict[str, Any] = eks.create_cluster(
        name=name,
        version="1.33",
        roleArn="arn:aws:iam::123456789012:role/eks",
        resourcesVpcConfig={"subnetIds": ["subnet-a", "subnet-b"]},
    )["cluster"]
    return cluster
