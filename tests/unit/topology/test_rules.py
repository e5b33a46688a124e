"""Each rule refuses what it is there for, says where, and says what is allowed."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from tests.unit.topology.environments import DELETE, environment, text, third_region
from topology.loading import load_text
from topology.problem import InvalidEnvironment, Problem, dotted
from topology.rules import RULES


class Case(NamedTuple):
    rule: str
    changes: dict[str, Any]
    path: str
    message: str
    allowed: str | None = None


EAST, WEST = "regions/us-east-1", "regions/us-west-2"
SUBNETS = [f"subnet-0000000{n}" for n in (1, 2, 3)]

ECR = "123456789012.dkr.ecr.us-west-2.amazonaws.com/connect"
MANY = [f"{'t' * 60}-{n}" for n in range(900)]

RUNTIME_CASES = [
    Case(
        "workers-have-a-runtime",
        {"runtime": {"eks": False}},
        "runtime.eks",
        "leaves the workers without a runtime",
        "true, or false with an ecs section (ecs: {}) beside it",
    ),
    Case(
        "operations-fit-a-task",
        {"runtime/ecs": {}, "mirrormaker/operations/cpu_request_millicores": 8001},
        "mirrormaker.operations.cpu_request_millicores",
        "which holds two of these containers",
        "at most 8000",
    ),
    Case(
        "tasks-have-no-secret-for-rest",
        {"runtime/ecs": {}, "mirrormaker/rest": {"basic_auth": {"secret": "users"}}},
        "mirrormaker.rest.basic_auth",
        "tasks on ECS have no Kubernetes Secret",
    ),
    Case(
        "fargate-has-tasks-of-this-size",
        {"runtime/ecs": {"cpu_units": 3072}},
        "runtime.ecs.cpu_units",
        "is no size of a Fargate task",
        "256, 512, 1024, 2048, 4096, 8192, 16384",
    ),
    Case(
        "fargate-has-tasks-of-this-size",
        {"runtime/ecs": {"cpu_units": 8192, "memory_mib": 17408}},
        "runtime.ecs.memory_mib",
        "does not go with 8192 CPU units",
    ),
    Case(
        "heap-fits-the-task",
        {"runtime/ecs": {"cpu_units": 256, "memory_mib": 1024}},
        "runtime.ecs.memory_mib",
        "is less than mirrormaker.heap.max_mib (1024) and 512 MiB beside it",
        "at least 1536",
    ),
    Case(
        "tasks-alone-are-enough",
        {"runtime": {"eks": False, "ecs": {"desired_count": 1}}},
        "runtime.ecs.desired_count",
        "is too few for stage production while there are no pods",
        "2 or more",
    ),
    Case(
        "task-definitions-fit-ecs",
        {"runtime": {"eks": False, "ecs": {}}, "flows/0/topics": {"include": MANY}},
        "flows",
        "give the tasks in us-east-1 a definition of",
    ),
    Case(
        "images-are-within-reach",
        {"runtime/ecs": {}, "mirrormaker/image": {"repository": ECR, "tag": "1"}},
        "mirrormaker.image.repository",
        "is in us-west-2, where ECS tasks in the created VPC of us-east-1 can not get it",
    ),
]

CASES = [
    *RUNTIME_CASES,
    Case(
        "aliases-are-unique",
        {f"{EAST}/alias": "east", f"{WEST}/alias": "east"},
        "regions.us-west-2.alias",
        "is the alias of us-east-1 already",
    ),
    Case(
        "aliases-are-unique",
        {f"{EAST}/alias": "the-east", f"{WEST}/alias": "The_East"},
        "regions.us-west-2.alias",
        "gives the environment variable BOOTSTRAP_THE_EAST, which is that of us-east-1",
    ),
    Case(
        "aliases-are-not-taken-by-another-region",
        {f"{EAST}/alias": "us-west-2", f"{WEST}/alias": "west"},
        "regions.us-east-1.alias",
        "is the id of another region",
    ),
    Case(
        "aliases-are-the-same-everywhere",
        {"mirrormaker/connector_properties/source": {"source.cluster.alias": "elsewhere"}},
        "mirrormaker.connector_properties.source.source.cluster.alias",
        "an alias must be the same in every connector",
    ),
    Case(
        "topics-do-not-begin-with-an-alias",
        {"flows/0/topics": {"include": ["us-east-1.orders"]}},
        "flows[0].topics.include[0]",
        "begins with the alias of us-east-1",
    ),
    Case(
        "topics-do-not-begin-with-an-alias",
        {f"{EAST}/alias": "orders"},
        "flows[0].topics",
        "begins with the alias of us-east-1",
    ),
    Case(
        "flows-name-regions-of-the-environment",
        {"flows/0": {"source": "us-east-1", "target": "eu-west-1"}},
        "flows[0].target",
        "is not a region of this environment",
        "us-east-1, us-west-2",
    ),
    Case(
        "flows-name-regions-of-the-environment",
        {"flows/0": {"source": "us-east-1"}},
        "flows[0]",
        "lacks target",
    ),
    Case(
        "flows-name-regions-of-the-environment",
        {"flows/0": {"source": "us-east-1", "target": "us-east-1"}},
        "flows[0].target",
        "is the source",
    ),
    Case(
        "flows-name-regions-of-the-environment",
        {"flows/0/source": "us-east-1"},
        "flows[0].source",
        "does not go with active_active",
    ),
    Case(
        "flows-name-regions-of-the-environment",
        {"flows/0/regions": ["us-east-1"]},
        "flows[0].regions",
        "needs two regions",
    ),
    Case(
        "a-set-names-each-region-once",
        {"flows/0/regions": ["us-east-1", "us-west-2", "us-east-1"]},
        "flows[0].regions[2]",
        "is there already",
    ),
    Case(
        "a-direction-is-in-one-flow-only",
        {"flows/1": {"source": "us-east-1", "target": "us-west-2", "checkpoints": {"enabled": False}}},
        "flows[1]",
        "replicates us-east-1 to us-west-2, as flows[0] does",
    ),
    Case(
        "identity-policy-only-one-way",
        {"flows/0/policy": "identity"},
        "flows[0].policy",
        "identity is refused between regions that replicate both ways (messages would circle for ever)",
        "default",
    ),
    Case(
        "identity-policy-only-one-way",
        {
            "regions/eu-west-1": third_region(),
            "flows/0": {"source": "us-east-1", "target": "us-west-2", "policy": "identity"},
            "flows/1": {"source": "us-west-2", "target": "eu-west-1", "policy": "identity"},
            "flows/2": {"source": "eu-west-1", "target": "us-east-1", "policy": "identity"},
        },
        "flows[1].policy",
        "identity is refused",
    ),
    Case(
        "mirrored-topics-are-not-mirrored-again",
        {"regions/eu-west-1": third_region(), "flows/0/topics": {"include": ["*"]}},
        "flows[0].topics.include[0]",
        "they would be mirrored again and again",
    ),
    Case(
        "group-offsets-do-not-fight",
        {"flows/0/groups/include": ["app-*"]},
        "flows[0].groups.include",
        "they would overwrite each other",
    ),
    Case(
        "topic-names-are-told-once",
        {"flows/0/topics": {"include": ["orders.*", "orders.eu"]}},
        "flows[0].topics.include[1]",
        "is within orders.*",
    ),
    Case(
        "every-worker-has-a-task",
        {"flows/0/tasks_max": 2},
        "flows[0].tasks_max",
        "is less than mirrormaker.replicas.max (6)",
        "at least 6; the default is 12",
    ),
    Case(
        "paired-regions-have-their-own-addresses",
        {f"{WEST}/network/cidr": "10.1.128.0/17"},
        "regions.us-west-2.network.cidr",
        "overlaps 10.1.0.0/16 of us-east-1",
    ),
    Case(
        "paired-regions-have-their-own-addresses",
        {f"{WEST}/eks/pod_cidrs": ["10.1.8.0/24"]},
        "regions.us-west-2.eks.pod_cidrs",
        "overlaps 10.1.0.0/16 of us-east-1",
    ),
    Case(
        "paired-regions-have-their-own-addresses",
        {
            "regions/eu-west-1": third_region(),
            "regions/eu-west-1/network/cidr": "10.1.0.0/20",
            "flows/0": {"source": "us-east-1", "target": "us-west-2"},
            "flows/1": {"source": "eu-west-1", "target": "us-west-2"},
        },
        "regions.eu-west-1.network.cidr",
        "overlaps 10.1.0.0/16 of us-east-1, which shares flows with us-west-2 too",
    ),
    Case(
        "pod-ranges-are-told-once",
        {f"{EAST}/eks/pod_cidrs": ["100.64.0.0/16", "100.64.0.0/20"]},
        "regions.us-east-1.eks.pod_cidrs[1]",
        "overlaps 100.64.0.0/16",
    ),
    Case(
        "regions-are-of-the-partition",
        {"partition": "aws-cn"},
        "regions.us-east-1",
        "is a region of partition aws, the environment is in aws-cn",
    ),
    Case(
        "regions-are-of-the-partition",
        {f"{EAST}/state_replica_region": "us-gov-west-1"},
        "regions.us-east-1.state_replica_region",
        "is a region of partition aws-us-gov",
    ),
    Case(
        "subnets-come-with-their-vpc",
        {f"{EAST}/network/vpc_id": "vpc-00000001"},
        "regions.us-east-1.network.private_subnet_ids",
        "is required with vpc_id",
    ),
    Case(
        "subnets-come-with-their-vpc",
        {f"{EAST}/network/private_subnet_ids": SUBNETS},
        "regions.us-east-1.network.private_subnet_ids",
        "needs vpc_id",
    ),
    Case(
        "subnets-come-with-their-vpc",
        {f"{EAST}/network/zones": ["a", "b", "b"]},
        "regions.us-east-1.network.zones",
        "names one twice",
    ),
    Case(
        "subnets-come-with-their-vpc",
        {f"{EAST}/network/cidr": "10.1.0.0/28"},
        "regions.us-east-1.network.cidr",
        "is too small",
    ),
    Case(
        "subnets-come-with-their-vpc",
        {f"{EAST}/network/cidr": "11.0.0.0/12"},
        "regions.us-east-1.network.cidr",
        "is too large",
        "/16 to /24",
    ),
    Case(
        "subnets-come-with-their-vpc",
        {f"{EAST}/network/zones": []},
        "regions.us-east-1.network.zones",
        "is empty",
    ),
    Case(
        "created-providers-match-the-issuer",
        {
            f"{EAST}/eks/oidc_provider_arn": "arn:aws:iam::999999999999:oidc-provider/"
            "oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
        },
        "regions.us-east-1.eks.oidc_provider_arn",
        "is not the provider of oidc_issuer in this account",
    ),
    Case(
        "created-providers-match-the-issuer",
        {f"{EAST}/eks/oidc_provider_arn": "arn:aws:iam::123456789012:oidc-provider/elsewhere"},
        "regions.us-east-1.eks.oidc_provider_arn",
        "is not the provider of oidc_issuer",
    ),
    Case(
        "the-state-replica-is-elsewhere",
        {f"{EAST}/state_replica_region": "us-east-1"},
        "regions.us-east-1.state_replica_region",
        "is the region itself",
    ),
    Case(
        "replicas-fit-the-brokers",
        {"kafka/replication_factor": 4},
        "kafka.replication_factor",
        "is more than the 3 brokers",
        "1 to 3",
    ),
    Case(
        "min-isr-leaves-room-for-a-restart",
        {"kafka/min_insync_replicas": 3},
        "kafka.min_insync_replicas",
        "leaves no room for a broker to be away",
        "at most 2",
    ),
    Case(
        "brokers-are-spread-evenly",
        {f"{EAST}/kafka": {"broker": {"count": 4}}},
        "regions.us-east-1.kafka.broker.count",
        "is not a multiple of the 3 subnets",
        "3, 6, 9 ...",
    ),
    Case(
        "partitions-fit-the-broker-type",
        {"kafka/planned_topics": 100},
        "kafka.planned_topics",
        "gives 1200 partition replicas a broker",
    ),
    Case(
        "partitions-fit-the-broker-type",
        {"kafka/broker": {"type": "kafka.x9.huge"}},
        "kafka.broker.type",
        "is not a broker type of MSK that is known here",
    ),
    Case(
        "express-brokers-have-no-volumes",
        {"kafka/broker": {"type": "express.m7g.large"}, "kafka/storage": {"volume_gib": 100}},
        "kafka.storage",
        "Express brokers have no EBS volumes",
    ),
    Case(
        "volumes-grow-upwards",
        {"kafka/storage": {"volume_gib": 2000}},
        "kafka.storage.autoscaling.max_gib",
        "is not more than volume_gib (2000)",
    ),
    Case(
        "cluster-names-have-no-region-in-them",
        {"kafka/cluster_name": "orders-us-west-1-b"},
        "kafka.cluster_name",
        "gives the cluster a name with a region id (us-west-1)",
    ),
    Case(
        "kafka-version-is-one-of-msk",
        {"kafka/version": "4.1.x"},
        "kafka.version",
        "Kafka 4 runs with KRaft only",
        "4.1.x.kraft",
    ),
    Case(
        "kafka-version-is-one-of-msk",
        {"kafka/version": "3.6.0"},
        "kafka.version",
        "is past MSK's end of support",
    ),
    Case(
        "kafka-version-is-one-of-msk",
        {"kafka/version": "3.9.1"},
        "kafka.version",
        "is not MSK's name of a version",
        "3.9.x",
    ),
    Case(
        "broker-properties-exist",
        {"kafka/server_properties": {"log.retention.houres": "1"}},
        "kafka.server_properties.log.retention.houres",
        "is not a broker property of Kafka 3.9",
        "perhaps log.retention.hours",
    ),
    Case(
        "broker-properties-exist",
        {"kafka/server_properties": {"broker.rack": "a"}},
        "kafka.server_properties.broker.rack",
        "can not be set on Standard brokers",
    ),
    Case(
        "worker-properties-exist",
        {"mirrormaker/worker_properties": {"offset.flush.intervall.ms": "1"}},
        "mirrormaker.worker_properties.offset.flush.intervall.ms",
        "is not a property of Kafka 4.1.1's worker",
        "perhaps offset.flush.interval.ms",
    ),
    Case(
        "extra-properties-leave-the-guards-alone",
        {"mirrormaker/worker_properties": {"producer.sasl.mechanism": "PLAIN"}},
        "mirrormaker.worker_properties.producer.sasl.mechanism",
        "is a security setting",
    ),
    Case(
        "extra-properties-leave-the-guards-alone",
        {"mirrormaker/worker_properties": {"plugin.path": "/tmp/plugins"}},  # noqa: S108
        "mirrormaker.worker_properties.plugin.path",
        "is derived from the environment",
    ),
    Case(
        "connector-properties-exist",
        {"mirrormaker/connector_properties/source": {"lag.max.ms": "1000"}},
        "mirrormaker.connector_properties.source.lag.max.ms",
        "is not a property of Kafka 4.1.1's source connector",
    ),
    Case(
        "connector-properties-exist",
        {"mirrormaker/connector_properties/source": {"topics.blacklist": "a"}},
        "mirrormaker.connector_properties.source.topics.blacklist",
        "was removed in Kafka 4.0",
        "topics.exclude",
    ),
    Case(
        "extra-properties-leave-the-guards-alone",
        {"mirrormaker/connector_properties/source": {"source.cluster.ssl.truststore.location": "/x"}},
        "mirrormaker.connector_properties.source.source.cluster.ssl.truststore.location",
        "is a security setting",
    ),
    Case(
        "connector-properties-exist",
        {"mirrormaker/connector_properties/source": {"sync.topic.acls.enabled": "true"}},
        "mirrormaker.connector_properties.source.sync.topic.acls.enabled",
        "is derived from the environment",
    ),
    Case(
        "extra-properties-load-known-classes-only",
        {
            "mirrormaker/connector_properties/source": {
                "producer.override.interceptor.classes": "com.example.X"
            }
        },
        "mirrormaker.connector_properties.source.producer.override.interceptor.classes",
        "loads a class that is not one of those known here",
        "none; leave the property out",
    ),
    Case(
        "extra-properties-load-known-classes-only",
        {"kafka/server_properties": {"replica.selector.class": "com.example.Selector"}},
        "kafka.server_properties.replica.selector.class",
        "loads a class that is not one of those known here",
        "org.apache.kafka.common.replica.RackAwareReplicaSelector",
    ),
    Case(
        "extra-properties-read-own-variables-only",
        {"mirrormaker/worker_properties": {"client.id": "${file:/etc/passwd:root}"}},
        "mirrormaker.worker_properties.client.id",
        "reads through a config provider",
        "${env:POD_IP}, ${env:BOOTSTRAP_<ALIAS>}",
    ),
    Case(
        "heap-fits-the-limit",
        {"mirrormaker/heap": {"max_mib": 4000}},
        "mirrormaker.heap.max_mib",
        "are more than resources.memory_limit_mib (4096)",
        "at most 3840",
    ),
    Case(
        "heap-leaves-the-autoscaler-free",
        {"mirrormaker/heap": {"max_mib": 3072}},
        "mirrormaker.heap.max_mib",
        "it would stay at 6 replicas for ever",
        "at most 1382",
    ),
    Case(
        "heap-leaves-the-autoscaler-free",
        {"mirrormaker/heap": {"initial_mib": 1024}},
        "mirrormaker.heap.initial_mib",
        "below which the autoscaler comes back to 2 replicas",
    ),
    Case(
        "bounds-are-in-order",
        {"mirrormaker/replicas": {"min": 7}},
        "mirrormaker.replicas.min",
        "is more than max (6)",
    ),
    Case(
        "bounds-are-in-order",
        {"mirrormaker/operations": {"memory_request_mib": 512}},
        "mirrormaker.operations.memory_request_mib",
        "is more than memory_limit_mib (256)",
    ),
    Case(
        "tolerations-are-ones-that-kubernetes-takes",
        {"mirrormaker/tolerations": [{"key": "spot", "operator": "Exists", "value": "true"}]},
        "mirrormaker.tolerations[0].value",
        "does not go with Exists",
    ),
    Case(
        "tolerations-are-ones-that-kubernetes-takes",
        {"mirrormaker/tolerations": [{"effect": "NoSchedule"}]},
        "mirrormaker.tolerations[0]",
        "has no key",
    ),
    Case(
        "service-accounts-are-told-apart",
        {"mirrormaker/service_account": "mirrormaker2-operations"},
        "mirrormaker.service_account",
        "is that of another role (system:serviceaccount:mirrormaker2:mirrormaker2-operations)",
    ),
    Case(
        "connects-topics-are-three",
        {"mirrormaker/connect": {"offset_topic": "store", "status_topic": "store"}},
        "mirrormaker.connect.status_topic",
        "is the offset topic already",
    ),
    Case(
        "images-are-named",
        {"mirrormaker/image": {"repository": "connect"}},
        "mirrormaker.image",
        "has neither tag nor digest",
    ),
    Case(
        "images-by-digest-in-production",
        {"mirrormaker/image": {"repository": "connect", "tag": "4.1.1"}},
        "mirrormaker.image",
        "is named by a tag, in an environment of stage production",
    ),
    Case(
        "images-by-digest-in-production",
        {"mirrormaker/operations": DELETE},
        "mirrormaker.operations.image",
        "is named by a tag, in an environment of stage production",
    ),
    Case(
        "two-workers-at-least-in-production",
        {"mirrormaker/replicas": {"min": 1}},
        "mirrormaker.replicas.min",
        "is too few for stage production",
    ),
    Case(
        "names-fit-their-services",
        {"environment": "a" * 30, "project": "b" * 30},
        "environment",
        "give names that are too long",
    ),
    Case(
        "policies-fit-iam",
        {"flows/0/topics": {"include": [f"{'t' * 100}-{n}.*" for n in range(100)]}},
        "flows",
        "IAM allows 10",
    ),
    Case(
        "trusts-fit-iam",
        {f"{EAST}/eks/oidc_issuer": "https://issuer.example.com/" + "a" * 700},
        "regions.us-east-1.eks.oidc_issuer",
        "IAM allows 2048",
    ),
    Case(
        "trusts-fit-iam",
        {
            "mirrormaker/service_account": "w",  # its trust fits, that of the operations pod does not
            f"{EAST}/eks/oidc_issuer": "https://issuer.example.com/" + "a" * 568,
        },
        "regions.us-east-1.eks.oidc_issuer",
        "gives a trust of 2054 characters",
    ),
    Case(
        "mirrored-names-fit-kafka",
        {"flows/0/topics": {"include": ["t" * 245]}},
        "flows[0].topics.include[0]",
        "becomes a name of 255 characters",
    ),
    Case(
        "retention-is-one-that-cloudwatch-knows",
        {"retention/mirrormaker_days": 8},
        "retention.mirrormaker_days",
        "is not a retention of CloudWatch",
    ),
    Case(
        "tags-are-ones-that-aws-takes",
        {"tags": {"Owner": "${var.owner}"}},
        "tags.Owner",
        "is not a tag that AWS takes",
    ),
    Case(
        "tags-are-ones-that-aws-takes",
        {"tags": {"aws:owner": "me"}},
        "tags.aws:owner",
        "is not a tag that AWS takes",
    ),
    Case(
        "tags-are-ones-that-aws-takes",
        {"tags": {f"key-{n}": "" for n in range(48)}},
        "tags",
        "make 51 tags",
        "50 in all",
    ),
    Case(
        "mail-addresses-are-told-once",
        {"alarms/notify": {"warning": ["a.b@example.com", "a-b@example.com"]}},
        "alarms.notify.warning[1]",
        "differs from a.b@example.com in punctuation only",
    ),
]


def problems_of(changes: dict[str, Any]) -> list[Problem]:
    with pytest.raises(InvalidEnvironment) as caught:
        load_text(text(changes), "test.yaml")
    return list(caught.value.problems)


@pytest.mark.parametrize("case", CASES, ids=[f"{n}-{case.rule}" for n, case in enumerate(CASES)])
def test_the_rule_refuses_and_says_where(case: Case) -> None:
    found = [
        problem
        for problem in problems_of(case.changes)
        if dotted(problem.path) == case.path and case.message in problem.message
    ]
    assert found, "\n".join(map(str, problems_of(case.changes)))
    assert found[0].line > 0
    if case.allowed is not None:
        assert found[0].allowed == case.allowed


def test_every_rule_has_a_case_that_it_refuses() -> None:
    assert {entry.id for entry in RULES} == {case.rule for case in CASES}


def test_the_base_of_these_cases_is_accepted() -> None:
    assert environment().project == "orders"


@pytest.mark.parametrize(
    "changes",
    [
        {"flows/0": {"source": "us-east-1", "target": "us-west-2", "policy": "identity"}},
        {"regions/eu-west-1": third_region(), "flows/0/topics": {"include": ["orders.*"]}},
        {
            "regions/eu-west-1": third_region(),
            "flows/0/topics": {
                "include": ["*"],
                "exclude": ["us-east-1.*", "us-west-2.*", "eu-west-1.*"],
            },
        },
        {"flows/0/groups/include": ["app"], "flows/0/checkpoints": {"sync_group_offsets": False}},
        {"kafka/broker": {"type": "express.m7g.large"}},
        {f"{EAST}/kafka": {"broker": {"count": 6}}},
        {"stage": "development", "mirrormaker/replicas": {"min": 1}},
        {"flows/0/groups": DELETE, "flows/0/checkpoints": {"enabled": False}},
        {"stage": "development", "mirrormaker": DELETE},
        {"runtime": {"eks": False, "ecs": {}}},
        {"runtime/ecs": {"desired_count": 0}},
        {"stage": "development", "runtime": {"eks": False, "ecs": {"desired_count": 1}}},
    ],
    ids=[
        *("identity-one-way", "three-regions-by-prefix", "three-regions-with-exclusions"),
        *("shared-groups-without-sync", "express", "regional-broker-count", "one-worker-in-development"),
        *("no-checkpoints", "tags-in-development"),
        *("ecs-alone", "handover-without-tasks", "one-task-in-development"),
    ],
)
def test_what_is_close_to_a_mistake_but_none_is_accepted(changes: dict[str, Any]) -> None:
    environment(changes)
