"""AWS's limits on names and documents, told before anything is deployed."""

from __future__ import annotations

import json
from collections.abc import Iterator

from topology.flows import directed_flows
from topology.iam import TrustSubject, operations_statements, policy_size, trust_document, worker_statements
from topology.logs import RETENTION_DAYS
from topology.model import Environment
from topology.names import LIMITS, Names, NameTooLongError
from topology.problem import Problem
from topology.rules.registry import rule

POLICY_CHARACTERS = 6144  # IAM User Guide, "IAM and AWS STS quotas": managed policy, without white space
TRUST_CHARACTERS = 2048  # the same page: role trust policy


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
    """A policy that is too long is refused when the role is made."""
    for region in environment.regions:
        statements = (worker_statements(environment, region), operations_statements(environment, region))
        size = max(policy_size(environment, document) for document in statements)
        if size > POLICY_CHARACTERS:
            yield Problem(
                ("flows",),
                f"give the role in {region} a policy of {size} characters; IAM allows {POLICY_CHARACTERS}",
                allowed="fewer patterns in topics.include and groups.include",
            )


@rule
def trusts_fit_iam(environment: Environment) -> Iterator[Problem]:
    """A trust that is too long is refused when the role is made."""
    subject = TrustSubject(environment.mirrormaker.namespace, environment.mirrormaker.service_account)
    for region, settings in environment.regions.items():
        issuer = settings.eks.oidc_issuer
        provider = f"arn:{environment.partition}:iam::{environment.account}:oidc-provider/{issuer}"
        size = len(json.dumps(trust_document(provider, issuer, subject), separators=(",", ":")))
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
