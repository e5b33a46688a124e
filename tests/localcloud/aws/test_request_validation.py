"""The emulated account refuses what AWS's service models forbid, in the form of each protocol."""

from __future__ import annotations

import gzip
from typing import Any, NamedTuple

import boto3
import httpx
import pytest
import regex
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.core.utils import get_service_model

from localcloud.aws import EmulatedAws
from localcloud.aws.request_validation import CHECKED_SERVICES
from localcloud.aws.service_model import WRONG_IN_THE_MODEL, matcher

TRUST = '{"Version":"2012-10-17","Statement":[]}'
VPC = {"CidrBlock": "10.0.0.0/16"}
ALARM = {
    "AlarmName": "a",
    "ComparisonOperator": "GreaterThanThreshold",
    "EvaluationPeriods": 1,
    "MetricName": "m",
    "Namespace": "n",
    "Period": 60,
    "Statistic": "Sum",
    "Threshold": 1.0,
}


class Refused(NamedTuple):
    """A call, the error code that answers it, and words of the message."""

    service: str
    operation: str
    members: dict[str, Any]
    code: str
    words: str


REFUSED = (
    # query: required, pattern, length
    Refused("iam", "create_role", {"AssumeRolePolicyDocument": TRUST}, "ValidationError", '"RoleName"'),
    Refused(
        "iam",
        "create_role",
        {"RoleName": "no spaces", "AssumeRolePolicyDocument": TRUST},
        "ValidationError",
        "Value 'no spaces' at 'RoleName' failed to satisfy constraint",
    ),
    Refused(
        "iam",
        "create_role",
        {"RoleName": "r" * 65, "AssumeRolePolicyDocument": TRUST},
        "ValidationError",
        "length less than or equal to 64",
    ),
    Refused(
        "iam",
        "create_role",
        {"RoleName": "r", "AssumeRolePolicyDocument": TRUST, "Tags": [{"Key": "$", "Value": ""}]},
        "ValidationError",
        "'Tags.1.Key'",
    ),
    Refused("sns", "create_topic", {}, "InvalidParameter", '"Name"'),
    # ec2: enum
    Refused(
        "ec2", "create_vpc", {**VPC, "InstanceTenancy": "mine"}, "InvalidParameterValue", "enum value set"
    ),
    # json: pattern, enum
    Refused(
        "logs", "create_log_group", {"logGroupName": "a b"}, "InvalidParameterException", "'logGroupName'"
    ),
    Refused("kms", "create_key", {"KeyUsage": "NOTHING"}, "ValidationException", "'KeyUsage'"),
    Refused(
        "secretsmanager", "create_secret", {"Name": ""}, "InvalidParameterException", "valid min length: 1"
    ),
    # one service, two protocols in its model: range and enum
    Refused(
        "cloudwatch",
        "put_metric_alarm",
        {**ALARM, "EvaluationPeriods": 0, "ComparisonOperator": "Bigger"},
        "InvalidParameterValue",
        "2 validation errors detected",
    ),
    # rest-json: required, pattern
    Refused("kafka", "create_cluster", {"ClusterName": "c"}, "BadRequestException", '"KafkaVersion"'),
    Refused("eks", "create_cluster", {"name": "-", "roleArn": "r"}, "InvalidParameterException", "at 'name'"),
    # rest-xml: header and body
    Refused("s3", "create_bucket", {"Bucket": "a-bucket", "ACL": "nobody"}, "InvalidArgument", "at 'ACL'"),
    Refused(
        "s3",
        "put_bucket_versioning",
        {"Bucket": "a-bucket", "VersioningConfiguration": {"Status": "Maybe"}},
        "InvalidArgument",
        "at 'VersioningConfiguration.Status'",
    ),
    # what AWS reserves, and its models do not say
    Refused("ec2", "create_vpc", {"CidrBlock": "169.254.0.0/16"}, "InvalidParameterValue", "is invalid"),
    Refused(
        "ec2",
        "create_security_group",
        {"GroupName": "sg-mine", "Description": "d"},
        "InvalidParameterValue",
        "may not be in the format sg-*",
    ),
    Refused("s3", "create_bucket", {"Bucket": "xn--state"}, "InvalidBucketName", "is not valid"),
)
TAKEN: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("iam", "create_role", {"RoleName": "r", "AssumeRolePolicyDocument": TRUST}),
    ("ec2", "create_vpc", VPC),
    ("logs", "create_log_group", {"logGroupName": "/aws/eks/one"}),
    ("cloudwatch", "put_metric_alarm", ALARM),
    ("s3", "create_bucket", {"Bucket": "a-bucket-of-the-validation"}),
    (
        "application-autoscaling",
        "register_scalable_target",
        {
            "ServiceNamespace": "kafka",
            "ResourceId": "arn:aws:kafka:us-east-1:123456789012:cluster/\N{GRINNING FACE}",
            "ScalableDimension": "kafka:broker-storage:VolumeSize",
            "MinCapacity": 1,
            "MaxCapacity": 2,
        },
    ),
)


@pytest.fixture(scope="module")
def unchecked(aws: EmulatedAws) -> Any:
    """boto3 client of a service that sends whatever it is given."""
    session = boto3.Session(aws_access_key_id="LOCALCLOUD", aws_secret_access_key="localcloud")

    def connect(service: str) -> Any:
        return session.client(
            service,
            region_name="us-east-1",
            endpoint_url=aws.endpoint_url,
            config=Config(parameter_validation=False),
        )

    return connect


@pytest.mark.parametrize(
    "case", REFUSED, ids=[f"{number}-{each.operation}" for number, each in enumerate(REFUSED)]
)
def test_a_request_that_the_model_forbids_is_refused(unchecked: Any, case: Refused) -> None:
    with pytest.raises(ClientError) as refused:
        getattr(unchecked(case.service), case.operation)(**case.members)
    error = refused.value.response["Error"]
    assert error["Code"] == case.code
    assert case.words in error["Message"]
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.parametrize(("service", "operation", "members"), TAKEN, ids=[each[1] for each in TAKEN])
def test_a_request_that_the_model_allows_is_made(
    unchecked: Any, service: str, operation: str, members: dict[str, Any]
) -> None:
    assert getattr(unchecked(service), operation)(**members)["ResponseMetadata"]["HTTPStatusCode"] < 300


def test_a_body_of_another_type_is_refused(aws: EmulatedAws) -> None:
    answer = _post(aws, b'{"clusterName": 7}')
    assert answer.status_code == 400
    assert "valid types: <class 'str'>" in answer.json()["message"]


def test_a_compressed_body_is_read_too(aws: EmulatedAws) -> None:
    answer = _post(aws, gzip.compress(b'{"clusterName": "c"}'), {"content-encoding": "gzip"})
    assert answer.status_code == 400
    assert '"KafkaVersion"' in answer.json()["message"]


@pytest.mark.parametrize("service", sorted(CHECKED_SERVICES.values()))
def test_every_pattern_of_a_checked_service_can_be_read(service: str) -> None:
    model = get_service_model(service)
    for name in model.shape_names:
        pattern = model.shape_for(name).metadata.get("pattern")
        if pattern and (service, name) not in WRONG_IN_THE_MODEL:
            try:
                matcher(pattern)
            except regex.error as error:
                pytest.fail(f"{name}: {pattern}: {error}; give it a reason in WRONG_IN_THE_MODEL")


def _post(aws: EmulatedAws, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
    scope = "Credential=LOCALCLOUD/20261124/us-east-1/kafka/aws4_request"
    signed = {"authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=x"}
    return httpx.post(
        f"{aws.endpoint_url}/v1/clusters", content=body, headers=signed | (headers or {}), trust_env=False
    )
