"""The brokers' security group."""

from __future__ import annotations

from collections.abc import Iterable

from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule
from constructs import Construct

from topology.network.broker_network import IngressRule

__all__ = ["BrokerSecurityGroup"]


class BrokerSecurityGroup(Construct):
    """Lets in what the rules say, and nothing out: answers need no rule, and brokers speak to each other over
    interfaces of MSK's own. (Terraform takes away the rule that lets everything out.)"""

    def __init__(
        self, scope: Construct, construct_id: str, *, name: str, vpc_id: str, rules: Iterable[IngressRule]
    ) -> None:
        super().__init__(scope, construct_id)
        self.group = SecurityGroup(
            self, "Default", name=name, description="Clients of the MSK brokers", vpc_id=vpc_id
        )
        made = {rule: self._rule(rule) for rule in rules}
        moves = [_move(resource, rule.former_key) for rule, resource in made.items() if rule.former_key]
        TerraformStack.of(self).add_override("moved", moves)

    def _rule(self, rule: IngressRule) -> VpcSecurityGroupIngressRule:
        return VpcSecurityGroupIngressRule(
            self,
            rule.key,
            security_group_id=self.group.id,
            description=rule.description,
            ip_protocol="tcp",
            from_port=rule.port,
            to_port=rule.port,
            cidr_ipv4=rule.cidr,
            referenced_security_group_id=rule.security_group,
        )

    @property
    def id(self) -> str:
        """Id of the group."""
        return self.group.id


def _move(rule: VpcSecurityGroupIngressRule, former_key: str) -> dict[str, str]:
    """Keeps the rule of an earlier state: deleted and created in one apply, EC2 may meet it twice (Terraform
    language, block `moved`; one without a resource in the state is ignored)."""
    former = rule.friendly_unique_id.removesuffix(rule.node.id) + former_key
    return {
        "from": f"{rule.terraform_resource_type}.{former}",
        "to": f"{rule.terraform_resource_type}.{rule.friendly_unique_id}",
    }
