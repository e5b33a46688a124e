"""Names of the outputs that stacks read from each other by remote state."""

from __future__ import annotations

__all__ = [
    "AUTOSCALER_ROLE_ARN",
    "BOOTSTRAP_BROKERS_IAM",
    "CLUSTER_ARN",
    "CLUSTER_NAME",
    "CLUSTER_UUID",
    "LOGS_KEY_ARN",
    "LOG_ROUTING_ROLE_ARN",
    "OPERATIONS_ROLE_ARN",
    "PRIVATE_SUBNET_IDS",
    "ROUTE_TABLE_ID",
    "VPC_ID",
    "WORKERS_LOG_GROUP",
    "WORKER_ROLE_ARN",
]

# network-R
VPC_ID = "vpc_id"
PRIVATE_SUBNET_IDS = "private_subnet_ids"
ROUTE_TABLE_ID = "route_table_id"  # only where the VPC is created

# logs-R, and ecs-runtime-R for its own
WORKERS_LOG_GROUP = "workers_log_group"
LOGS_KEY_ARN = "kms_key_arn"

# identity-R
WORKER_ROLE_ARN = "worker_role_arn"
OPERATIONS_ROLE_ARN = "operations_role_arn"
LOG_ROUTING_ROLE_ARN = "log_routing_role_arn"
AUTOSCALER_ROLE_ARN = "autoscaler_role_arn"

# msk-R
CLUSTER_ARN = "cluster_arn"
CLUSTER_NAME = "cluster_name"
BOOTSTRAP_BROKERS_IAM = "bootstrap_brokers_iam"
CLUSTER_UUID = "cluster_uuid"  # the one part of the ARN that is not known before
