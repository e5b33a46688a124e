"""What the stacks become in an account, as only the real Terraform and its AWS provider can show it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.planted_secrets import PLANTED, Planted
from tests.secret_scan import secrets_in
from tests.terraform.conftest import Deployment
from topology.network.addresses import range_key
from topology.observability.alarms import alarms
from topology.observability.log_groups import log_groups
from topology.side_by_side.collisions import collisions
from topology.state.stacks import STACK_KINDS

pytestmark = pytest.mark.terraform
REGION = "us-east-1"
EMPTY = 0
NAMING = tuple(f"{kind}-{REGION}" for kind in ("msk", "logs", "identity", "observability"))
"""Stacks whose resources have names that the account or the region has once."""
BACKEND = ".terraform/terraform.tfstate"


def cluster(deployment: Deployment) -> dict[str, Any]:
    arn = deployment.output(f"msk-{REGION}")["cluster_arn"]
    found: dict[str, Any] = deployment.client("kafka").describe_cluster(ClusterArn=arn)["ClusterInfo"]
    return found


def test_deploying_twice_changes_nothing(deployment: Deployment) -> None:
    assert {name: changes.total for name, changes in deployment.plan().items()} == {
        stack.name: EMPTY for stack in deployment.stacks
    }


def test_a_change_of_runtime_changes_nothing_that_holds_data(deployment: Deployment) -> None:
    kept = [stack.name for stack in deployment.stacks if stack.name.startswith(("network", "msk", "logs"))]
    try:
        runtimes: tuple[dict[str, Any], ...] = ({"ecs": {}}, {"eks": False, "ecs": {}})
        for runtime in runtimes:
            deployment.synthesize(runtime=runtime)
            planned = deployment.plan(*kept)
            assert {name: changes.total for name, changes in planned.items()} == dict.fromkeys(kept, EMPTY)
        tasks = deployment.first_plan(f"ecs-runtime-{REGION}")  # the provider looks into it at plan only
        assert {"aws_ecs_service.workers", "aws_ecs_service.operations"} <= {
            change.address for change in tasks.resources
        }
        assert {change.action for change in tasks.resources} == {"create"}
    finally:
        deployment.synthesize()


def test_addresses_in_the_state_can_be_read(deployment: Deployment) -> None:
    from operations.terraform.runner import Terraform  # noqa: PLC0415

    vpc = deployment.environment.regions[REGION].network.cidr
    addresses = Terraform(deployment.stack(f"msk-{REGION}"), deployment.variables).state_list()
    assert {
        "aws_msk_cluster.cluster",
        "aws_msk_configuration.cluster_configuration",
        "aws_kms_key.key",
        "aws_security_group.brokers",
        f"aws_vpc_security_group_ingress_rule.brokers_iam-{range_key(vpc)}",
    } <= set(addresses)


def test_another_environment_comes_and_goes_beside_it(deployment: Deployment, tmp_path: Path) -> None:
    """Another project in the same account, regions, VPCs and EKS clusters."""
    neighbour = Deployment(deployment.account, tmp_path / "cdktf.out", beside(deployment))
    assert collisions(deployment.environment, neighbour.environment) == ()
    before = names_in(deployment)
    neighbour.make_state_buckets()
    assert all(changes.total > EMPTY for changes in neighbour.apply().values())
    both = names_in(deployment)
    assert all(before[kind] < both[kind] for kind in before), "the neighbour has some of each kind"
    for one in (deployment, neighbour):
        planned = one.plan(*NAMING)
        assert {name: changes.total for name, changes in planned.items()} == dict.fromkeys(NAMING, EMPTY)
    neighbour.destroy()
    assert names_in(deployment) == before
    totals = {name: changes.total for name, changes in deployment.plan().items()}
    assert {name: total for name, total in totals.items() if total != EMPTY} == {}


def test_a_changed_property_reaches_the_cluster_as_a_new_revision(deployment: Deployment) -> None:
    before = cluster(deployment)["CurrentBrokerSoftwareInfo"]
    deployment.synthesize(kafka={"server_properties": {"log.retention.ms": "3600000"}})
    deployment.apply(f"msk-{REGION}")
    after = cluster(deployment)["CurrentBrokerSoftwareInfo"]
    assert after["ConfigurationArn"] == before["ConfigurationArn"]
    assert after["ConfigurationRevision"] == before["ConfigurationRevision"] + 1
    revision = deployment.client("kafka").describe_configuration_revision(
        Arn=after["ConfigurationArn"], Revision=after["ConfigurationRevision"]
    )
    assert b"log.retention.ms=3600000" in revision["ServerProperties"]


def test_grown_volumes_are_left_alone(deployment: Deployment) -> None:
    info = cluster(deployment)
    size = info["BrokerNodeGroupInfo"]["StorageInfo"]["EbsStorageInfo"]["VolumeSize"]
    deployment.client("kafka").update_broker_storage(
        ClusterArn=info["ClusterArn"],
        CurrentVersion=info["CurrentVersion"],
        TargetBrokerEBSVolumeInfo=[{"KafkaBrokerNodeId": "All", "VolumeSizeGB": size * 2}],
    )
    assert deployment.plan(f"msk-{REGION}")[f"msk-{REGION}"].total == EMPTY
    grown = cluster(deployment)["BrokerNodeGroupInfo"]["StorageInfo"]["EbsStorageInfo"]["VolumeSize"]
    assert grown == size * 2


def test_scram_needs_two_deploys_and_goes_again(deployment: Deployment) -> None:
    """The listener and an empty secret, then the association, as docs/runbooks/scram.md has them."""
    name, kafka = f"msk-{REGION}", deployment.client("kafka")

    def deploy(**authentication: bool) -> str:
        """The cluster's ARN, after a deploy of these settings that a second one would not change."""
        deployment.synthesize(kafka={"authentication": authentication})
        deployment.apply(name)
        assert deployment.plan(name)[name].total == EMPTY
        return str(deployment.output(name)["cluster_arn"])

    def associated(cluster_arn: str) -> list[str]:
        return list(kafka.list_scram_secrets(ClusterArn=cluster_arn)["SecretArnList"])

    try:
        assert associated(deploy(scram=True)) == []
        secret = deployment.output(name)["scram_secret_arn"]
        manager = deployment.client("secretsmanager")
        assert "VersionIdsToStages" not in manager.describe_secret(SecretId=secret), "it is empty"
        manager.put_secret_value(SecretId=secret, SecretString='{"username": "app", "password": "word"}')
        assert associated(deploy(scram=True, scram_secret_associated=True)) == [secret]
        assert associated(deploy(scram=True)) == []
    finally:
        deploy()
    sasl = cluster(deployment)["ClientAuthentication"]["Sasl"]
    assert not sasl["Scram"]["Enabled"]


def test_policies_name_the_very_clusters_of_the_flows(deployment: Deployment) -> None:
    role = deployment.output(f"identity-{REGION}")["worker_role_arn"].split("/")[-1]
    iam = deployment.client("iam")
    (attached,) = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    arn = attached["PolicyArn"]
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    policy = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    connect = {s["Sid"]: s["Resource"] for s in policy["Statement"] if s["Sid"].endswith("Connect")}
    assert connect == {
        "TargetConnect": [deployment.output("msk-us-east-1")["cluster_arn"]],
        "SourceConnect": [deployment.output("msk-us-west-2")["cluster_arn"]],
    }


def test_every_alarm_and_log_group_is_in_the_account(deployment: Deployment) -> None:
    environment = deployment.environment
    pages = deployment.client("cloudwatch").get_paginator("describe_alarms").paginate()
    found = {alarm["AlarmName"] for page in pages for alarm in page["MetricAlarms"]}
    assert found == {f"msk-mirror-local-{alarm.id}" for alarm in alarms(environment, REGION)}
    groups = deployment.client("logs").describe_log_groups()["logGroups"]
    kept = {group["logGroupName"]: group["retentionInDays"] for group in groups}
    expected = [group for owner in STACK_KINDS for group in log_groups(environment, REGION, owner)]
    assert kept == {group.name: group.retention_days for group in expected}


def test_cloudwatch_takes_the_dashboard(deployment: Deployment) -> None:
    name = deployment.output(f"observability-{REGION}")["dashboard"]
    body = deployment.client("cloudwatch").get_dashboard(DashboardName=name)["DashboardBody"]
    assert json.loads(body)["widgets"]


def test_no_secret_is_in_a_state(deployment: Deployment, tmp_path: Path) -> None:
    """Nor in what `terraform init` keeps beside the stack, which has the backend's settings."""
    states = {stack.name: deployment.state(stack.name) for stack in deployment.stacks}
    assert min(len(state["resources"]) for state in states.values()) > 0
    kept = {
        f"{stack.name}/.terraform": json.loads((stack.directory / BACKEND).read_text(encoding="utf-8"))
        for stack in deployment.stacks
    }
    assert [str(one) for one in secrets_in(states | kept, tmp_path)] == []


@pytest.mark.parametrize("planted", PLANTED, ids=[one.id for one in PLANTED])
def test_a_secret_that_is_planted_in_a_state_is_found(
    planted: Planted, deployment: Deployment, tmp_path: Path
) -> None:
    state = deployment.state(f"msk-{REGION}")
    instance = {"schema_version": 0, "attributes": planted.arguments, "sensitive_attributes": []}
    state["resources"].append({"mode": "managed", "type": planted.kind, "instances": [instance]})
    assert planted.found in {one.kind for one in secrets_in({"state": state}, tmp_path)}


def beside(deployment: Deployment) -> dict[str, Any]:
    """How the file of a neighbour differs: whatever has no default that keeps them apart is written."""
    regions = {
        region: {
            "network": {
                "vpc_id": (found := deployment.output(f"network-{region}"))["vpc_id"],
                "private_subnet_ids": found["private_subnet_ids"],
            },
            "eks": {"owns_cluster_services": False},
        }
        for region in deployment.environment.regions
    }
    return {"project": "neighbour", "mirrormaker": {"namespace": "neighbour"}, "regions": regions}


def names_in(deployment: Deployment) -> dict[str, set[str]]:
    """What the account has in the region, by the names that it has once."""
    client = deployment.client
    pages = client("cloudwatch").get_paginator("describe_alarms").paginate()
    return {
        "alarms": {alarm["AlarmName"] for page in pages for alarm in page["MetricAlarms"]},
        "clusters": {one["ClusterName"] for one in client("kafka").list_clusters()["ClusterInfoList"]},
        "configurations": {one["Name"] for one in client("kafka").list_configurations()["Configurations"]},
        "dashboards": {
            one["DashboardName"] for one in client("cloudwatch").list_dashboards()["DashboardEntries"]
        },
        "groups": {one["logGroupName"] for one in client("logs").describe_log_groups()["logGroups"]},
        "aliases": {one["AliasName"] for one in client("kms").list_aliases()["Aliases"]},
        "policies": {one["PolicyName"] for one in client("iam").list_policies(Scope="Local")["Policies"]},
        "roles": {one["RoleName"] for one in client("iam").list_roles()["Roles"]},
        "security groups": {
            one["GroupName"] for one in client("ec2").describe_security_groups()["SecurityGroups"]
        },
        "topics": {one["TopicArn"] for one in client("sns").list_topics()["Topics"]},
    }


def test_destroying_leaves_nothing_but_keys_that_wait_for_their_end(deployment: Deployment) -> None:
    """Last, because nothing is deployed afterwards."""
    destroyed = deployment.destroy()
    assert all(changes.destroy > 0 for changes in destroyed.values())
    assert deployment.client("kafka").list_clusters()["ClusterInfoList"] == []
    assert deployment.client("kafka").list_configurations()["Configurations"] == []
    assert deployment.client("logs").describe_log_groups()["logGroups"] == []
    assert deployment.client("cloudwatch").describe_alarms()["MetricAlarms"] == []
    assert deployment.client("sns").list_topics()["Topics"] == []
    iam = deployment.client("iam")
    assert iam.list_roles(PathPrefix="/")["Roles"] == []
    assert iam.list_policies(Scope="Local")["Policies"] == []
    vpcs = deployment.client("ec2").describe_vpcs()["Vpcs"]
    assert [vpc["VpcId"] for vpc in vpcs if not vpc["IsDefault"]] == []
    kms = deployment.client("kms")
    keys = [kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"] for key in kms.list_keys()["Keys"]]
    assert {key["KeyState"] for key in keys if key["KeyManager"] == "CUSTOMER"} <= {"PendingDeletion"}
