"""MSK clusters: what they refuse, or accept and then fail at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import ceil

from topology.environment_file.problem import Problem
from topology.kafka.broker_properties import broker_limit
from topology.model import Environment
from topology.rules.registry import rule

REGION_ID = re.compile(r"(?<![a-z])(?:af|ap|ca|cn|eu|il|me|mx|sa|us)(?:-gov)?-[a-z]+-\d(?!\d)")


@rule
def replicas_fit_the_brokers(environment: Environment) -> Iterator[Problem]:
    """A topic cannot have more replicas than there are brokers."""
    for region, settings in environment.regions.items():
        kafka = settings.kafka
        if kafka.replication_factor > kafka.broker.count:
            yield Problem(
                ("regions", region, "kafka", "replication_factor"),
                f"is more than the {kafka.broker.count} brokers (broker.count)",
                found=str(kafka.replication_factor),
                allowed=f"1 to {kafka.broker.count}",
            )


@rule
def min_isr_leaves_room_for_a_restart(environment: Environment) -> Iterator[Problem]:
    """With min ISR equal to the replication factor one restarting broker stops all producers."""
    for region, settings in environment.regions.items():
        kafka = settings.kafka
        most = max(1, kafka.replication_factor - 1)
        if kafka.min_insync_replicas > most:
            yield Problem(
                ("regions", region, "kafka", "min_insync_replicas"),
                f"leaves no room for a broker to be away (replication_factor {kafka.replication_factor})",
                found=str(kafka.min_insync_replicas),
                allowed=f"at most {most}",
            )


@rule
def brokers_are_spread_evenly(environment: Environment) -> Iterator[Problem]:
    """MSK wants the same number of brokers in each subnet."""
    for region, settings in environment.regions.items():
        brokers, subnets = settings.kafka.broker.count, settings.network.subnet_count
        if subnets and brokers % subnets:
            yield Problem(
                ("regions", region, "kafka", "broker", "count"),
                f"is not a multiple of the {subnets} subnets",
                found=str(brokers),
                allowed=f"{subnets}, {2 * subnets}, {3 * subnets} ...",
            )


@rule
def partitions_fit_the_broker_type(environment: Environment) -> Iterator[Problem]:
    """Beyond the recommended number of partitions MSK refuses updates, and brokers fall behind."""
    for region, settings in environment.regions.items():
        kafka = settings.kafka
        limit = broker_limit(kafka.broker.type)
        replicas = kafka.planned_topics * kafka.default_partitions * kafka.replication_factor
        a_broker = ceil(replicas / kafka.broker.count)
        if limit is not None and a_broker > limit:
            yield Problem(
                ("regions", region, "kafka", "planned_topics"),
                f"gives {a_broker} partition replicas a broker ({kafka.planned_topics} topics x"
                f" {kafka.default_partitions} partitions x {kafka.replication_factor} replicas /"
                f" {kafka.broker.count} brokers); {kafka.broker.type} carries {limit}",
                found=str(kafka.planned_topics),
                allowed="fewer topics or partitions, more or larger brokers",
            )


@rule
def express_brokers_have_no_volumes(environment: Environment) -> Iterator[Problem]:
    """MSK manages the storage of Express brokers; settings for it are refused."""
    for region, settings in environment.regions.items():
        if settings.kafka.broker.is_express and settings.kafka.storage is not None:
            yield Problem(
                ("regions", region, "kafka", "storage"),
                f"does not go with {settings.kafka.broker.type}: Express brokers have no EBS volumes",
                allowed="no storage section",
            )


@rule
def volumes_grow_upwards(environment: Environment) -> Iterator[Problem]:
    """Autoscaling with a maximum below the size that it starts from never does anything."""
    for region, settings in environment.regions.items():
        volumes = settings.kafka.volumes
        if volumes and volumes.autoscaling and volumes.autoscaling.max_gib <= volumes.volume_gib:
            yield Problem(
                ("regions", region, "kafka", "storage", "autoscaling", "max_gib"),
                f"is not more than volume_gib ({volumes.volume_gib})",
                found=str(volumes.autoscaling.max_gib),
                allowed="more than volume_gib, or autoscaling: null",
            )


@rule
def cluster_names_have_no_region_in_them(environment: Environment) -> Iterator[Problem]:
    """aws-msk-iam-auth 2.2.0 to 2.3.7 signs for the first region id that it finds in the host name
    (aws-msk-iam-auth#245): clients are denied for ever."""
    for region, settings in environment.regions.items():
        given = settings.kafka.cluster_name
        name = given or f"{environment.project}-{environment.environment}"
        found = REGION_ID.search(name)
        if found:
            path = ("regions", region, "kafka", "cluster_name") if given else ("project",)
            yield Problem(
                path,
                f"gives the cluster a name with a region id ({found.group()}); IAM clients take it for the"
                " region to sign for",
                found=name,
                allowed="a name without a region id",
            )
