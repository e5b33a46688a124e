"""MSK configurations: every change is a new revision, and errors are those that the AWS provider expects."""

from typing import Any

from tests.localcloud.aws.msk import Refusal, create_cluster, create_configuration

UNKNOWN = "arn:aws:kafka:us-east-1:123456789012:configuration/none/11111111-2222-3333-4444-555555555555-1"


def test_arn_has_the_name_and_an_id_that_ends_in_a_number(kafka: Any, name: str) -> None:
    arn = create_configuration(kafka, name)
    prefix, configured, identifier = arn.split("/")
    assert prefix == "arn:aws:kafka:us-east-1:123456789012:configuration"
    assert configured == name
    assert len(identifier.split("-")) == 6
    assert identifier.split("-")[-1].isdigit()


def test_first_revision_holds_the_properties_byte_for_byte(kafka: Any, name: str) -> None:
    properties = "auto.create.topics.enable=false\n# größer\n".encode()
    arn = create_configuration(kafka, name, properties, KafkaVersions=["3.9.x"], Description="brokers")
    described = kafka.describe_configuration(Arn=arn)
    assert described["Name"] == name
    assert described["State"] == "ACTIVE"
    assert described["KafkaVersions"] == ["3.9.x"]
    assert described["LatestRevision"]["Revision"] == 1
    revision = kafka.describe_configuration_revision(Arn=arn, Revision=1)
    assert revision["ServerProperties"] == properties
    assert revision["Description"] == "brokers"


def test_update_adds_a_revision_and_keeps_the_old_one(kafka: Any, name: str) -> None:
    arn = create_configuration(kafka, name, b"log.retention.hours=24\n")
    updated = kafka.update_configuration(
        Arn=arn, ServerProperties=b"log.retention.hours=168\n", Description="week"
    )
    assert updated["LatestRevision"]["Revision"] == 2
    assert kafka.describe_configuration(Arn=arn)["LatestRevision"]["Description"] == "week"
    first = kafka.describe_configuration_revision(Arn=arn, Revision=1)
    assert first["ServerProperties"] == b"log.retention.hours=24\n"
    revisions = kafka.list_configuration_revisions(Arn=arn)["Revisions"]
    assert [revision["Revision"] for revision in revisions] == [1, 2]


def test_list_pages_through_all_configurations(kafka: Any, name: str) -> None:
    made = {create_configuration(kafka, f"{name}-{i}") for i in range(3)}
    pages = list(kafka.get_paginator("list_configurations").paginate(PaginationConfig={"PageSize": 2}))
    listed = [configuration["Arn"] for page in pages for configuration in page["Configurations"]]
    assert made <= set(listed)
    assert len(listed) == len(set(listed))
    assert all(len(page["Configurations"]) <= 2 for page in pages)


def test_configurations_of_another_region_are_not_listed(client: Any, kafka: Any, name: str) -> None:
    arn = create_configuration(kafka, name)
    elsewhere = client("kafka", "eu-west-1").list_configurations()["Configurations"]
    assert arn not in [configuration["Arn"] for configuration in elsewhere]


def test_name_is_taken_once(kafka: Any, name: str) -> None:
    create_configuration(kafka, name)
    with Refusal(409, "ConflictException", "A resource with this name already exists."):
        create_configuration(kafka, name)


def test_name_without_hyphens_and_letters_is_refused(kafka: Any) -> None:
    with Refusal(400, "BadRequestException", "characters that are not valid"):
        create_configuration(kafka, "broker_properties")


def test_unknown_configuration_is_a_bad_request_with_the_words_that_terraform_reads(kafka: Any) -> None:
    with Refusal(400, "BadRequestException", "Configuration ARN does not exist"):
        kafka.describe_configuration(Arn=UNKNOWN)
    with Refusal(400, "BadRequestException", "Configuration ARN does not exist"):
        kafka.update_configuration(Arn=UNKNOWN, ServerProperties=b"a=b")
    with Refusal(400, "BadRequestException", "Configuration ARN does not exist"):
        kafka.delete_configuration(Arn=UNKNOWN)


def test_unknown_revision_is_refused(kafka: Any, name: str) -> None:
    arn = create_configuration(kafka, name)
    with Refusal(400, "BadRequestException", "revision 2 does not exist"):
        kafka.describe_configuration_revision(Arn=arn, Revision=2)


def test_deleted_configuration_is_gone_and_its_name_free(kafka: Any, name: str) -> None:
    arn = create_configuration(kafka, name)
    assert kafka.delete_configuration(Arn=arn)["State"] == "DELETING"
    with Refusal(400, "BadRequestException", "Configuration ARN does not exist"):
        kafka.describe_configuration(Arn=arn)
    assert create_configuration(kafka, name) != arn


def test_configuration_that_a_cluster_uses_is_not_deleted(kafka: Any, name: str) -> None:
    arn = create_configuration(kafka, name)
    cluster = create_cluster(kafka, name, ConfigurationInfo={"Arn": arn, "Revision": 1})
    with Refusal(400, "BadRequestException", "Configuration is in use by one or more clusters"):
        kafka.delete_configuration(Arn=arn)
    kafka.delete_cluster(ClusterArn=cluster)
    kafka.delete_configuration(Arn=arn)
