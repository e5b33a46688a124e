"""A network policy from `topology.kubernetes.pod_network`."""

from __future__ import annotations

from cdktf_cdktf_provider_kubernetes.network_policy_v1 import (
    NetworkPolicyV1,
    NetworkPolicyV1Metadata,
    NetworkPolicyV1Spec,
)
from cdktf_cdktf_provider_kubernetes.network_policy_v1 import (
    NetworkPolicyV1SpecEgress as Egress,
)
from cdktf_cdktf_provider_kubernetes.network_policy_v1 import (
    NetworkPolicyV1SpecEgressPorts as EgressPort,
)
from cdktf_cdktf_provider_kubernetes.network_policy_v1 import (
    NetworkPolicyV1SpecEgressTo as To,
)
from cdktf_cdktf_provider_kubernetes.network_policy_v1 import (
    NetworkPolicyV1SpecEgressToIpBlock as ToAddresses,
)
from cdktf_cdktf_provider_kubernetes.network_policy_v1 import (
    NetworkPolicyV1SpecEgressToNamespaceSelector as ToNamespace,
)
from cdktf_cdktf_provider_kubernetes.network_policy_v1 import (
    NetworkPolicyV1SpecEgressToPodSelector as ToPods,
)
from cdktf_cdktf_provider_kubernetes.network_policy_v1 import (
    NetworkPolicyV1SpecIngress as Ingress,
)
from cdktf_cdktf_provider_kubernetes.network_policy_v1 import (
    NetworkPolicyV1SpecIngressFrom as From,
)
from cdktf_cdktf_provider_kubernetes.network_policy_v1 import (
    NetworkPolicyV1SpecIngressFromIpBlock as FromAddresses,
)
from cdktf_cdktf_provider_kubernetes.network_policy_v1 import (
    NetworkPolicyV1SpecIngressFromNamespaceSelector as FromNamespace,
)
from cdktf_cdktf_provider_kubernetes.network_policy_v1 import (
    NetworkPolicyV1SpecIngressFromPodSelector as FromPods,
)
from cdktf_cdktf_provider_kubernetes.network_policy_v1 import (
    NetworkPolicyV1SpecIngressPorts as IngressPort,
)
from cdktf_cdktf_provider_kubernetes.network_policy_v1 import (
    NetworkPolicyV1SpecPodSelector as PodSelector,
)
from constructs import Construct

from modules.kubernetes.workload_namespace import WorkloadNamespace
from topology.kubernetes.pod_network import Peer, PodPolicy, PodRule
from topology.kubernetes.pods import Labels

__all__ = ["PodNetworkPolicy"]

NAMESPACE_NAME = "kubernetes.io/metadata.name"
"""The API server sets this label on every namespace (Kubernetes, "Well-Known Labels")."""


class PodNetworkPolicy(Construct):
    """Both directions are always named, so that what no rule admits is refused."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        namespace: WorkloadNamespace,
        policy: PodPolicy,
        components: dict[str, Labels],
        labels: dict[str, str],
    ) -> None:
        super().__init__(scope, id_)
        self._components = components
        selector = components[policy.component].selector if policy.component else None
        NetworkPolicyV1(
            self,
            "Default",
            metadata=NetworkPolicyV1Metadata(name=policy.name, namespace=namespace.name, labels=labels),
            spec=NetworkPolicyV1Spec(
                pod_selector=PodSelector(match_labels=selector),
                policy_types=["Ingress", "Egress"],
                ingress=[self._ingress(rule) for rule in policy.ingress] or None,
                egress=[self._egress(rule) for rule in policy.egress] or None,
            ),
            depends_on=[namespace.resource],
        )

    def _ingress(self, rule: PodRule) -> Ingress:
        return Ingress(
            from_=[self._from(peer) for peer in rule.peers],
            ports=[IngressPort(port=str(port.number), protocol=port.protocol) for port in rule.ports],
        )

    def _egress(self, rule: PodRule) -> Egress:
        return Egress(
            to=[self._to(peer) for peer in rule.peers],
            ports=[EgressPort(port=str(port.number), protocol=port.protocol) for port in rule.ports],
        )

    def _from(self, peer: Peer) -> From:
        if peer.component:
            return From(pod_selector=FromPods(match_labels=self._components[peer.component].selector))
        if peer.namespace:
            return From(namespace_selector=FromNamespace(match_labels={NAMESPACE_NAME: peer.namespace}))
        return From(ip_block=FromAddresses(cidr=peer.cidr))

    def _to(self, peer: Peer) -> To:
        if peer.component:
            return To(pod_selector=ToPods(match_labels=self._components[peer.component].selector))
        if peer.namespace:
            return To(namespace_selector=ToNamespace(match_labels={NAMESPACE_NAME: peer.namespace}))
        return To(ip_block=ToAddresses(cidr=peer.cidr))
