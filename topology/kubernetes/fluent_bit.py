"""Fluent Bit's own settings: no line is lost while CloudWatch Logs is out of reach for an hour.

Names and defaults are those of Fluent Bit 4.2.2, which chart 0.2.0 of aws-for-fluent-bit installs
(2026-11-27).
"""

from __future__ import annotations

from typing import Any

__all__ = ["INPUT_LINES", "OUTPUT_LINES", "VOLUMES", "VOLUME_MOUNTS", "node_files", "service_lines"]

OUTAGE_SECONDS = 3600

SCHEDULER_BASE_SECONDS, SCHEDULER_CAP_SECONDS = 10, 60
"""Before its n-th retry a chunk waits 1 s and a random time from `base` to min(cap, base * 2^n): 11 to 61 s
here (flb_scheduler.c, backoff_full_jitter). With the default cap of 2000 s a chunk could wait half an
hour after the end of the outage."""
RETRY_LIMIT = -(-OUTAGE_SECONDS // (SCHEDULER_BASE_SECONDS + 1))
"""3600 / 11, rounded up: 328. This is an hour even if every wait is the shortest, and five and a half hours
if every wait is the longest. The default, 1, drops a chunk after about ten seconds."""

_SERVICE_LINES = f"""\
Flush 5
HTTP_Server On
HTTP_Listen 0.0.0.0
HTTP_PORT 2020
Health_Check On
HC_Errors_Count 5
HC_Retry_Failure_Count 5
HC_Period 5
scheduler.base {SCHEDULER_BASE_SECONDS}
scheduler.cap {SCHEDULER_CAP_SECONDS}
storage.max_chunks_up 32
storage.backlog.mem_limit 32M
"""
"""HTTP and health as the chart has them, because this value replaces the chart's.

- Flush: one chunk for each file and five seconds; with the default of 1 s, 3600 chunks of a file would wait
  at the end of an hour.
- storage.max_chunks_up: 32 chunks of 2 MB in memory; the default of 128 exceeds the pod's limit of 250 MiB.
"""

INPUT_LINES = """\
Read_from_Head On
storage.type filesystem
"""
"""Read_from_Head: lines that were written before Fluent Bit started. storage.type: in memory the input pauses
at 5 MB (Mem_Buf_Limit), and a file that the kubelet rotates during the pause is lost."""

OUTPUT_LINES = f"""\
Retry_Limit {RETRY_LIMIT}
storage.total_limit_size 1G
"""
"""storage.total_limit_size: of the node's disk; an hour of 290 kB/s. Beyond it the oldest chunks are
dropped."""

VOLUMES: list[dict[str, Any]] = [
    {"name": "varlog", "hostPath": {"path": "/var/log"}},
    {"name": "no-token", "emptyDir": {}},
]
VOLUME_MOUNTS: list[dict[str, Any]] = [
    {"name": "varlog", "mountPath": "/var/log"},
    {"name": "no-token", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount", "readOnly": True},
]
"""The chart's ClusterRole grants nodes/proxy for the filter that is off, and no value changes that. Where
a container mounts something else in its place, Kubernetes mounts no token of the service account (Kubernetes,
plugin/pkg/admission/serviceaccount). The token for AWS is another one and is still mounted."""


def node_files(release: str) -> str:
    """Where a release keeps its files on the node: nodes are shared by the environments of a cluster, and two
    Fluent Bits that write to one file lose what they had."""
    return f"/var/log/{release}"


def service_lines(release: str) -> str:
    """Lines of the section SERVICE. storage.path: on the node's disk, so that the chunks outlive the pod."""
    return f"{_SERVICE_LINES}storage.path {node_files(release)}\n"
