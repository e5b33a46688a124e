"""What checkov asks for and does not get, and why. A line that skips nothing any more fails a test."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SKIPS", "Skip"]


@dataclass(frozen=True)
class Skip:
    """`where` is a pattern over `environment/stack/resource`."""

    check: str
    where: str
    reason: str


DEVELOPMENT_IMAGES = (
    "Development images are built on the spot and named by tag; in stage production the rule"
    " images-by-digest-in-production refuses them"
)
NO_CPU_LIMIT = (
    "No CPU limit: a throttled probe would measure its own throttling as latency of replication, and"
    " memory is limited"
)
PULLED_ONCE = (
    "A digest names the same image whenever it is pulled, and production has digests; Always would make each"
    " restart of a pod wait for the registry, also when it is away"
)
RETENTION = (
    "The report's retentions are 7, 14 and 30 days. `retention` in the environment file is for those who must"
    " keep more, in numbers that CloudWatch takes"
)

SKIPS = (
    Skip("CKV_AWS_338", "*/logs-*/aws_cloudwatch_log_group.*", RETENTION),
    Skip("CKV_AWS_338", "*/msk-*/aws_cloudwatch_log_group.brokers_log", RETENTION),
    Skip("CKV_AWS_338", "*/network-*/aws_cloudwatch_log_group.flow_log_group", RETENTION),
    Skip("CKV_AWS_338", "*/ecs-runtime-*/aws_cloudwatch_log_group.log", RETENTION),
    Skip(
        "CKV_AWS_80",
        "three-regions/msk-ap-southeast-1/aws_msk_cluster.cluster",
        "Express brokers: MSK accepts broker logging for them and drops it",
    ),
    Skip(
        "CKV_AWS_18",
        "*/state-*/aws_s3_bucket.*",
        "Who reads a state is told, without gaps, by CloudTrail's data events, which belong to the account."
        " Server access logs are best effort and need a bucket without a customer managed key",
    ),
    Skip(
        "CKV2_AWS_62",
        "*/state-*/aws_s3_bucket.*",
        "Nobody waits for a notification that a state was written: Terraform itself is the only reader",
    ),
    Skip(
        "CKV2_AWS_57",
        "scram/msk-*/aws_secretsmanager_secret.scram",
        "A rotation is a function of whoever owns the SCRAM clients, which must take the new password with"
        " it; the secret is made without a value, and its value never passes through Terraform",
    ),
    Skip("CKV_K8S_43", "local/mirrormaker-*", DEVELOPMENT_IMAGES),
    Skip("CKV_K8S_43", "three-regions/mirrormaker-*", DEVELOPMENT_IMAGES),
    Skip("CKV_K8S_15", "*/mirrormaker-*", PULLED_ONCE),
    Skip("CKV_K8S_11", "*/mirrormaker-*/kubernetes_deployment_v1.operations", NO_CPU_LIMIT),
    Skip("CKV_K8S_11", "*/mirrormaker-*/Deployment.*-operations", NO_CPU_LIMIT),
    Skip(
        "CKV_K8S_38",
        "*/mirrormaker-*/Deployment.*-operations",
        "The reconciler asks the API for the workers' pods and writes Events; its role allows no more",
    ),
    Skip(
        "CKV_K8S_9",
        "*/mirrormaker-*/Deployment.*-operations",
        "The reconciler has a readiness probe; the container beside it only measures, and what it measures is"
        " no reason to take the pod away",
    ),
)
