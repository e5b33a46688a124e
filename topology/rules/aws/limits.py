"""AWS's limits on names and documents, told before anything is deployed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from topology.aws.arns import cluster_arn
from topology.aws.names import LIMITS, Names, NameTooLongError
from topology.environment_file.problem import Problem
from topology.iam.identities import IdentityId, identity_policy
from topology.iam.managed_policies import CLUSTER_UUID, POLICIES, POLICY_CHARACTERS, managed_policies
from topology.iam.statements import trust_document
from topology.iam.subjects import operations_subject, worker_subject
from topology.kubernetes.cluster_services import oidc_provider
from topology.model import Environment
from topology.observability.alarm_types import SEVERITIES
from topology.observability.log_groups import RETENTION_DAYS
from topology.observability.notifications import subscription_id
from topology.replication.flows import directed_flows
from topology.rules.registry import rule

TRUST_CHARACTERS = 2048  # IAM User Guide, "IAM and AWS STS quotas": role trust policy


@rule
def names_fit_their_services(environment: Environment) -> Iterator[Problem]:
    """A name that is too long fails halfway through a deploy."""
    for region in environment.regions:
        try:
            for _ in Names(environment, region).all():
                pass
        except NameTooLongError as error:
            yield Problem(
                ("environment",),
                f"and project give names that are too long in {region}: {error}",
                found=f"{environment.project}-{environment.environment}",
                allowed="shorter ones, or state.bucket_prefix",
            )


@rule
def policies_fit_iam(environment: Environment) -> Iterator[Problem]:
    """A role with too many policies is refused when they are attached."""

    def arn_of(region: str) -> str:
        return cluster_arn(environment, region, CLUSTER_UUID)

    for region in environment.regions:
        documents = [identity_policy(environment, region, who, arn_of) for who in get_args(IdentityId)]
        count = max(len(managed_policies(document)) for document in documents)
        if count > POLICIES:
            yield Problem(
                ("flows",),
                f"give the role in {region} {count} policies of {POLICY_CHARACTERS} characters;"
                f" IAM allows {POLICIES}",
                allowed="fewer patterns in topics.include and groups.include",
            )


@rule
def trusts_fit_iam(environment: Environment) -> Iterator[Problem]:
    """A trust that is too long is refused when the role is made."""
    for region, settings in environment.regions.items():
        issuer = settings.eks.oidc_issuer
        provider = oidc_provider(environment, region)
        subjects = (worker_subject(environment), operations_subject(environment, region))
        size = max(_size(trust_document(provider, issuer, subject)) for subject in subjects)
        if size > TRUST_CHARACTERS:
            yield Problem(
                ("regions", region, "eks", "oidc_issuer"),
                f"gives a trust of {size} characters; IAM allows {TRUST_CHARACTERS}",
                found=issuer[:60],
            )


@rule
def mirrored_names_fit_kafka(environment: Environment) -> Iterator[Problem]:
    """A mirrored topic carries its alias; beyond 249 characters Kafka refuses it."""
    for flow in directed_flows(environment):
        for position, topic in enumerate(flow.spec.topics.include):
            mirrored = flow.mirrored(topic)
            if len(mirrored) > LIMITS["kafka_topic"]:
                yield Problem(
                    ("flows", flow.position, "topics", "include", position),
                    f"becomes a name of {len(mirrored)} characters in {flow.target}",
                    found=topic[:60],
                    allowed=f"at most {LIMITS['kafka_topic']}",
                )


@rule
def retention_is_one_that_cloudwatch_knows(environment: Environment) -> Iterator[Problem]:
    """CloudWatch refuses days that are not in its list."""
    for region, settings in environment.regions.items():
        for name, days in settings.retention:
            if days is not None and days not in RETENTION_DAYS:
                yield Problem(
                    ("regions", region, "retention", name),
                    "is not a retention of CloudWatch",
                    found=str(days),
                    allowed=", ".join(str(allowed) for allowed in RETENTION_DAYS),
                )


@rule
def mail_addresses_are_told_once(environment: Environment) -> Iterator[Problem]:
    """Each is a resource that is named after its address; Terraform cannot have two of a name."""
    for severity in SEVERITIES:
        first: dict[str, str] = {}
        for position, address in enumerate(getattr(environment.alarms.notify, severity)):
            taken = first.get(subscription_id(address))
            first.setdefault(subscription_id(address), address)
            if taken is not None:
                yield Problem(
                    ("alarms", "notify", severity, position),
                    "is listed more than once"
                    if taken == address
                    else f"differs from {taken} in punctuation only",
                    found=address,
                    allowed="each address once",
                )


def _size(document: Mapping[str, Any]) -> int:
    """Characters as IAM counts them: white space does not count."""
    return len(json.dumps(document, separators=(",", ":")))
