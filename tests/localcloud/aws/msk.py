"""What the tests ask of MSK again and again."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

SUBNETS = ["subnet-a", "subnet-b", "subnet-c"]


def group(**changes: Any) -> dict[str, Any]:
    """BrokerNodeGroupInfo of a cluster in three zones with volumes of 100 GiB."""
    return {
        "ClientSubnets": SUBNETS,
        "InstanceType": "kafka.m7g.large",
        "SecurityGroups": ["sg-brokers"],
        "StorageInfo": {"EbsStorageInfo": {"VolumeSize": 100}},
        **changes,
    }


def create_cluster(kafka: Any, name: str, **settings: Any) -> str:
    """ARN of a new cluster: Kafka 3.9, three brokers, IAM; `settings` are of CreateCluster."""
    requested: dict[str, Any] = {
        "ClusterName": name,
        "KafkaVersion": "3.9.x",
        "NumberOfBrokerNodes": 3,
        "BrokerNodeGroupInfo": group(),
        "ClientAuthentication": {"Sasl": {"Iam": {"Enabled": True}}},
        **settings,
    }
    arn: str = kafka.create_cluster(**requested)["ClusterArn"]
    return arn


def describe(kafka: Any, arn: str) -> dict[str, Any]:
    described: dict[str, Any] = kafka.describe_cluster(ClusterArn=arn)["ClusterInfo"]
    return described


def current_version(kafka: Any, arn: str) -> str:
    return str(describe(kafka, arn)["CurrentVersion"])


def create_configuration(
    kafka: Any, name: str, properties: bytes = b"log.retention.hours=24\n", **more: Any
) -> str:
    arn: str = kafka.create_configuration(Name=name, ServerProperties=properties, **more)["Arn"]
    return arn


class Refusal:
    """`with Refusal(409, "ConflictException"): ...`: the call is refused with this status, code and words."""

    def __init__(self, status: int, code: str, words: str = "") -> None:
        self._expected = (status, code)
        self._words = words
        self._raises = pytest.raises(ClientError)

    def __enter__(self) -> None:
        self._caught = self._raises.__enter__()

    def __exit__(self, *exc: Any) -> bool:
        suppressed = bool(self._raises.__exit__(*exc))
        answer = self._caught.value.response
        assert (answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]) == self._expected
        assert self._words in answer["Error"]["Message"]
        return suppressed
