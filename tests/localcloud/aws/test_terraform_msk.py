"""The real AWS provider and S3 backend against the emulated account, told where it is by environment only."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from localcloud.aws import EmulatedAws

pytestmark = pytest.mark.terraform

LOCKED = {
    "ID": "11111111-2222-3333-4444-555555555555",
    "Operation": "OperationTypeApply",
    "Who": "someone@elsewhere",
    "Version": "1.11.4",
    "Created": "2026-01-01T00:00:00Z",
    "Path": "state",
}


class Terraform:
    """A root module of one MSK cluster in a directory, with its state in the emulated S3."""

    def __init__(self, directory: Path, aws: EmulatedAws, name: str) -> None:
        self.directory = directory
        self.name = name
        self._environment = {
            **os.environ,
            **aws.environment(),
            "TF_IN_AUTOMATION": "1",
            "TF_INPUT": "0",
            "CHECKPOINT_DISABLE": "1",
        }

    def write(self, cluster: dict[str, Any], properties: str) -> None:
        configuration = {
            "name": self.name,
            "kafka_versions": ["3.9.x"],
            "server_properties": properties,
            "lifecycle": {"create_before_destroy": True},
        }
        module = {
            "terraform": {
                "required_providers": {"aws": _provider()},
                "backend": {
                    "s3": {
                        "bucket": self.name,
                        "key": "msk.tfstate",
                        "region": "eu-west-1",
                        "use_lockfile": True,
                    }
                },
            },
            "provider": {"aws": {"region": "eu-west-1"}},
            "resource": {
                "aws_msk_configuration": {"brokers": configuration},
                "aws_msk_cluster": {"cluster": {**_cluster(self.name), **cluster}},
            },
            "output": {"bootstrap": {"value": "${aws_msk_cluster.cluster.bootstrap_brokers_sasl_iam}"}},
        }
        (self.directory / "main.tf.json").write_text(json.dumps(module))

    def run(self, command: str, *arguments: str, expect: int = 0) -> str:
        done = subprocess.run(
            ["terraform", command, "-no-color", *arguments],
            cwd=self.directory,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stdout + done.stderr
        assert done.returncode == expect, f"terraform {command} ended with {done.returncode}:\n{said}"
        return said

    def apply(self) -> str:
        return self.run("apply", "-auto-approve")

    def assert_nothing_to_do(self) -> None:
        self.run("plan", "-detailed-exitcode")


@pytest.fixture
def terraform(tmp_path: Path, aws: EmulatedAws, client: Any, name: str) -> Terraform:
    client("s3", "eu-west-1").create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    return Terraform(tmp_path, aws, name)


def test_change_of_a_property_reaches_the_cluster_in_place(terraform: Terraform, client: Any) -> None:
    kafka = client("kafka", "eu-west-1")
    terraform.write({}, "log.retention.hours=24\n")
    terraform.run("init")
    terraform.apply()
    terraform.assert_nothing_to_do()
    before = _described(kafka, terraform.name)

    terraform.write({}, "log.retention.hours=168\n")
    assert "0 added, 2 changed, 0 destroyed" in terraform.apply()
    terraform.assert_nothing_to_do()

    after = _described(kafka, terraform.name)
    assert after["ClusterArn"] == before["ClusterArn"]
    assert _revision(before) == 1
    assert _revision(after) == 2
    revision = kafka.describe_configuration_revision(
        Arn=after["CurrentBrokerSoftwareInfo"]["ConfigurationArn"], Revision=2
    )
    assert revision["ServerProperties"] == b"log.retention.hours=168\n"

    terraform.run("destroy", "-auto-approve")
    assert kafka.list_clusters(ClusterNameFilter=terraform.name)["ClusterInfoList"] == []
    found = kafka.list_configurations()["Configurations"]
    assert terraform.name not in [configuration["Name"] for configuration in found]


def test_every_update_of_the_provider_is_made_in_one_apply(terraform: Terraform, client: Any) -> None:
    terraform.write({}, "log.retention.hours=24\n")
    terraform.run("init")
    terraform.apply()
    changes = {
        "number_of_broker_nodes": 6,
        "enhanced_monitoring": "PER_TOPIC_PER_BROKER",
        "open_monitoring": {"prometheus": {"jmx_exporter": {"enabled_in_broker": True}}},
        "client_authentication": {"sasl": {"iam": True, "scram": True}},
        "broker_node_group_info": _group("kafka.m7g.xlarge", 200, "SERVICE_PROVIDED_EIPS"),
        "tags": {"Stage": "test"},
    }
    terraform.write(changes, "log.retention.hours=24\n")
    assert "0 added, 1 changed, 0 destroyed" in terraform.apply()
    terraform.assert_nothing_to_do()

    described = _described(client("kafka", "eu-west-1"), terraform.name)
    group = described["BrokerNodeGroupInfo"]
    assert described["NumberOfBrokerNodes"] == 6
    assert described["EnhancedMonitoring"] == "PER_TOPIC_PER_BROKER"
    assert described["ClientAuthentication"]["Sasl"]["Scram"] == {"Enabled": True}
    assert group["InstanceType"] == "kafka.m7g.xlarge"
    assert group["StorageInfo"]["EbsStorageInfo"]["VolumeSize"] == 200
    assert group["ConnectivityInfo"]["PublicAccess"] == {"Type": "SERVICE_PROVIDED_EIPS"}


def test_registered_kafka_is_what_terraform_outputs(terraform: Terraform, aws: EmulatedAws) -> None:
    aws.register_kafka("eu-west-1", "10.99.0.2:9092")
    try:
        terraform.write({}, "log.retention.hours=24\n")
        terraform.run("init")
        terraform.apply()
        assert json.loads(terraform.run("output", "-json", "bootstrap")) == "10.99.0.2:9092"
    finally:
        aws.register_kafka("eu-west-1", "")


def test_second_writer_is_refused_by_the_lock_file(terraform: Terraform, client: Any) -> None:
    terraform.write({}, "log.retention.hours=24\n")
    terraform.run("init")
    client("s3", "eu-west-1").put_object(
        Bucket=terraform.name, Key="msk.tfstate.tflock", Body=json.dumps(LOCKED), IfNoneMatch="*"
    )
    refused = terraform.run("apply", "-auto-approve", expect=1)
    assert "Error acquiring the state lock" in refused
    assert "someone@elsewhere" in refused
    terraform.run("force-unlock", "-force", LOCKED["ID"])
    terraform.apply()


def _provider() -> dict[str, str]:
    """The version of the mirror where the toolchain found one; else whatever the registry gives."""
    version = os.environ.get("MSK_MIRROR_AWS_PROVIDER_VERSION")
    return {"source": "hashicorp/aws"} | ({"version": version} if version else {})


def _cluster(name: str) -> dict[str, Any]:
    return {
        "cluster_name": name,
        "kafka_version": "3.9.x",
        "number_of_broker_nodes": 3,
        "broker_node_group_info": _group("kafka.m7g.large", 100, "DISABLED"),
        "client_authentication": {"sasl": {"iam": True}},
        "configuration_info": {
            "arn": "${aws_msk_configuration.brokers.arn}",
            "revision": "${aws_msk_configuration.brokers.latest_revision}",
        },
    }


def _group(instance_type: str, volume_gib: int, public_access: str) -> dict[str, Any]:
    return {
        "instance_type": instance_type,
        "client_subnets": ["subnet-a", "subnet-b", "subnet-c"],
        "security_groups": ["sg-brokers"],
        "storage_info": {"ebs_storage_info": {"volume_size": volume_gib}},
        "connectivity_info": {"public_access": {"type": public_access}},
    }


def _described(kafka: Any, name: str) -> dict[str, Any]:
    (cluster,) = kafka.list_clusters(ClusterNameFilter=name)["ClusterInfoList"]
    return dict(cluster)


def _revision(cluster: dict[str, Any]) -> int:
    return int(cluster["CurrentBrokerSoftwareInfo"]["ConfigurationRevision"])
