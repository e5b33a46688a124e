"""The Kafka versions of the emulated MSK, and what it answers to any other."""

from localcloud.aws.kafka.exceptions import BadRequestException
from topology.kafka.msk_versions import MSK_VERSIONS, MskVersion, msk_version

__all__ = ["compatible_targets", "known_version"]


def known_version(version: str) -> MskVersion:
    """The version as MSK knows it.

    Raises BadRequestException, naming the valid values, for any other (awslabs/benchmark-ai#739).
    """
    known = msk_version(version)
    if known is None:
        valid = ", ".join(each.name for each in MSK_VERSIONS)
        raise BadRequestException(
            f"Unsupported KafkaVersion [{version}]. Valid values: [{valid}]", "kafkaVersion"
        )
    return known


def compatible_targets(source: MskVersion) -> list[str]:
    """Versions that a cluster of `source` may be upgraded to: newer ones of the same metadata mode.

    MSK does not turn a ZooKeeper cluster into a KRaft one in place ("Metadata management" of the guide).
    """
    later = MSK_VERSIONS[MSK_VERSIONS.index(source) + 1 :]
    return [target.name for target in later if target.kraft == source.kraft and target.supported]
