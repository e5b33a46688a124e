"""Names of the outputs that stacks read from each other by remote state."""

from __future__ import annotations

__all__ = [
    "AUTOSCALER_ROLE_ARN",
    "BOOTSTRAP_BROKERS_IAM",
    "CLUSTER_ARN",
    "CLUSTER_NAME",
    "LOG_ROUTING_ROLE_ARN",
    "OPERATIONS_ROLE_ARN",
    "WORKER_ROLE_ARN",
]

# identity-R
WORKER_ROLE_ARN = "worker_role_arn"
OPERATIONS_ROLE_ARN = "operations_role_arn"
LOG_ROUTING_ROLE_ARN = "log_routing_role_arn"
AUTOSCALER_ROLE_ARN = "autoscaler_role_arn"

# msk-R
CLUSTER_ARN = "cluster_arn"
CLUSTER_NAME = "cluster_name"
BOOTSTRAP_BROKERS_IAM = "bootstrap_brokers_iam"
