"""What a source's brokers accept must be accepted all the way to the target: sizes, ages and policies."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from topology.environment_file.problem import Path, Problem
from topology.kafka.broker_properties import ANY_TIME, MESSAGE_MAX_BYTES, broker_default, server_properties
from topology.kafka.effective import number
from topology.kafka.record_sizes import DEFAULT_BUFFER, accepted_bytes, smallest_request
from topology.kubernetes.workload import heap_that_holds_records_mib
from topology.model import Environment
from topology.replication.connectors import source_connector
from topology.replication.flows import DirectedFlow, directed_flows, flows_into
from topology.rules.registry import rule

MIB = 1024**2
PRODUCER = "producer.override."
SOURCE_PROPERTIES = ("mirrormaker", "connector_properties", "source")
TIMES = "log.message.timestamp"


@rule
def targets_take_the_sizes_of_their_sources(environment: Environment) -> Iterator[Problem]:
    """A batch that the target's brokers find too large ends the task, at every restart again."""
    for flow in directed_flows(environment):
        source, target = (accepted_bytes(environment, region) for region in (flow.source, flow.target))
        if target < source:
            yield Problem(
                _broker(flow.target, "message.max.bytes"),
                f"is less than that of {flow.source} ({source}), which is replicated to {flow.target}",
                found=str(target),
                allowed=f"at least {source}",
            )


@rule
def brokers_have_room_for_their_largest_batch(environment: Environment) -> Iterator[Problem]:
    """A batch larger than a segment, a request or a fetch of followers is refused or replicated slowly."""
    for region, settings in environment.regions.items():
        brokers = server_properties(environment, region)
        largest = accepted_bytes(environment, region)
        for key, default in (
            ("replica.fetch.max.bytes", largest),
            ("log.segment.bytes", largest),
            ("socket.request.max.bytes", broker_default(settings.kafka.version, "socket.request.max.bytes")),
        ):
            found = number(brokers, key, default)
            if found is not None and found < largest:
                given = key in settings.kafka.server_properties
                yield Problem(
                    _broker(region, key if given else "message.max.bytes"),
                    f"is less than message.max.bytes ({largest})"
                    if given
                    else f"is more than {key} ({found})",
                    found=str(found if given else largest),
                    allowed=f"at least {largest}" if given else f"at most {found}, or a larger {key}",
                )


@rule
def producers_have_room_for_their_source(environment: Environment) -> Iterator[Problem]:
    """The producer refuses a record larger than max.request.size or buffer.memory before it compresses it
    (KAFKA-4169): the task fails, at every restart again."""
    for flow in directed_flows(environment):
        config = source_connector(flow)
        request, buffer, batch = (
            number(config, f"{PRODUCER}{key}") for key in ("max.request.size", "buffer.memory", "batch.size")
        )
        if request is None or buffer is None or batch is None:
            continue
        smallest = smallest_request(accepted_bytes(environment, flow.source))
        if request < smallest:
            yield _of_producer(
                "max.request.size",
                f"is less than records of {flow.source} can be (message.max.bytes there)",
                request,
                smallest,
            )
        for least, what in ((request, "max.request.size"), (batch, "batch.size")):
            if buffer < least:
                yield _of_producer("buffer.memory", f"is less than {what} ({least})", buffer, least)
                break


@rule
def targets_take_records_of_any_age(environment: Environment) -> Iterator[Problem]:
    """Mirrored records keep their time stamps. A target that refuses old ones never gets what waited at the
    source: a first copy or a long catch-up never finishes."""
    for region in environment.regions:
        if not flows_into(environment, region):
            continue
        brokers = server_properties(environment, region)
        for side in ("before", "difference"):
            key = f"{TIMES}.{side}.max.ms"
            found = number(brokers, key)
            if found is not None and found < int(ANY_TIME):
                yield Problem(
                    _broker(region, key),
                    f"makes {region} refuse replicated records for their age",
                    found=str(found),
                    allowed=ANY_TIME,
                )
        if brokers.get(f"{TIMES}.type", "CreateTime").strip() == "LogAppendTime":
            yield Problem(
                _broker(region, f"{TIMES}.type"),
                "takes the time stamps of replicated records away, by which the probe measures latency",
                found="LogAppendTime",
                allowed="CreateTime",
            )
    for flow in directed_flows(environment):
        yield from _ahead_of_time(flow)


def _ahead_of_time(flow: DirectedFlow) -> Iterator[Problem]:
    key = f"{TIMES}.after.max.ms"
    kafka = flow.environment.regions[flow.source].kafka
    source = number(server_properties(flow.environment, flow.source), key, broker_default(kafka.version, key))
    target = number(server_properties(flow.environment, flow.target), key)
    if source is not None and target is not None and target < source:
        yield Problem(
            _broker(flow.target, key),
            f"is less than that of {flow.source} ({source}): {flow.target} would refuse records that it took",
            found=str(target),
            allowed=f"at least {source}",
        )


@rule
def both_ends_clean_up_alike(environment: Environment) -> Iterator[Problem]:
    """MirrorMaker copies what a topic sets itself, not what it has by its cluster's default: a default of
    compact at the target alone refuses records without a key, one of delete alone loses the oldest keys."""
    for flow in directed_flows(environment):
        source, target = (_policies(flow.environment, region) for region in (flow.source, flow.target))
        if source != target:
            yield Problem(
                _broker(flow.target, "log.cleanup.policy"),
                f"differs from that of {flow.source}, whose topics are replicated to {flow.target}",
                found=",".join(sorted(target)),
                allowed=",".join(sorted(source)),
            )


@rule
def heap_holds_what_tasks_hold(environment: Environment) -> Iterator[Problem]:
    """Each source task keeps up to buffer.memory of records for a slow target, and the record it reads: a
    worker without room for that ends with OutOfMemoryError, and the next one after it."""
    heap = environment.mirrormaker.heap.max_mib
    for region in environment.regions:
        flows = flows_into(environment, region)
        if not flows:
            continue
        buffers = [number(source_connector(flow), f"{PRODUCER}buffer.memory") for flow in flows]
        buffer = max(DEFAULT_BUFFER if one is None else one for one in buffers)
        record = max(accepted_bytes(environment, flow.source) for flow in flows)
        if buffer <= DEFAULT_BUFFER and record <= MESSAGE_MAX_BYTES:
            continue  # as measured: docs/decisions/0021
        ecs, tasks = environment.runtime.ecs, sum(flow.tasks_max for flow in flows)
        alone = ecs is not None and not environment.runtime.eks
        workers = ecs.desired_count if ecs and alone else environment.mirrormaker.replicas.min
        needed = heap_that_holds_records_mib(ceil(tasks / max(1, workers)), buffer, record)
        if heap < needed:
            yield Problem(
                ("mirrormaker", "heap", "max_mib"),
                f"does not hold what the tasks of a worker in {region} can hold: {tasks} tasks on"
                f" {workers} workers, each with {ceil(buffer / MIB)} MiB of buffer.memory and records of up"
                f" to {ceil(record / MIB)} MiB",
                found=str(heap),
                allowed=f"at least {needed}, or fewer tasks a worker (flows[].tasks_max, replicas.min)",
            )


def _policies(environment: Environment, region: str) -> frozenset[str]:
    value = server_properties(environment, region).get("log.cleanup.policy", "delete")
    return frozenset(policy.strip() for policy in value.split(","))


def _broker(region: str, key: str) -> Path:
    return ("regions", region, "kafka", "server_properties", key)


def _of_producer(key: str, message: str, found: int, least: int) -> Problem:
    return Problem(
        (*SOURCE_PROPERTIES, f"{PRODUCER}{key}"), message, found=str(found), allowed=f"at least {least}"
    )
