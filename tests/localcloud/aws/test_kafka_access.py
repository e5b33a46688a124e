"""SCRAM secrets, cluster policies and tags of MSK."""

import json
from typing import Any

from tests.localcloud.aws.msk import Refusal, create_cluster

SCRAM = {"Sasl": {"Scram": {"Enabled": True}}}
POLICY = json.dumps({"Version": "2012-10-17", "Statement": []})


def test_secrets_are_associated_listed_and_taken_away(kafka: Any, name: str) -> None:
    arn = create_cluster(kafka, name, ClientAuthentication=SCRAM)
    secrets = [_secret(f"AmazonMSK_{user}") for user in "abc"]
    answer = kafka.batch_associate_scram_secret(ClusterArn=arn, SecretArnList=secrets)
    assert answer["UnprocessedScramSecrets"] == []
    pages = kafka.get_paginator("list_scram_secrets").paginate(
        ClusterArn=arn, PaginationConfig={"PageSize": 2}
    )
    assert [secret for page in pages for secret in page["SecretArnList"]] == secrets
    kafka.batch_associate_scram_secret(ClusterArn=arn, SecretArnList=secrets)
    kafka.batch_disassociate_scram_secret(ClusterArn=arn, SecretArnList=secrets[:2])
    assert kafka.list_scram_secrets(ClusterArn=arn)["SecretArnList"] == secrets[2:]


def test_secret_under_another_name_is_left_unprocessed(kafka: Any, name: str) -> None:
    arn = create_cluster(kafka, name, ClientAuthentication=SCRAM)
    good, wrong = _secret("AmazonMSK_good"), _secret("kafka_wrong")
    answer = kafka.batch_associate_scram_secret(ClusterArn=arn, SecretArnList=[good, wrong])
    (refused,) = answer["UnprocessedScramSecrets"]
    assert (refused["SecretArn"], refused["ErrorCode"]) == (wrong, "InvalidSecretArn")
    assert "AmazonMSK_" in refused["ErrorMessage"]
    assert kafka.list_scram_secrets(ClusterArn=arn)["SecretArnList"] == [good]


def test_secret_that_is_not_associated_is_left_unprocessed(kafka: Any, name: str) -> None:
    arn = create_cluster(kafka, name, ClientAuthentication=SCRAM)
    answer = kafka.batch_disassociate_scram_secret(ClusterArn=arn, SecretArnList=[_secret("AmazonMSK_never")])
    assert len(answer["UnprocessedScramSecrets"]) == 1


def test_cluster_without_scram_takes_no_secret(kafka: Any, name: str) -> None:
    arn = create_cluster(kafka, name)
    with Refusal(400, "BadRequestException", "not enabled"):
        kafka.batch_associate_scram_secret(ClusterArn=arn, SecretArnList=[_secret("AmazonMSK_a")])


def test_cluster_without_a_policy_has_none(kafka: Any, name: str) -> None:
    arn = create_cluster(kafka, name)
    with Refusal(404, "NotFoundException"):
        kafka.get_cluster_policy(ClusterArn=arn)
    with Refusal(404, "NotFoundException"):
        kafka.delete_cluster_policy(ClusterArn=arn)


def test_policy_is_replaced_by_who_has_seen_it(kafka: Any, name: str) -> None:
    arn = create_cluster(kafka, name)
    first = kafka.put_cluster_policy(ClusterArn=arn, Policy=POLICY)["CurrentVersion"]
    assert kafka.get_cluster_policy(ClusterArn=arn)["Policy"] == POLICY
    with Refusal(400, "BadRequestException", "Current cluster policy version needed"):
        kafka.put_cluster_policy(ClusterArn=arn, Policy=POLICY)
    second = kafka.put_cluster_policy(ClusterArn=arn, Policy=POLICY, CurrentVersion=first)["CurrentVersion"]
    assert second != first
    with Refusal(400, "BadRequestException", "isn't current"):
        kafka.put_cluster_policy(ClusterArn=arn, Policy=POLICY, CurrentVersion=first)
    kafka.delete_cluster_policy(ClusterArn=arn)
    with Refusal(404, "NotFoundException"):
        kafka.get_cluster_policy(ClusterArn=arn)


def test_tags_are_set_changed_and_removed(client: Any, kafka: Any, name: str) -> None:
    arn = create_cluster(kafka, name, Tags={"Project": "mirror", "Stage": "dev"})
    kafka.tag_resource(ResourceArn=arn, Tags={"Stage": "prod", "Owner": "us"})
    kafka.untag_resource(ResourceArn=arn, TagKeys=["Project"])
    expected = {"Stage": "prod", "Owner": "us"}
    assert kafka.list_tags_for_resource(ResourceArn=arn)["Tags"] == expected
    assert kafka.describe_cluster_v2(ClusterArn=arn)["ClusterInfo"]["Tags"] == expected
    found = client("resourcegroupstaggingapi").get_resources(
        TagFilters=[{"Key": "Owner", "Values": ["us"]}], ResourceTypeFilters=["kafka:cluster"]
    )
    assert arn in [each["ResourceARN"] for each in found["ResourceTagMappingList"]]


def test_tags_of_what_does_not_exist_are_not_found(kafka: Any) -> None:
    arn = "arn:aws:kafka:us-east-1:123456789012:cluster/none/1-1"
    with Refusal(404, "NotFoundException"):
        kafka.list_tags_for_resource(ResourceArn=arn)
    with Refusal(404, "NotFoundException"):
        kafka.tag_resource(ResourceArn=arn, Tags={"a": "b"})
    with Refusal(404, "NotFoundException"):
        kafka.untag_resource(ResourceArn=arn, TagKeys=["a"])


def test_tags_end_with_their_cluster(kafka: Any, name: str) -> None:
    kafka.delete_cluster(ClusterArn=create_cluster(kafka, name, Tags={"Old": "yes"}))
    again = create_cluster(kafka, name)
    assert kafka.list_tags_for_resource(ResourceArn=again)["Tags"] == {}


def _secret(name: str) -> str:
    return f"arn:aws:secretsmanager:us-east-1:123456789012:secret:{name}-AbCdEf"
