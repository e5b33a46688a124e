"""Values of single fields, where the field's type alone allows what a rule refuses."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from topology.observability.log_groups import RETENTION_DAYS

__all__ = ["OFTEN", "PER_FIELD", "SETTABLE_FOR_ALL", "TEMPLATE", "TEMPLATES", "names", "texts"]

TEMPLATE = "fuzzed"
TEMPLATES = (f"${{{TEMPLATE}}}", f"%{{{TEMPLATE}}}")
"""Starts of Terraform's templates: what a file says is text, and must come out of a synth as text."""

OFTEN = st.sampled_from([False, True, True])
LETTERS = "abcdefghijklmnopqrstuvwxyz"
PRINTABLE = "".join(map(chr, range(32, 127)))
Strings = st.SearchStrategy[str]


def names(first: str = LETTERS, others: str = f"{LETTERS}0123456789-", longest: int = 12) -> Strings:
    """Names that begin with one of `first`, go on with `others` and do not end with a dash."""
    ends = others.replace("-", "")
    return st.one_of(
        st.sampled_from(first),
        st.builds(
            lambda start, middle, end: start + middle + end,
            st.sampled_from(first),
            st.text(others, max_size=max(0, longest - 2)),
            st.sampled_from(ends),
        ),
    ).filter(lambda name: len(name) <= longest)


def texts(longest: int = 40) -> Strings:
    """Text of one line, now and then with what others take for syntax."""
    odd = st.sampled_from([*TEMPLATES, "a=b", "${env:HOME}", "#no comment", " padded ", "%d", "\\", '"', "'"])
    return st.one_of(st.text(PRINTABLE, max_size=longest), odd)


def _distinct(values: Strings, most: int = 3) -> st.SearchStrategy[list[str]]:
    return st.lists(values, max_size=most, unique_by=lambda text: "".join(filter(str.isalnum, text)))


EMAILS = st.builds("{}@{}.example".format, names(others=f"{LETTERS}0123456789.+_-"), names())
DAYS = st.sampled_from(RETENTION_DAYS)
LABEL_KEYS = st.one_of(names(longest=20), st.builds("{}.example/{}".format, names(), names()))
LABEL_VALUES = st.one_of(st.just(""), names(longest=20))
EIGHTHS = st.integers(-(2**20), 2**20).map(lambda number: number / 8)
"""JSON and YAML 1.1 write all of them the same."""
YAML_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), texts(), EIGHTHS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts(), inner, max_size=3)),
    max_leaves=5,
)
IMAGES = st.builds(
    lambda repository, extra: {"repository": f"registry.example/{repository}", **extra},
    names(),
    st.sampled_from(
        [{"tag": "4.1.1"}, {"digest": f"sha256:{'0a' * 32}"}, {"tag": "v1", "digest": f"sha256:{'f' * 64}"}]
    ),
)
PINNED = IMAGES.filter(lambda image: "digest" in image)
"""Images as stage production wants them."""
EFFECTS = st.sampled_from(["NoSchedule", "PreferNoSchedule", "NoExecute"])
TOLERATIONS = st.one_of(
    st.fixed_dictionaries({"operator": st.just("Exists")}, optional={"key": LABEL_KEYS, "effect": EFFECTS}),
    st.fixed_dictionaries(
        {"key": LABEL_KEYS, "value": LABEL_VALUES},
        optional={"operator": st.just("Equal"), "effect": EFFECTS},
    ),
)
TAG_TEXTS = st.text(f"{LETTERS}ABC0123456789 _.:/=+-@é", min_size=1, max_size=40)
TAGS = st.dictionaries(
    TAG_TEXTS.filter(lambda key: not key.lower().startswith("aws:")), TAG_TEXTS, max_size=3
)

CHART_VALUES = st.dictionaries(
    st.sampled_from(("affinity", "nodeSelector", "resources", "tolerations", "updateStrategy")),
    st.dictionaries(texts(), YAML_VALUES, max_size=3),
    max_size=3,
)
"""Names that every chart reads; each takes whatever is below it."""

SETTABLE: dict[str, st.SearchStrategy[Any]] = {
    "log.retention.ms": st.integers(60_000, 10**12).map(str),
    "compression.type": st.sampled_from(["producer", "lz4", "uncompressed"]),
}
"""On Standard and on Express brokers: a region may have the other kind."""
SETTABLE_FOR_ALL: dict[str, st.SearchStrategy[Any]] = {
    "log.cleanup.policy": st.sampled_from(["delete", "compact", "compact,delete"]),
    "message.max.bytes": st.integers(100_000, 1024**2),
}
"""The same: both ends of a flow must agree on these, so that no region has its own."""


def _integers(*keys: str) -> st.SearchStrategy[dict[str, str]]:
    """Java properties that are numbers, quoted."""
    return st.dictionaries(st.sampled_from(keys), st.integers(1000, 100_000).map(str), max_size=3)


PER_FIELD: dict[tuple[str, str], st.SearchStrategy[Any]] = {
    ("Environment", "tags"): TAGS,
    **{(chart, "values"): CHART_VALUES for chart in ("MetricsServer", "ClusterAutoscaler", "LogRouting")},
    **{("Notify", severity): _distinct(EMAILS) for severity in ("warning", "critical", "emergency")},
    **{("Retention", f"{kind}_days"): DAYS for kind in ("brokers", "mirrormaker", "container_insights")},
    ("Retention", "flow_logs_days"): DAYS,
    ("Retention", "application_days"): st.one_of(st.none(), DAYS),
    ("MirrorMaker", "image"): IMAGES,
    ("MirrorMaker", "exactly_once"): st.sampled_from([False, True, "off", "preparing", "on"]),
    ("MirrorMaker", "node_selector"): st.dictionaries(LABEL_KEYS, LABEL_VALUES, max_size=3),
    ("MirrorMaker", "tolerations"): st.lists(TOLERATIONS, min_size=1, max_size=3),
    ("MirrorMaker", "worker_properties"): _integers(
        "offset.flush.timeout.ms",
        "admin.retry.backoff.ms",
        "offset.flush.interval.ms",
        "worker.sync.timeout.ms",
    ),
    ("ConnectorProperties", "source"): _integers(
        "sync.topic.configs.interval.seconds",
        "producer.override.linger.ms",
        "source.consumer.max.poll.records",
    ),
    ("ConnectorProperties", "checkpoint"): _integers("consumer.poll.timeout.ms", "admin.timeout.ms"),
    ("ConnectorProperties", "heartbeat"): _integers("admin.timeout.ms"),
    ("Operations", "image"): IMAGES,
    ("Kafka", "server_properties"): st.fixed_dictionaries({}, optional=SETTABLE),
}
"""Model and field -> its values; other fields get theirs from their types (fields.py)."""
