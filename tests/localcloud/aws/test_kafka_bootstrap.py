"""GetBootstrapBrokers: names as MSK gives them for what is enabled, or the Kafka of this machine."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from localcloud.aws import EmulatedAws
from tests.localcloud.aws.msk import create_cluster, current_version, group

IAM = {"Sasl": {"Iam": {"Enabled": True}}}
SCRAM = {"Sasl": {"Scram": {"Enabled": True}, "Iam": {"Enabled": True}}}
MUTUAL_TLS = {"Tls": {"CertificateAuthorityArnList": ["arn:aws:acm-pca:us-east-1:123456789012:ca/1"]}}
OPEN = {"Unauthenticated": {"Enabled": True}}


@pytest.fixture
def local_kafka(aws: EmulatedAws) -> Iterator[str]:
    aws.register_kafka("us-west-2", "10.99.0.1:9092")
    yield "10.99.0.1:9092"
    aws.register_kafka("us-west-2", "")


@pytest.mark.parametrize(
    ("authentication", "in_transit", "ports"),
    [
        (IAM, "TLS", {"SaslIam": 9098}),
        (SCRAM, "TLS", {"SaslIam": 9098, "SaslScram": 9096}),
        (MUTUAL_TLS, "TLS", {"Tls": 9094}),
        ({**IAM, **OPEN}, "TLS_PLAINTEXT", {"": 9092, "Tls": 9094, "SaslIam": 9098}),
        (OPEN, "PLAINTEXT", {"": 9092}),
        (None, "TLS", {"Tls": 9094}),
    ],
    ids=["iam", "scram and iam", "mutual tls", "open and iam", "plaintext", "nothing said"],
)
def test_each_enabled_listener_has_its_member_and_port(
    kafka: Any, name: str, authentication: dict[str, Any] | None, in_transit: str, ports: dict[str, int]
) -> None:
    encryption = {"EncryptionInTransit": {"ClientBroker": in_transit, "InCluster": True}}
    arn = create_cluster(kafka, name, ClientAuthentication=authentication or {}, EncryptionInfo=encryption)
    found = {
        member.removeprefix("BootstrapBrokerString"): {int(each.split(":")[1]) for each in value.split(",")}
        for member, value in _addresses(kafka, arn).items()
    }
    assert found == {member: {port} for member, port in ports.items()}


def test_brokers_are_named_as_msk_names_them(client: Any, name: str) -> None:
    kafka = client("kafka", "eu-west-1")
    addresses = _addresses(kafka, create_cluster(kafka, name))["BootstrapBrokerStringSaslIam"].split(",")
    suffix = rf"\.{name}\.[a-z0-9]{{6}}\.c2\.kafka\.eu-west-1\.amazonaws\.com:9098"
    assert [bool(re.fullmatch(rf"b-{i}{suffix}", addresses[i - 1])) for i in (1, 2, 3)] == [True] * 3


def test_large_cluster_shows_three_of_its_brokers(kafka: Any, name: str) -> None:
    arn = create_cluster(kafka, name, NumberOfBrokerNodes=9)
    assert _addresses(kafka, arn)["BootstrapBrokerStringSaslIam"].count(",") == 2


def test_public_access_adds_public_addresses(kafka: Any, name: str) -> None:
    arn = create_cluster(kafka, name, BrokerNodeGroupInfo=group())
    kafka.update_connectivity(
        ClusterArn=arn,
        CurrentVersion=current_version(kafka, arn),
        ConnectivityInfo={"PublicAccess": {"Type": "SERVICE_PROVIDED_EIPS"}},
    )
    addresses = _addresses(kafka, arn)
    assert addresses["BootstrapBrokerStringPublicSaslIam"].startswith(f"b-1-public.{name}.")
    assert ":9198" in addresses["BootstrapBrokerStringPublicSaslIam"]


def test_registered_kafka_stands_for_the_clusters_of_its_region(
    client: Any, name: str, local_kafka: str
) -> None:
    kafka = client("kafka", "us-west-2")
    arn = create_cluster(kafka, name, ClientAuthentication=SCRAM)
    assert _addresses(kafka, arn) == {
        "BootstrapBrokerStringSaslIam": local_kafka,
        "BootstrapBrokerStringSaslScram": local_kafka,
    }
    elsewhere = client("kafka", "us-east-2")
    addresses = _addresses(elsewhere, create_cluster(elsewhere, name))
    assert local_kafka not in addresses.values()


def test_withdrawn_kafka_gives_the_names_of_msk_back(aws: EmulatedAws, client: Any, name: str) -> None:
    kafka = client("kafka", "ap-southeast-2")
    arn = create_cluster(kafka, name)
    aws.register_kafka("ap-southeast-2", "127.0.0.1:9092")
    assert _addresses(kafka, arn)["BootstrapBrokerStringSaslIam"] == "127.0.0.1:9092"
    aws.register_kafka("ap-southeast-2", "")
    assert ".amazonaws.com:9098" in _addresses(kafka, arn)["BootstrapBrokerStringSaslIam"]


@pytest.mark.parametrize("body", ["", "[]", '{"region": "us-east-1"}', '{"region": "", "bootstrap": "a:1"}'])
def test_registration_says_what_it_takes(aws: EmulatedAws, body: str) -> None:
    answer = httpx.post(f"{aws.endpoint_url}/_localcloud/kafka", content=body)
    assert answer.status_code == 400
    assert "bootstrap" in answer.text


def test_admin_paths_leave_every_bucket_name_to_s3(client: Any) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="localcloud")
    s3.put_object(Bucket="localcloud", Key="kafka", Body=b"an object")
    assert s3.get_object(Bucket="localcloud", Key="kafka")["Body"].read() == b"an object"


def _addresses(kafka: Any, arn: str) -> dict[str, str]:
    answer = kafka.get_bootstrap_brokers(ClusterArn=arn)
    return {member: value for member, value in answer.items() if member.startswith("Bootstrap")}
