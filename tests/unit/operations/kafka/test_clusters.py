"""A Java client's properties as librdkafka's settings, MSK's IAM among them."""

from __future__ import annotations

import base64
import importlib.util
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from operations.kafka.clusters import Cluster, ClusterError, client_settings, msk_region, read_properties

MSK = "b-1.my-us-west-1-cluster.abc.c2.kafka.us-east-1.amazonaws.com:9098"
IAM = {
    "security.protocol": "SASL_SSL",
    "sasl.mechanism": "AWS_MSK_IAM",
    "sasl.jaas.config": "software.amazon.msk.auth.iam.IAMLoginModule required;",
    "sasl.client.callback.handler.class": "software.amazon.msk.auth.iam.IAMClientCallbackHandler",
}


def test_scram_is_taken_from_the_jaas_config() -> None:
    module = "org.apache.kafka.common.security.scram.ScramLoginModule"
    settings = client_settings(
        {
            "security.protocol": "SASL_SSL",
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.jaas.config": f'{module} required username="me" password="a=b;";',
            "ssl.truststore.location": "ca.pem",
            "ssl.truststore.type": "PEM",
        },
        MSK,
    )
    assert settings == {
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": "me",
        "sasl.password": "a=b;",
        "ssl.ca.location": "ca.pem",
    }


def test_a_java_trust_store_is_refused() -> None:
    with pytest.raises(ClusterError, match="found a Java store; allowed: PEM"):
        client_settings({"ssl.truststore.type": "JKS"}, MSK)


def test_iam_becomes_a_token_of_the_region_at_the_end_of_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    if importlib.util.find_spec("aws_msk_iam_sasl_signer") is None:
        with pytest.raises(ClusterError, match="aws-msk-iam-sasl-signer-python"):
            client_settings(IAM, MSK)
        return
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
    settings = client_settings(IAM, MSK)
    token, expires = settings.pop("oauth_cb")("")
    assert settings == {"security.protocol": "SASL_SSL", "sasl.mechanism": "OAUTHBEARER"}
    url = urlsplit(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode())
    assert url.hostname == "kafka.us-east-1.amazonaws.com"
    assert parse_qs(url.query)["Action"] == ["kafka-cluster:Connect"]
    assert expires > 1_700_000_000


@pytest.mark.parametrize(
    ("bootstrap", "region"),
    [
        (MSK, "us-east-1"),
        ("boot-x.c1.kafka-serverless.eu-west-1.amazonaws.com:9098", "eu-west-1"),
        ("b-1.x.kafka.cn-north-1.amazonaws.com.cn:9098,b-2.x:9098", "cn-north-1"),
    ],
)
def test_the_region_is_the_one_at_the_end(bootstrap: str, region: str) -> None:
    assert msk_region(bootstrap) == region


def test_a_region_that_is_not_in_the_address_must_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    with pytest.raises(ClusterError, match=r"set aws\.region in the properties file"):
        msk_region("kafka.internal:9098")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert msk_region("kafka.internal:9098") == "eu-west-1"


def test_a_properties_file_is_read_as_java_does(tmp_path: Path) -> None:
    path = tmp_path / "client.properties"
    path.write_text("# comment\nsecurity.protocol = PLAINTEXT\nclient.id: a\\\n  b\n")
    assert read_properties(path) == {"security.protocol": "PLAINTEXT", "client.id": "ab"}
    with pytest.raises(ClusterError, match="No such file"):
        read_properties(tmp_path / "nowhere")


def test_a_setting_that_librdkafka_does_not_know_is_named() -> None:
    cluster = Cluster("a", "127.0.0.1:1", client_settings({"no.such.setting": "1"}, "127.0.0.1:1"))
    with pytest.raises(
        ClusterError, match=r'cluster a at 127\.0\.0\.1:1: No such configuration property: "no'
    ):
        cluster.consumer()
