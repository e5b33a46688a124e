"""What MSK refuses, so that a stack that could not be deployed to AWS is refused here as well."""

import re
from collections.abc import Mapping
from typing import Any

from localcloud.aws.kafka.cluster import MskCluster
from localcloud.aws.kafka.configurations import Configurations
from localcloud.aws.kafka.exceptions import BadRequestException, invalid_configuration, invalid_name
from localcloud.aws.kafka.versions import compatible_targets, known_version

_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,63}")
_SMALLEST_GROWTH_GIB = 10
_SCRAM_SECRET = re.compile(r"arn:[^:]+:secretsmanager:[^:]+:\d{12}:secret:(?P<name>.+)")


def check_name(name: str, parameter: str) -> None:
    """Letters, digits and hyphens, at most 64, for clusters and configurations."""
    if not _NAME.fullmatch(name):
        raise invalid_name(parameter)


def check_new_cluster(provisioned: Mapping[str, Any], configurations: Configurations) -> None:
    """Raises BadRequestException for a provisioned cluster that MSK would not create."""
    version = known_version(provisioned["KafkaVersion"])
    group = provisioned["BrokerNodeGroupInfo"]
    if group["InstanceType"].startswith("express.") and not version.express:
        # hashicorp/terraform-provider-aws#48309.
        raise BadRequestException(
            f"Express instance types are not supported for Kafka version {version.name}.", "instanceType"
        )
    if group["InstanceType"].startswith("kafka.t3.") and version.kraft:
        raise BadRequestException("Unsupported InstanceType", "instanceType")
    check_subnets(group["InstanceType"], group["ClientSubnets"])
    check_broker_count(provisioned["NumberOfBrokerNodes"], group["ClientSubnets"], "numberOfBrokerNodes")
    check_new_connectivity(group.get("ConnectivityInfo") or {})
    check_configuration(provisioned.get("ConfigurationInfo"), version.name, configurations)


def check_subnets(instance_type: str, client_subnets: list[str]) -> None:
    """Two or three subnets, three for Express brokers (messages as cdk-preflight quotes them)."""
    if instance_type.startswith("express.") and len(client_subnets) != 3:
        raise BadRequestException(
            "Clusters with Express instance types require 3 subnets.", "brokerNodeGroupInfo"
        )
    if len(client_subnets) not in (2, 3):
        raise BadRequestException("Specify either two or three client subnets.", "brokerNodeGroupInfo")


def check_broker_count(count: int, client_subnets: list[str], parameter: str) -> None:
    """MSK places equally many brokers in each subnet (AWS provider, number_of_broker_nodes)."""
    if count < 1 or count % len(client_subnets):
        raise BadRequestException(
            "The number of broker nodes must be a multiple of Availability Zones in the Subnets parameter.",
            parameter,
        )


def check_new_connectivity(connectivity: Mapping[str, Any]) -> None:
    """Public access and multi-VPC connectivity come in a second step, after the cluster is created."""
    if (connectivity.get("PublicAccess") or {}).get("Type", "DISABLED") != "DISABLED":
        # hashicorp/terraform-provider-aws#31271.
        raise BadRequestException(
            "When creating a cluster, the only valid value for the Type parameter in PublicAccess is "
            "DISABLED.",
            "connectivityInfo",
        )
    vpc = (connectivity.get("VpcConnectivity") or {}).get("ClientAuthentication") or {}
    sasl = vpc.get("Sasl") or {}
    schemes = (vpc.get("Tls"), sasl.get("Scram"), sasl.get("Iam"))
    if any((scheme or {}).get("Enabled") for scheme in schemes):
        # aws-cloudformation/cloudformation-coverage-roadmap#1775.
        raise BadRequestException(
            "When creating a cluster, all vpcConnectivity auth schemes must be disabled ('enabled' : false). "
            "You can enable auth schemes after the cluster is created.",
            "vpcConnectivity.clientAuthentication",
        )


def check_configuration(
    information: Mapping[str, Any] | None, kafka_version: str | None, configurations: Configurations
) -> None:
    """The configuration and its revision exist and fit the cluster's Kafka version."""
    if information is None:
        return
    if information["Arn"] not in configurations:
        raise invalid_configuration()
    configuration = configurations.get(information["Arn"])
    configuration.revision(information["Revision"])
    if kafka_version is not None and not configuration.supports(kafka_version):
        raise BadRequestException(
            f"The configuration {configuration.name} is not compatible with Kafka version {kafka_version}. "
            f"Compatible versions: {configuration.kafka_versions}",
            "configurationInfo",
        )


def check_upgrade(cluster: MskCluster, target: str) -> None:
    current = known_version(str(cluster.kafka_version))
    allowed = compatible_targets(current)
    if known_version(target).name not in allowed:
        raise BadRequestException(
            f"The cluster can't be updated from {current.name} to {target}. Valid values: {allowed}",
            "targetKafkaVersion",
        )


def check_growth(current_gib: int | None, target_gib: int | None, throughput_changes: bool) -> None:
    """Volumes only grow, by 10 GiB at least; a request must change the size or the throughput."""
    if target_gib in (None, current_gib):
        if not throughput_changes:
            # cloudposse/terraform-aws-msk-apache-kafka-cluster#99.
            raise BadRequestException(
                "The request does not include any updates to the EBS volumes of the cluster. "
                "Verify the request, then try again.",
                "targetBrokerEBSVolumeInfo",
            )
        return
    if current_gib is None or target_gib is None or target_gib - current_gib < _SMALLEST_GROWTH_GIB:
        # hashicorp/terraform-provider-aws#20327.
        raise BadRequestException(
            "To update storage, you must increase it by at least 10 GiB.", "volumeSizeGB"
        )


def refuse_scram_secret(secret_arn: str) -> dict[str, str] | None:
    """The UnprocessedScramSecret for an ARN that MSK does not take, else None.

    MSK reads secrets whose name begins with AmazonMSK_ ("Sign-in credentials authentication with AWS
    Secrets Manager"; aws-controllers-k8s/community#2546).
    """
    matched = _SCRAM_SECRET.fullmatch(secret_arn)
    if matched and matched["name"].startswith("AmazonMSK_"):
        return None
    message = (
        "The provided secret arn cannot be used with Amazon MSK. "
        "Secret names must have the prefix 'AmazonMSK_'"
        if matched
        else "The provided secret ARN is invalid."
    )
    return {"SecretArn": secret_arn, "ErrorCode": "InvalidSecretArn", "ErrorMessage": message}
