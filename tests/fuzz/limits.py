"""What AWS, Kubernetes and Kafka refuse, said once more and without the rules: names, sizes, repetitions."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network
from itertools import combinations
from typing import Any, get_args

from tests.fuzz.derivations import UUID
from topology.aws.arns import cluster_arn
from topology.aws.names import Names
from topology.iam.identities import identities, identity_policy
from topology.iam.keys import Purpose, key_policy
from topology.iam.managed_policies import managed_policies
from topology.iam.state_policies import replication_policy, tls_only_policy
from topology.iam.statements import trust_document
from topology.kafka.broker_properties import configuration_name
from topology.kubernetes.pods import labels
from topology.model import Environment
from topology.network.addresses import private_subnets
from topology.network.broker_network import ingress_rules
from topology.observability.alarms import alarms
from topology.observability.log_groups import log_groups
from topology.observability.notifications import notifications
from topology.replication.flows import peers
from topology.replication.worker_files import connector_files, worker_files
from topology.state.stacks import STACK_KINDS, replica_region, state_address

__all__ = ["faults"]

POLICY, TRUST = 6144, 2048
"""Characters of a managed policy and of a trust (IAM User Guide, "IAM and AWS STS quotas")."""
CONFIG_MAP = 1024 * 1024
DAY, WEEK = 86_400, 604_800

SHAPES = {
    "role": r"[\w+=,.@-]{1,64}",
    "bucket": r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
    "MSK cluster": r"[0-9A-Za-z][0-9A-Za-z-]{0,63}",
    "MSK configuration": r"[0-9A-Za-z][0-9A-Za-z-]*",
    "key alias": r"alias/(?!aws/)[A-Za-z0-9/_-]{1,250}",
    "log group": r"[.\-_/#A-Za-z0-9]{1,512}",
    "SNS topic": r"[A-Za-z0-9_-]{1,256}",
    "dashboard": r"[A-Za-z0-9_-]{1,255}",
    "alarm": r"[ -~]{1,255}",
    "secret": r"AmazonMSK_[A-Za-z0-9/_+=.@-]{1,500}",
    "state key": r"(?=.{1,1024}$)([A-Za-z0-9_-]+/)+[a-z0-9-]+\.tfstate",
    "Kubernetes name": r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?",
    "label key": r"([a-z0-9.-]{1,253}/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?",
    "label value": r"([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?",
    "ConfigMap key": r"[-._a-zA-Z0-9]{1,253}",
    "Kafka topic": r"[a-zA-Z0-9._-]{1,249}",
    "mail address": r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+",
}
"""Each service's own reference, and Kubernetes, "Object Names and IDs", "Labels and Selectors"."""


def faults(environment: Environment) -> list[str]:
    """In words; none for an environment that can be deployed."""
    shapes = [
        f"{kind} {name!r} is not written as it must be"
        for kind, name in _names(environment)
        if not re.fullmatch(SHAPES[kind], name, re.ASCII)
    ]
    return [
        *shapes,
        *(fault for region in environment.regions for fault in _of_region(environment, region)),
        *_of_pods(environment),
        *_of_tags(environment),
        *_twice("state address", (_addresses(environment))),
    ]


def policies(environment: Environment, region: str) -> dict[str, dict[str, Any]]:
    """Every policy document of a region, by who has it."""

    def arn(other: str) -> str:
        return cluster_arn(environment, other, UUID)

    return {
        **{
            f"{one.id} {number}": part
            for one in identities(environment, region)
            for number, part in enumerate(
                managed_policies(identity_policy(environment, region, one.id, arn)), 1
            )
        },
        "replication": replication_policy(environment, region, "key", "key"),
        "bucket": tls_only_policy(environment, Names(environment, region).state_bucket),
        **{f"{use} key": key_policy(environment, region, use) for use in get_args(Purpose)},
        **{one.topic: one.policy for one in notifications(environment, region)},
    }


def _names(environment: Environment) -> Iterator[tuple[str, str]]:
    for region in environment.regions:
        names = Names(environment, region)
        yield from (("role", one.role_name) for one in identities(environment, region))
        yield from (
            ("role", names.replication_role),
            ("dashboard", names.dashboard),
            ("secret", names.scram_secret),
        )
        yield from (("bucket", names.state_bucket), ("bucket", names.state_replica_bucket))
        yield from (
            ("MSK cluster", names.msk_cluster),
            ("MSK configuration", configuration_name(environment, region)),
        )
        yield from (
            ("key alias", names.kms_alias(use)) for use in ("msk", "logs", "alarms", f"state-{region}")
        )
        yield from (
            ("log group", group.name)
            for owner in ("logs", "msk")
            for group in log_groups(environment, region, owner)
        )
        yield from (("alarm", names.alarm(alarm.id)) for alarm in alarms(environment, region))
        yield from (("state key", state_address(environment, kind, region).key) for kind in STACK_KINDS)
        yield from (("Kafka topic", names.connect_topic(use)) for use in ("configs", "offsets", "status"))
        yield from (("ConfigMap key", name) for name in connector_files(environment, region))
        yield from (
            ("Kubernetes name", name) for name in (names.priority_class, names.workers, names.operations)
        )
        for notification in notifications(environment, region):
            yield "SNS topic", notification.topic
            yield from (("mail address", address) for address in notification.emails)
        yield from (("label value", value) for value in labels(environment, region, "worker").all.values())


def _of_region(environment: Environment, region: str) -> Iterator[str]:
    for owner, document in policies(environment, region).items():
        size = len(json.dumps(document, separators=(",", ":")))
        if size > POLICY:
            yield f"policy of {owner} in {region} has {size} characters"
        yield from (f"{arn} in the policy of {owner}" for arn in _foreign(environment, document))
    issuer = environment.regions[region].eks.oidc_issuer
    provider = environment.regions[region].eks.oidc_provider_arn or (
        f"arn:{environment.partition}:iam::{environment.account}:oidc-provider/{issuer.removeprefix('https://')}"
    )
    for one in identities(environment, region):
        trust = trust_document(provider, issuer, one.subject)
        if (size := len(json.dumps(trust, separators=(",", ":")))) > TRUST:
            yield f"trust of {one.id} in {region} has {size} characters"
        yield from (f"{arn} in the trust of {one.id}" for arn in _foreign(environment, trust))
    yield from _twice("service account", [one.subject for one in identities(environment, region)])
    yield from _of_network(environment, region)
    yield from _of_alarms(environment, region)
    for files in (worker_files(environment, region), connector_files(environment, region)):
        if (size := sum(map(len, files.values()))) > CONFIG_MAP:
            yield f"a ConfigMap in {region} has {size} characters"
    replica = replica_region(environment, region)
    if replica == region:
        yield f"the state of {region} is replicated to itself"
    for name in (region, replica):
        partition = {"cn": "aws-cn", "us-gov": "aws-us-gov"}.get(name.rsplit("-", 2)[0], "aws")
        if partition != environment.partition:
            yield f"{name} is not in {environment.partition}"


def _foreign(environment: Environment, document: Any) -> Iterator[str]:
    """ARNs of another partition or account."""
    for arn in re.findall(r'"(arn:[^"]*)"', json.dumps(document)):
        _, partition, _, _, account, *_ = arn.split(":")
        if partition != environment.partition or account not in ("", environment.account):
            yield arn


def _of_network(environment: Environment, region: str) -> Iterator[str]:
    yield from _twice(
        f"ingress in {region}",
        [(rule.cidr, rule.security_group, rule.port) for rule in ingress_rules(environment, region)],
    )
    yield from _twice(f"ingress key in {region}", [rule.key for rule in ingress_rules(environment, region)])
    networks = [environment.regions[one].network for one in (region, *peers(environment, region))]
    reached = [cidr for network in networks for cidr in (network.cidr, *network.secondary_cidrs)]
    for one, other in combinations(reached, 2):
        if one.overlaps(other):
            yield f"{region} reaches {one} and {other}"
    whole = environment.regions[region].network.cidr
    subnets = [IPv4Network(subnet.cidr) for subnet in private_subnets(environment, region)]
    if not environment.regions[region].network.exists and not (subnets and 16 <= whole.prefixlen <= 28):
        yield f"no VPC of {whole} with subnets {subnets}"
    yield from (f"subnet {one} is not in {whole}" for one in subnets if not one.subnet_of(whole))
    yield from _twice(f"subnet in {region}", subnets)


def _of_alarms(environment: Environment, region: str) -> Iterator[str]:
    made = alarms(environment, region)
    yield from _twice(f"alarm in {region}", [alarm.id for alarm in made])
    for alarm in made:
        period = alarm.period_seconds or environment.alarms.period_seconds
        if alarm.periods * period > (WEEK if period >= 3600 else DAY):
            yield f"alarm {alarm.id} looks at {alarm.periods} x {period} seconds"
    for notification in notifications(environment, region):
        yield from _twice("subscription", [re.sub(r"[^A-Za-z0-9]+", "-", one) for one in notification.emails])


def _of_pods(environment: Environment) -> Iterator[str]:
    workload = environment.mirrormaker
    named = [workload.namespace, workload.service_account, workload.metrics_namespace]
    shaped = [("Kubernetes name", name) for name in named]
    for key, value in workload.node_selector.items():
        shaped += [("label key", key), ("label value", value)]
    for toleration in workload.tolerations:
        shaped += [("label key", toleration.key or "any"), ("label value", toleration.value or "")]
        if toleration.operator == "Exists" and toleration.value:
            yield f"{toleration} has a value with Exists"
        if toleration.operator == "Equal" and not toleration.key:
            yield f"{toleration} has no key to be equal"
    yield from (f"{kind} {text!r}" for kind, text in shaped if not re.fullmatch(SHAPES[kind], text, re.ASCII))
    operations, resources = workload.operations, workload.resources
    pairs = [
        (operations.memory_request_mib, operations.memory_limit_mib),
        (resources.memory_request_mib, resources.memory_limit_mib),
        (resources.cpu_request_millicores, resources.cpu_limit_millicores),
        (workload.replicas.min, workload.replicas.max),
        (workload.heap.initial_mib, workload.heap.max_mib),
    ]
    yield from (f"{low} is more than {high}" for low, high in pairs if low > high)
    names = Names(environment, next(iter(environment.regions)))
    yield from _twice("Connect topic", [names.connect_topic(use) for use in ("configs", "offsets", "status")])


def _of_tags(environment: Environment) -> Iterator[str]:
    """AWS General Reference, "Tagging your AWS resources", tag naming limits."""
    tags = Names(environment, next(iter(environment.regions))).tags
    if len(tags) > 50:
        yield f"{len(tags)} tags"
    for key, value in tags.items():
        odd = {c for c in key + value if not (c.isalnum() or c in " _.:/=+-@")}
        if odd or not 0 < len(key) <= 128 or len(value) > 256 or key.lower().startswith("aws:"):
            yield f"tag {key[:200]!r}: {value[:300]!r}"


def _addresses(environment: Environment) -> list[tuple[str, str]]:
    found = [
        state_address(environment, kind, region) for kind in STACK_KINDS for region in environment.regions
    ]
    return [(address.bucket, address.key) for address in found]


def _twice(what: str, values: Iterable[Any]) -> Iterator[str]:
    yield from (f"{what} {value} is there {n} times" for value, n in Counter(values).items() if n > 1)
