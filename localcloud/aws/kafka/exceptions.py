"""Errors of the MSK API, with the codes and messages that Amazon MSK itself answers with.

The HTTP status of each comes from the service model (400, 404, 409). Where a message was seen in a real
account, the place it is quoted from is given beside it; the others say the same in our words.
"""

# ruff: noqa: N818  # the exceptions bear the names of the API's shapes, by which moto finds them

from moto.core.exceptions import ServiceException


class MskError(ServiceException):
    """An error of the MSK API; `invalid_parameter` names the offending request field, as MSK does."""

    def __init__(self, message: str, invalid_parameter: str | None = None) -> None:
        super().__init__(message)
        self.invalid_parameter = invalid_parameter


class BadRequestException(MskError):
    code = "BadRequestException"


class NotFoundException(MskError):
    code = "NotFoundException"


class ConflictException(MskError):
    code = "ConflictException"


def name_taken(parameter: str) -> ConflictException:
    # hashicorp/terraform-provider-aws#8898 (configurations), upjet-aws#489 (clusters).
    return ConflictException("A resource with this name already exists.", parameter)


def invalid_name(parameter: str) -> BadRequestException:
    # hashicorp/terraform-provider-aws#8793.
    return BadRequestException(
        "The parameter value contains one or more characters that are not valid.", parameter
    )


def unknown_cluster() -> NotFoundException:
    return NotFoundException("The specified cluster does not exist.", "clusterArn")


def unknown_configuration() -> BadRequestException:
    # The AWS provider takes exactly this 400 for "gone" (resource aws_msk_configuration).
    return BadRequestException("Configuration ARN does not exist.", "arn")


def invalid_configuration() -> BadRequestException:
    # hashicorp/terraform-provider-aws#9714.
    return BadRequestException("Invalid Configuration ARN.", "configurationInfo")


def configuration_in_use() -> BadRequestException:
    # hashicorp/terraform-provider-aws#15831.
    return BadRequestException(
        "Configuration is in use by one or more clusters. Dissociate the configuration from the clusters.",
        "arn",
    )


def stale_version() -> BadRequestException:
    # hashicorp/terraform-provider-aws#25061.
    return BadRequestException(
        "The version of the cluster isn't current. Check the current version and try again.",
        "currentVersion",
    )


def not_active() -> BadRequestException:
    return BadRequestException(
        "This operation is only valid for resources that are in one of the following states :[ACTIVE]",
        "clusterArn",
    )


def no_brokers_yet(state: str) -> BadRequestException:
    # angelabad/terraform-aws-msk-cluster#28.
    return BadRequestException(f"You can't get bootstrap broker nodes for a cluster in {state} state.")
