"""An app with a stack for each provider, for test_bindings.py, which runs it in a Python of its own."""

import bindings  # noqa: F401, I001 - first: it decides how the provider packages are loaded

import sys

from cdktf import App, TerraformStack, Token
from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from cdktf_cdktf_provider_aws.dynamodb_table import (
    DynamodbTable,
    DynamodbTableAttribute,
)  # not used by stacks/
from cdktf_cdktf_provider_aws.msk_cluster import (
    MskCluster,
    MskClusterBrokerNodeGroupInfo,
    MskClusterConfigurationInfo,
)
from cdktf_cdktf_provider_aws.msk_configuration import MskConfiguration
from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderDefaultTags
from cdktf_cdktf_provider_helm.provider import HelmProvider, HelmProviderKubernetes
from cdktf_cdktf_provider_helm.release import Release, ReleaseSet
from cdktf_cdktf_provider_kubernetes.config_map_v1 import ConfigMapV1, ConfigMapV1Metadata
from cdktf_cdktf_provider_kubernetes.provider import KubernetesProvider


def aws_stack(app: App) -> None:
    stack = TerraformStack(app, "aws")
    AwsProvider(stack, "aws", region="us-east-1", default_tags=[AwsProviderDefaultTags(tags={"a": "b"})])
    configuration = MskConfiguration(stack, "configuration", name="c", server_properties="a=b\n")
    cluster = MskCluster(
        stack,
        "cluster",
        cluster_name="c",
        kafka_version="3.9.x",
        number_of_broker_nodes=3,
        configuration_info=MskClusterConfigurationInfo(
            arn=configuration.arn, revision=Token.as_number(configuration.latest_revision)
        ),
        broker_node_group_info=MskClusterBrokerNodeGroupInfo(
            client_subnets=["s"], instance_type="kafka.m7g.large", security_groups=["g"]
        ),
    )
    for broker in range(3):
        CloudwatchMetricAlarm(
            stack,
            f"alarm-{broker}",
            alarm_name=f"alarm-{broker}",
            comparison_operator="GreaterThanThreshold",
            evaluation_periods=3,
            dimensions={"Cluster Name": cluster.cluster_name, "Broker ID": str(broker + 1)},
        )
    DynamodbTable(
        stack, "table", name="t", hash_key="k", attribute=[DynamodbTableAttribute(name="k", type="S")]
    )


def kubernetes_stack(app: App) -> None:
    stack = TerraformStack(app, "kubernetes")
    KubernetesProvider(stack, "kubernetes", config_path="~/.kube/config")
    ConfigMapV1(stack, "map", metadata=ConfigMapV1Metadata(name="m"), data={"a": "b"})


def helm_stack(app: App) -> None:
    stack = TerraformStack(app, "helm")
    HelmProvider(stack, "helm", kubernetes=HelmProviderKubernetes(config_path="~/.kube/config"))
    Release(stack, "release", name="r", chart="c", set=[ReleaseSet(name="a", value="b")])


if __name__ == "__main__":
    small = App(outdir=sys.argv[1])
    for add_stack in (aws_stack, kubernetes_stack, helm_stack):
        add_stack(small)
    small.synth()
