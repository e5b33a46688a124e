"""MSK configurations: a named set of broker properties, of which every change makes a new revision."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random
from moto.utilities.utils import get_partition

from localcloud.aws.kafka.exceptions import BadRequestException, unknown_configuration


@dataclass(frozen=True)
class ConfigurationRevision:
    revision: int
    creation_time: datetime
    server_properties: bytes
    description: str | None

    def summary(self) -> dict[str, Any]:
        """ConfigurationRevision of the API: everything but the properties."""
        return {
            "CreationTime": self.creation_time,
            "Description": self.description,
            "Revision": self.revision,
        }


@dataclass
class MskConfiguration:
    """A configuration and all its revisions, oldest first; the first is number 1 and none is ever removed."""

    arn: str
    name: str
    kafka_versions: list[str]
    creation_time: datetime = field(default_factory=utcnow)
    revisions: list[ConfigurationRevision] = field(default_factory=list)

    @property
    def latest(self) -> ConfigurationRevision:
        return self.revisions[-1]

    def add_revision(self, server_properties: bytes, description: str | None) -> ConfigurationRevision:
        revision = ConfigurationRevision(len(self.revisions) + 1, utcnow(), server_properties, description)
        self.revisions.append(revision)
        return revision

    def revision(self, number: int) -> ConfigurationRevision:
        """Raises BadRequestException for a number that was never made."""
        if not 1 <= number <= len(self.revisions):
            raise BadRequestException(
                f"Configuration revision {number} does not exist. Latest revision: {self.latest.revision}.",
                "revision",
            )
        return self.revisions[number - 1]

    def supports(self, kafka_version: str) -> bool:
        """A configuration made without versions fits each of them (CreateConfiguration, kafkaVersions)."""
        return not self.kafka_versions or kafka_version in self.kafka_versions

    def describe(self) -> dict[str, Any]:
        return {
            "Arn": self.arn,
            "CreationTime": self.creation_time,
            "Description": self.revisions[0].description or "",
            "KafkaVersions": self.kafka_versions,
            "LatestRevision": self.latest.summary(),
            "Name": self.name,
            "State": "ACTIVE",
        }

    def describe_revision(self, number: int) -> dict[str, Any]:
        revision = self.revision(number)
        return {"Arn": self.arn, **revision.summary(), "ServerProperties": revision.server_properties}


class Configurations:
    """The configurations of one account in one region, by ARN."""

    def __init__(self, region_name: str, account_id: str) -> None:
        self._prefix = f"arn:{get_partition(region_name)}:kafka:{region_name}:{account_id}:configuration"
        self._by_arn: dict[str, MskConfiguration] = {}

    def create(self, name: str, kafka_versions: list[str]) -> MskConfiguration:
        arn = f"{self._prefix}/{name}/{resource_id()}"
        configuration = MskConfiguration(arn, name, sorted(kafka_versions))
        self._by_arn[arn] = configuration
        return configuration

    def get(self, arn: str) -> MskConfiguration:
        """Raises BadRequestException (not 404: that is MSK's answer) for an unknown ARN."""
        if arn not in self._by_arn:
            raise unknown_configuration()
        return self._by_arn[arn]

    def remove(self, arn: str) -> None:
        del self._by_arn[arn]

    def all(self) -> list[MskConfiguration]:
        return list(self._by_arn.values())

    def __contains__(self, arn: str) -> bool:
        return arn in self._by_arn

    def has_name(self, name: str) -> bool:
        return any(configuration.name == name for configuration in self._by_arn.values())


def resource_id(suffix: str = "") -> str:
    """`<uuid>-<n>`, the last part of the ARNs of MSK; moto's seed makes it repeatable.

    `suffix` goes before the number: `s` for serverless clusters.
    """
    identifier: uuid.UUID = mock_random.uuid4()
    return f"{identifier}-{suffix}{mock_random.randint(1, 25)}"
