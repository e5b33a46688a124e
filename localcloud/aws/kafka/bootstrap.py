"""Addresses of brokers: a local Kafka that stands for a region's clusters, or names as MSK gives them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from topology.network.addresses import PORTS

_SHOWN_BROKERS = 3
"""GetBootstrapBrokers shows a few brokers, not all ("Get the bootstrap brokers" of the MSK guide)."""


@dataclass(frozen=True)
class BrokerListener:
    """A port of the brokers and the member of GetBootstrapBrokers that carries its addresses.

    Ports: MSK Developer Guide, "Port information".
    """

    member: str
    port: int
    authentication: str


_PRIVATE = (
    BrokerListener("BootstrapBrokerString", 9092, "plaintext"),
    BrokerListener("BootstrapBrokerStringTls", PORTS["tls"], "tls"),
    BrokerListener("BootstrapBrokerStringSaslScram", PORTS["scram"], "scram"),
    BrokerListener("BootstrapBrokerStringSaslIam", PORTS["iam"], "iam"),
)
_PUBLIC = (
    BrokerListener("BootstrapBrokerStringPublicTls", 9194, "tls"),
    BrokerListener("BootstrapBrokerStringPublicSaslScram", 9196, "scram"),
    BrokerListener("BootstrapBrokerStringPublicSaslIam", 9198, "iam"),
)


class LocalKafka:
    """Which local Kafka stands for the MSK clusters of a region, as `host:port[,host:port]`."""

    def __init__(self) -> None:
        self._by_region: dict[str, str] = {}

    def register(self, region: str, bootstrap: str) -> None:
        """An empty `bootstrap` withdraws the region's Kafka."""
        if bootstrap:
            self._by_region[region] = bootstrap
        else:
            self._by_region.pop(region, None)

    def of(self, region: str) -> str | None:
        return self._by_region.get(region)

    def all(self) -> dict[str, str]:
        return dict(self._by_region)


LOCAL_KAFKA = LocalKafka()
"""The registry of this server process. It outlives `/moto-api/reset`: the brokers run on meanwhile."""


def broker_hosts(cluster_name: str, dns_id: str, region: str, ids: Iterable[int]) -> list[str]:
    """`b-<id>.<name>.<6 characters>.c2.kafka.<region>.amazonaws.com` for each id."""
    return [f"b-{i}.{cluster_name.lower()}.{dns_id}.c2.kafka.{region}.amazonaws.com" for i in ids]


def bootstrap_strings(
    hosts: list[str],
    encryption: Mapping[str, Any] | None,
    authentication: Mapping[str, Any] | None,
    connectivity: Mapping[str, Any],
) -> dict[str, str]:
    """Member of GetBootstrapBrokers -> addresses, for exactly the listeners that the cluster has."""
    enabled = _enabled(encryption or {}, authentication or {})
    listeners = [listener for listener in _PRIVATE if listener.authentication in enabled]
    if connectivity.get("PublicAccess", {}).get("Type") == "SERVICE_PROVIDED_EIPS":
        listeners += [listener for listener in _PUBLIC if listener.authentication in enabled]
    return {
        listener.member: ",".join(
            f"{_public(host, listener)}:{listener.port}" for host in hosts[:_SHOWN_BROKERS]
        )
        for listener in listeners
    }


def serverless_bootstrap(dns_id: str, region: str) -> dict[str, str]:
    """A serverless cluster has one address, and IAM only."""
    host = f"boot-{dns_id}.c1.kafka-serverless.{region}.amazonaws.com"
    return {"BootstrapBrokerStringSaslIam": f"{host}:{PORTS['iam']}"}


def _enabled(encryption: Mapping[str, Any], authentication: Mapping[str, Any]) -> set[str]:
    """Which of plaintext, tls, scram and iam clients can use.

    Without any authentication clients are let in unauthenticated, over TLS unless it is switched off.
    """
    in_transit = encryption.get("EncryptionInTransit", {}).get("ClientBroker", "TLS")
    sasl = authentication.get("Sasl") or {}
    enabled = {name.lower() for name in ("Scram", "Iam") if (sasl.get(name) or {}).get("Enabled")}
    tls = authentication.get("Tls") or {}
    mutual_tls = tls.get("Enabled", bool(tls.get("CertificateAuthorityArnList")))
    unauthenticated = (authentication.get("Unauthenticated") or {}).get(
        "Enabled", not (enabled or mutual_tls)
    )
    if in_transit != "PLAINTEXT" and (mutual_tls or unauthenticated):
        enabled.add("tls")
    if in_transit != "TLS" and unauthenticated:
        enabled.add("plaintext")
    return enabled


def _public(host: str, listener: BrokerListener) -> str:
    """Public names differ by `-public` in their first label ("Public access" of the MSK guide)."""
    return host.replace(".", "-public.", 1) if listener in _PUBLIC else host
