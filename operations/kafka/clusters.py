"""Kafka clusters as a client sees them: an alias, bootstrap servers, and how to log in.

The settings come from an ordinary client.properties file, the one that kafka-console-consumer reads, and are
translated to librdkafka's names. AWS_MSK_IAM is a mechanism of the Java client only; librdkafka does the same
by OAUTHBEARER with a token of AWS's signer (aws-msk-iam-sasl-signer-python).
"""

from __future__ import annotations

import importlib
import logging
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from topology.iam.statements import OPERATOR_GROUP
from topology.kafka.java_properties import parse_properties

__all__ = ["FROM_END", "Cluster", "ClusterError", "client_settings", "offsets_at", "read_properties", "words"]

# Without a logger librdkafka writes to stderr, across whatever is shown there; errors come by exception.
LOGGER: Final = logging.getLogger("msk_mirror.kafka")
LOGGER.addHandler(logging.NullHandler())
METADATA_SECONDS: Final = 30.0
FROM_END: Final = -1
"""A ListOffsets timestamp that means the end of the partition (Kafka protocol, ListOffsets)."""

# Java's name -> librdkafka's, where they differ and mean the same.
RENAMED: Final = {
    "ssl.truststore.location": "ssl.ca.location",
    "ssl.truststore.certificates": "ssl.ca.pem",
    "ssl.keystore.certificate.chain": "ssl.certificate.pem",
    "ssl.keystore.key": "ssl.key.pem",
}
JAVA_ONLY: Final = frozenset(
    {
        "sasl.jaas.config",
        "sasl.client.callback.handler.class",
        "ssl.truststore.type",
        "ssl.keystore.type",
        "bootstrap.servers",
        "group.id",
    }
)
PASSWORD_MECHANISMS: Final = frozenset({"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"})
MSK_HOST: Final = re.compile(r"\.kafka(?:-serverless)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$")


class ClusterError(Exception):
    """A cluster or topic that cannot be used, in words; or settings that librdkafka does not know."""


@dataclass(frozen=True)
class Cluster:
    """`alias` as MirrorMaker knows it; `settings`: librdkafka's, see `client_settings`."""

    alias: str
    bootstrap: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    def producer(self, settings: Mapping[str, Any]) -> Producer:
        """A producer with these settings of librdkafka on top. Raises ClusterError for unknown ones."""
        with self._named():
            return Producer(self._with(settings), logger=LOGGER)

    def consumer(self, settings: Mapping[str, Any] = MappingProxyType({})) -> Consumer:
        """A consumer that takes partitions by `assign` and commits nothing: of its group it need only see
        the coordinator (DescribeGroup)."""
        fixed = {
            "group.id": OPERATOR_GROUP,
            "enable.auto.commit": False,
            "allow.auto.create.topics": False,
            "auto.offset.reset": "earliest",
        }
        with self._named():
            return Consumer(self._with({**fixed, **settings}), logger=LOGGER)

    def admin(self, settings: Mapping[str, Any] = MappingProxyType({})) -> AdminClient:
        """A client of the cluster's administration. Raises ClusterError for unknown settings."""
        with self._named():
            return AdminClient(self._with(settings), logger=LOGGER)

    def topics(self) -> dict[str, int]:
        """The number of partitions of each topic that the client may see. Raises ClusterError."""
        said: list[str] = []
        consumer = self.consumer({"error_cb": lambda error: said.append(error.str())})
        try:
            found = consumer.list_topics(timeout=METADATA_SECONDS).topics
        except KafkaException as error:
            consumer.poll(0)  # serves error_cb, which knows more than "failed to get metadata"
            raise ClusterError("; ".join([f"{self}: {words(error)}", *dict.fromkeys(said)])) from error
        finally:
            consumer.close()
        return {name: len(topic.partitions) for name, topic in found.items() if topic.error is None}

    def __str__(self) -> str:
        return f"cluster {self.alias} at {self.bootstrap}"

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except KafkaException as error:
            raise ClusterError(f"{self}: {words(error)}") from error

    def _with(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        own = {"bootstrap.servers": self.bootstrap, "client.id": "msk-mirror", "log_level": 3}
        return {**own, **self.settings, **settings}


def offsets_at(
    consumer: Consumer, topic: str, partitions: Iterable[int], timestamp_ms: int
) -> list[TopicPartition]:
    """The first offset of each partition at or after a time; FROM_END, as time or offset: the end."""
    wanted = [TopicPartition(topic, partition, timestamp_ms) for partition in partitions]
    return consumer.offsets_for_times(wanted, timeout=METADATA_SECONDS)


def words(error: KafkaException) -> str:
    """What librdkafka says, without its wrapping."""
    cause = error.args[0] if error.args else error
    return cause.str() if hasattr(cause, "str") else str(cause)


def read_properties(path: Path) -> dict[str, str]:
    """A Java properties file. Raises ClusterError when it cannot be read."""
    try:
        return parse_properties(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ClusterError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error


def client_settings(properties: Mapping[str, str], bootstrap: str) -> dict[str, Any]:
    """librdkafka's settings for a Java client's properties. Raises ClusterError for what has no equal."""
    if (
        properties.get("ssl.truststore.type", "PEM") != "PEM"
        or properties.get("ssl.keystore.type", "PEM") != "PEM"
    ):
        raise ClusterError("ssl.truststore.type, ssl.keystore.type: found a Java store; allowed: PEM")
    settings: dict[str, Any] = {
        RENAMED.get(key, key): value for key, value in properties.items() if key not in JAVA_ONLY
    }
    jaas = _jaas_options(properties.get("sasl.jaas.config", ""))
    mechanism = properties.get("sasl.mechanism", "")
    if mechanism == "AWS_MSK_IAM":
        region = properties.get("aws.region") or msk_region(bootstrap)
        settings.pop("aws.region", None)
        settings |= {"sasl.mechanism": "OAUTHBEARER", "oauth_cb": iam_token(region, jaas)}
    elif mechanism in PASSWORD_MECHANISMS and jaas:
        settings |= {"sasl.username": jaas.get("username", ""), "sasl.password": jaas.get("password", "")}
    return settings


def msk_region(bootstrap: str) -> str:
    """The region of MSK brokers, taken from the end of the host name: a cluster's name may contain another
    region (aws-msk-iam-auth#245). Raises ClusterError when it is not to be seen there."""
    host = bootstrap.split(",", 1)[0].rpartition(":")[0]
    found = MSK_HOST.search(host)
    region = found.group(1) if found else os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if not region:
        raise ClusterError(
            f"{bootstrap}: the region is not to be seen in the address; set aws.region in the properties file"
        )
    return region


def iam_token(region: str, jaas: Mapping[str, str]) -> Callable[[str], tuple[str, float]]:
    """What librdkafka calls for a token: (token, seconds since 1970 when it expires).

    Credentials are those of the usual chain, or of `awsProfileName` or `awsRoleArn` in the JAAS options.
    """
    try:
        signer = importlib.import_module("aws_msk_iam_sasl_signer.MSKAuthTokenProvider")
    except ModuleNotFoundError as error:
        raise ClusterError(
            "AWS_MSK_IAM needs the package aws-msk-iam-sasl-signer-python: install it"
        ) from error

    def token(_: str) -> tuple[str, float]:
        if "awsProfileName" in jaas:
            signed = signer.generate_auth_token_from_profile(region, jaas["awsProfileName"])
        elif "awsRoleArn" in jaas:
            signed = signer.generate_auth_token_from_role_arn(region, jaas["awsRoleArn"])
        else:
            signed = signer.generate_auth_token(region)
        return str(signed[0]), float(signed[1]) / 1000

    return token


def _jaas_options(config: str) -> dict[str, str]:
    return dict(re.findall(r'(\w+)\s*=\s*"([^"]*)"', config))
