"""Apache Kafka versions that Amazon MSK knows, as its API spells them.

Source: Amazon MSK Developer Guide, "Supported Apache Kafka versions" (support of 3.6.0 ended 2026-06-01).
From 3.7 on a version names its metadata mode: `.kraft`, or ZooKeeper without a suffix; 4.x is KRaft only.
Express brokers: "Amazon MSK Express brokers"; of 3.9 only KRaft (hashicorp/terraform-provider-aws#48309).
"""

from dataclasses import dataclass

from .kafka_exceptions import BadRequestException


@dataclass(frozen=True)
class KafkaVersion:
    version: str
    supported: bool = True
    express: bool = False

    @property
    def kraft(self) -> bool:
        return self.version.endswith(".kraft")


KAFKA_VERSIONS: tuple[KafkaVersion, ...] = (
    *(
        KafkaVersion(version, supported=False)
        for version in (
            "2.6.0",
            "2.6.1",
            "2.6.2",
            "2.6.3",
            "2.7.0",
            "2.7.1",
            "2.7.2",
            "2.8.0",
            "2.8.1",
            "2.8.2.tiered",
            "3.1.1",
            "3.2.0",
            "3.3.1",
            "3.3.2",
            "3.4.0",
            "3.5.1",
        )
    ),
    KafkaVersion("3.6.0", supported=False, express=True),
    KafkaVersion("3.7.x"),
    KafkaVersion("3.7.x.kraft"),
    KafkaVersion("3.8.x", express=True),
    KafkaVersion("3.8.x.kraft"),
    KafkaVersion("3.9.x"),
    KafkaVersion("3.9.x.kraft", express=True),
    KafkaVersion("4.0.x.kraft"),
    KafkaVersion("4.1.x.kraft"),
    KafkaVersion("4.2.x.kraft"),
)

_BY_NAME = {known.version: known for known in KAFKA_VERSIONS}


def known_version(version: str) -> KafkaVersion:
    """The version as MSK knows it.

    Raises BadRequestException, naming the valid values, for any other (awslabs/benchmark-ai#739).
    """
    if version not in _BY_NAME:
        valid = ", ".join(_BY_NAME)
        raise BadRequestException(
            f"Unsupported KafkaVersion [{version}]. Valid values: [{valid}]", "kafkaVersion"
        )
    return _BY_NAME[version]


def compatible_targets(source: KafkaVersion) -> list[str]:
    """Versions that a cluster of `source` may be upgraded to: newer ones of the same metadata mode.

    MSK does not turn a ZooKeeper cluster into a KRaft one in place ("Metadata management" of the guide).
    """
    later = KAFKA_VERSIONS[KAFKA_VERSIONS.index(source) + 1 :]
    return [target.version for target in later if target.kraft == source.kraft and target.supported]
