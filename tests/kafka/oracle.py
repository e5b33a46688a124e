"""Kafka's own classes as judges of a configuration: one JVM a process, driven through py4j.

What a worker, a connector or a broker would refuse at its start is refused here too: configurations are
parsed by the classes that parse them there, and the clients that Connect and MirrorMaker make are built. A
client connects only when it is used, so that nothing needs a broker. Worker needs one (it looks up the id of
the cluster), so that there is no herder: its steps are done here (SourceConnectorConfig, Connector.validate
and Worker's static methods that merge client properties).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from py4j.java_gateway import GatewayParameters, JavaGateway, launch_gateway
from py4j.protocol import Py4JJavaError

from tests.localcloud.kafka.running import libs
from topology.replication.connectors import SECURITY

__all__ = ["KafkaOracle", "resolved", "started"]

MIRROR = "org.apache.kafka.connect.mirror"
WORKER_CLASS = "org.apache.kafka.connect.runtime.Worker"
BROKER_PLACE = {
    "node.id": "1",
    "process.roles": "broker",
    "controller.quorum.voters": "2@localhost:9093",
    "controller.listener.names": "CONTROLLER",
    "listeners": "PLAINTEXT://localhost:9092",
    "advertised.listeners": "PLAINTEXT://localhost:9092",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "log.dirs": "unused",
}
"""What MSK adds to a configuration: the broker's own place."""

Properties = Mapping[str, str]


@contextmanager
def started() -> Iterator[KafkaOracle]:
    """An oracle for Kafka's jars of the toolchain; its JVM ends with it, and with this process."""
    port, token = launch_gateway(
        classpath=f"{libs()}/*",
        javaopts=["-XX:TieredStopAtLevel=1", "-Xmx256m", "-Dorg.apache.logging.log4j.level=OFF"],
        die_on_exit=True,
        enable_auth=True,
    )
    gateway = JavaGateway(
        gateway_parameters=GatewayParameters(port=port, auth_token=token, auto_convert=True)
    )
    try:
        yield KafkaOracle(gateway)
    finally:
        gateway.shutdown()


def resolved(properties: Properties) -> dict[str, str]:
    """Properties with the references that a pod's variables would answer."""
    values = {"POD_IP": "10.0.0.1"}
    return {
        key: re.sub(r"\$\{env:(\w+)\}", lambda found: values.get(found[1], "localhost:9098"), value)
        for key, value in properties.items()
    }


class KafkaOracle:
    """Answers why Kafka refuses a configuration, None where it takes it."""

    def __init__(self, gateway: JavaGateway) -> None:
        self._gateway = gateway
        self._jvm = gateway.jvm
        self._built: set[tuple[str, str]] = set()

    def worker(self, properties: Properties) -> str | None:
        """A worker's own configuration, and its membership of the group."""
        return self._refusal(lambda: self._distributed(properties))

    def broker(self, properties: Properties) -> str | None:
        """server.properties of a KRaft broker."""
        log_config = self._jvm.org.apache.kafka.storage.internals.log.LogConfig

        def judge() -> None:
            config = self._jvm.kafka.server.KafkaConfig(dict(properties) | BROKER_PLACE, False)
            log_config.validateBrokerLogConfigValues(config.extractLogConfigMap(), False)

        return self._refusal(judge)

    def connector(self, worker: Properties, properties: Properties) -> str | None:
        """A mirror connector on workers with these properties, and every client that it may make."""
        return self._refusal(lambda: self._connector(resolved(worker), resolved(properties)))

    def _refusal(self, judge: Any) -> str | None:
        try:
            found = judge()
        except Py4JJavaError as error:
            return _reason(error.java_exception)
        return found if isinstance(found, str) else None

    def _distributed(self, properties: Properties) -> Any:
        return self._jvm.org.apache.kafka.connect.runtime.distributed.DistributedConfig(resolved(properties))

    @cached_property
    def _plugins(self) -> Any:
        found = {"plugin.path": "", "plugin.discovery": "service_load"}
        return self._jvm.org.apache.kafka.connect.runtime.isolation.Plugins(found)

    def _connector(self, worker: Properties, properties: Properties) -> str | None:
        kind = self._class(properties["connector.class"])
        connector = kind.getDeclaredConstructor(self._array("java.lang.Class")).newInstance(
            self._array("java.lang.Object")
        )
        for value in connector.validate(dict(properties)).configValues():
            if value.errorMessages():
                return f"{value.name()}: {'; '.join(value.errorMessages())}"
        runtime = self._jvm.org.apache.kafka.connect.runtime
        parsed = runtime.SourceConnectorConfig(self._plugins, dict(properties), True)
        self._build_worker_clients(self._distributed(_plain(worker)), parsed, kind)
        self._build_mirror_clients(_plain(properties), properties["connector.class"].rpartition(".")[2])
        return None

    def _build_worker_clients(self, worker: Any, parsed: Any, kind: Any) -> None:
        """Those that Connect makes for a connector."""
        policy = self._jvm.org.apache.kafka.connect.connector.policy.AllConnectorClientConfigOverridePolicy()
        source = self._jvm.org.apache.kafka.connect.health.ConnectorType.SOURCE
        given = ("name", "client", worker, parsed, kind, policy, "cluster")
        merge = self._static(WORKER_CLASS)
        self._producer(merge["baseProducerConfigs"].invoke(None, self._objects(*given)))
        self._consumer(merge["baseConsumerConfigs"].invoke(None, self._objects(*given, source)))
        self._admin(merge["adminConfigs"].invoke(None, self._objects(*given, source)))

    def _build_mirror_clients(self, properties: Properties, connector: str) -> None:
        """Those that MirrorMaker makes itself, in each role and for both sides."""
        config_class = f"{MIRROR}.{connector.removesuffix('Connector')}Config"
        config = getattr(self._jvm.org.apache.kafka.connect.mirror, config_class.rpartition(".")[2])(
            dict(properties)
        )
        methods = self._static(f"{MIRROR}.MirrorConnectorConfig")
        for side in ("source", "target"):
            for client, build in (
                ("Consumer", self._consumer),
                ("Producer", self._producer),
                ("Admin", self._admin),
            ):
                build(methods[f"{side}{client}Config"].invoke(config, self._objects("role")))
        self._jvm.org.apache.kafka.connect.mirror.DefaultConfigPropertyFilter().configure(dict(properties))

    def _producer(self, properties: Any) -> None:
        serializer = self._jvm.org.apache.kafka.common.serialization.ByteArraySerializer
        kind = self._jvm.org.apache.kafka.clients.producer.KafkaProducer
        self._build("producer", properties, lambda: kind(properties, serializer(), serializer()))

    def _consumer(self, properties: Any) -> None:
        deserializer = self._jvm.org.apache.kafka.common.serialization.ByteArrayDeserializer
        kind = self._jvm.org.apache.kafka.clients.consumer.KafkaConsumer
        self._build("consumer", properties, lambda: kind(properties, deserializer(), deserializer()))

    def _admin(self, properties: Any) -> None:
        create = self._jvm.org.apache.kafka.clients.admin.Admin.create
        self._build("admin", properties, lambda: create(properties))

    def _build(self, kind: str, properties: Any, build: Callable[[], Any]) -> None:
        """Build a client once for the same properties: most are those of the last configuration."""
        text = str(properties.toString())
        if (kind, text) not in self._built:
            build().close(self._jvm.java.time.Duration.ZERO)
            self._built.add((kind, text))

    def _static(self, name: str) -> dict[str, Any]:
        """Methods of a class by name, those with a text first where a name has several."""
        found: dict[str, Any] = {}
        for method in self._class(name).getDeclaredMethods():
            types = [str(kind.getName()) for kind in method.getParameterTypes()]
            if types[:1] == ["java.lang.String"]:
                method.setAccessible(True)
                found[method.getName()] = method
        return found

    def _class(self, name: str) -> Any:
        return self._jvm.java.lang.Class.forName(name)

    def _array(self, name: str, length: int = 0) -> Any:
        return self._gateway.new_array(
            self._jvm.java.lang.reflect.Array if not name else _at(self._jvm, name), length
        )

    def _objects(self, *values: Any) -> Any:
        array = self._array("java.lang.Object", len(values))
        for position, value in enumerate(values):
            array[position] = value
        return array


def _plain(properties: Properties) -> dict[str, str]:
    """Without the derived login: it is judged once, by the classes that parse it, and a login a client takes
    a second."""
    return {key: value for key, value in properties.items() if not key.endswith(tuple(SECURITY))}


def _at(jvm: Any, name: str) -> Any:
    for step in name.split("."):
        jvm = getattr(jvm, step)
    return jvm


def _reason(exception: Any) -> str:
    """The message of the cause that says most: the innermost one."""
    while exception.getCause() is not None:
        exception = exception.getCause()
    return f"{exception.getClass().getSimpleName()}: {exception.getMessage()}"
