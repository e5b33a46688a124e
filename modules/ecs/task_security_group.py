"""The security group of the ECS tasks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cdktf_cdktf_provider_aws.data_aws_eks_cluster import DataAwsEksCluster
from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from cdktf_cdktf_provider_aws.vpc_security_group_egress_rule import VpcSecurityGroupEgressRule
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule
from constructs import Construct

from topology.ecs.task_network import TaskRule
from topology.kubernetes.workload import REST_PORT

__all__ = ["PodsAdmitTasks", "TaskSecurityGroup"]


class TaskSecurityGroup(Construct):
    """Lets in and out what the rules say."""

    def __init__(
        self, scope: Construct, construct_id: str, *, name: str, vpc_id: str, rules: Iterable[TaskRule]
    ) -> None:
        super().__init__(scope, construct_id)
        self.group = SecurityGroup(
            self, "Default", name=name, description="Connect workers that are ECS tasks", vpc_id=vpc_id
        )
        for rule in rules:
            other: dict[str, Any] = (
                {"cidr_ipv4": rule.cidr} if rule.cidr else {"referenced_security_group_id": self.group.id}
            )
            made = VpcSecurityGroupIngressRule if rule.direction == "in" else VpcSecurityGroupEgressRule
            made(
                self,
                rule.key,
                security_group_id=self.group.id,
                description=rule.description,
                ip_protocol="tcp",
                from_port=rule.port,
                to_port=rule.port,
                **other,
            )

    @property
    def id(self) -> str:
        """Id of the group."""
        return self.group.id


class PodsAdmitTasks(Construct):
    """Lets the tasks reach the workers that are pods, in the EKS cluster's own security group, which managed
    node groups have unless a launch template says otherwise (EKS User Guide, "View Amazon EKS security group
    requirements for clusters")."""

    def __init__(self, scope: Construct, construct_id: str, *, eks_cluster: str, tasks: str) -> None:
        super().__init__(scope, construct_id)
        cluster = DataAwsEksCluster(self, "cluster", name=eks_cluster)
        VpcSecurityGroupIngressRule(
            self,
            "Default",
            security_group_id=cluster.vpc_config.get(0).cluster_security_group_id,
            description="REST: workers that are ECS tasks",
            ip_protocol="tcp",
            from_port=REST_PORT,
            to_port=REST_PORT,
            referenced_security_group_id=tasks,
        )
