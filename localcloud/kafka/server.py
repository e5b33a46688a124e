"""server.properties of a single-node KRaft broker, made from those of the MSK configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from localcloud.kafka.logins import Logins
from localcloud.wan import Listener

__all__ = ["LOCAL_DEFAULTS", "ONE_NODE", "server_properties"]

ONE_NODE: Mapping[str, str] = {
    # One node holds one replica and one in-sync replica of anything; more would refuse every write.
    "default.replication.factor": "1",
    "min.insync.replicas": "1",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
}
"""Properties that a single node overrides, whatever the MSK configuration says."""

LOCAL_DEFAULTS: Mapping[str, str] = {
    "auto.create.topics.enable": "false",  # the default of MSK's configurations; Kafka's own is true
    # A new group waits 3 s for more members by default: here that is 3 s of every start.
    "group.initial.rebalance.delay.ms": "0",
}
"""Properties that hold only where the MSK configuration does not set them."""


def server_properties(
    configured: Mapping[str, str],
    listeners: Sequence[Listener],
    controller_port: int,
    data: Path,
    logins: Logins | None = None,
) -> dict[str, str]:
    """The broker's properties: `configured` (the MSK configuration) as it is, except ONE_NODE and the node's
    own place: id, roles, listeners (PLAINTEXT, or with `logins`; MSK's are TLS with IAM), controller and
    directory."""
    controller = f"127.0.0.1:{controller_port}"
    names = [listener.name for listener in listeners]
    place = {
        "node.id": "1",
        "process.roles": "broker,controller",
        "controller.quorum.voters": f"1@{controller}",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": names[0],
        "listeners": ",".join(
            [*(_url(listener.name, listener.bind) for listener in listeners), f"CONTROLLER://{controller}"]
        ),
        "advertised.listeners": ",".join(_url(listener.name, listener.advertised) for listener in listeners),
        "listener.security.protocol.map": ",".join(f"{name}:PLAINTEXT" for name in [*names, "CONTROLLER"]),
        "log.dirs": str(data),
    }
    access = logins.server_properties(names) if logins else {}
    return {**LOCAL_DEFAULTS, **configured, **ONE_NODE, **place, **access}


def _url(name: str, address: tuple[str, int]) -> str:
    return f"{name}://{address[0]}:{address[1]}"
