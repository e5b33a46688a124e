"""How the workers' REST interface is found."""

from __future__ import annotations

from cdktf_cdktf_provider_kubernetes.service_v1 import (
    ServiceV1,
    ServiceV1Metadata,
    ServiceV1Spec,
    ServiceV1SpecPort,
)
from constructs import Construct

from modules.kubernetes.workload_namespace import WorkloadNamespace
from topology.kubernetes.pods import REST_PORT_NAME, Labels
from topology.kubernetes.workload import REST_PORT

__all__ = ["ConnectServices"]


class ConnectServices(Construct):
    """`<name>`: any ready worker, for the reconciler. `<name>-headless`: every worker, ready or not; workers
    forward to each other's addresses while they start, and a mesh knows those addresses by this Service
    (Istio, "Traffic Routing", headless services)."""

    name: str

    def __init__(
        self, scope: Construct, id_: str, *, namespace: WorkloadNamespace, name: str, labels: Labels
    ) -> None:
        super().__init__(scope, id_)
        self.name = name
        port = ServiceV1SpecPort(
            name=REST_PORT_NAME,
            port=REST_PORT,
            target_port=REST_PORT_NAME,
            protocol="TCP",
            app_protocol="http",
        )
        ServiceV1(
            self,
            "Default",
            metadata=ServiceV1Metadata(name=name, namespace=namespace.name, labels=labels.all),
            spec=ServiceV1Spec(type="ClusterIP", selector=labels.selector, port=[port]),
            depends_on=[namespace.resource],
        )
        ServiceV1(
            self,
            "headless",
            metadata=ServiceV1Metadata(name=f"{name}-headless", namespace=namespace.name, labels=labels.all),
            spec=ServiceV1Spec(
                type="ClusterIP",
                cluster_ip="None",
                publish_not_ready_addresses=True,
                selector=labels.selector,
                port=[port],
            ),
            depends_on=[namespace.resource],
        )
