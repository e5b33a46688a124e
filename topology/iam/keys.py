"""Key policies: who may do what with the customer managed key of which purpose.

Two things are apart. Whoever the account's IAM policies let may administer a key, and cannot use it; it is
used through the service that it is for, on that service's own resources. Where a statement names the account,
IAM policies still have to allow the call as well (KMS Developer Guide, "Default key policy", section "Allows
access to the AWS account and enables IAM policies").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from topology.aws.arns import arn, dns_suffix, service_principal
from topology.aws.names import Names
from topology.aws.policy_language import POLICY_VERSION
from topology.iam.state_policies import bucket_arn
from topology.model import Environment
from topology.observability.log_groups import log_groups, workers_log_group
from topology.observability.notifications import notifications
from topology.state.stacks import replica_region

__all__ = ["ADMINISTRATION", "Purpose", "key_policy"]

Statement = dict[str, Any]
FORMER_WORKERS_GROUP = "mirrormaker2/"
"""With the environment's name behind it: what the workers' groups were called before the project was in their
name (docs/decisions/0023). Stage production leaves them behind, to be read until their retention ends."""
Purpose = Literal["state", "state_replica", "network", "msk", "logs", "alarms"]

ADMINISTRATION = (
    "kms:DescribeKey",
    "kms:UpdateKeyDescription",
    "kms:EnableKey",
    "kms:DisableKey",
    "kms:EnableKeyRotation",
    "kms:DisableKeyRotation",
    "kms:GetKeyRotationStatus",
    "kms:ListKeyRotations",
    "kms:RotateKeyOnDemand",
    "kms:GetKeyPolicy",
    "kms:PutKeyPolicy",
    "kms:ListKeyPolicies",
    "kms:ListGrants",
    "kms:RevokeGrant",
    "kms:CreateAlias",
    "kms:UpdateAlias",
    "kms:DeleteAlias",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:ListResourceTags",
    "kms:ScheduleKeyDeletion",
    "kms:CancelKeyDeletion",
)
"""What administers a key and neither reads nor writes with it: KMS Developer Guide, "Default key policy",
section "Allows key administrators to administer the KMS key", one by one for symmetric keys and without
CreateGrant, which would give use away. PutKeyPolicy is in it, so that KMS's lock-out check lets the policy
pass."""

SECRETS_MANAGER_VALIDATES = "RequestToValidateKeyAccess"
"""Stands for the secret when its key is set (Secrets Manager User Guide, "Secret encryption and decryption in
AWS Secrets Manager", validating access to the KMS key)."""


def key_policy(environment: Environment, region: str, purpose: Purpose) -> dict[str, Any]:
    """Policy of the key for `purpose` of `region`. The key of a state's replica lies in the replica region;
    `region` is that of the state all the same."""
    statements = [_administration(environment), *_USES[purpose](environment, region)]
    return {"Version": POLICY_VERSION, "Statement": statements}


def _administration(environment: Environment) -> Statement:
    return {
        "Sid": "IamPoliciesMayAdminister",
        "Effect": "Allow",
        "Principal": _account(environment),
        "Action": list(ADMINISTRATION),
        "Resource": "*",
    }


def _state(environment: Environment, region: str) -> Iterable[Statement]:
    bucket = bucket_arn(environment, Names(environment, region).state_bucket)
    yield _terraform_callers(environment, region, bucket)
    yield _replication(environment, "Decrypt", region, bucket, owner=region)


def _state_replica(environment: Environment, region: str) -> Iterable[Statement]:
    peer = replica_region(environment, region)
    bucket = bucket_arn(environment, Names(environment, region).state_replica_bucket)
    yield _terraform_callers(environment, peer, bucket)
    yield _replication(environment, "Encrypt", peer, bucket, owner=region)


def _terraform_callers(environment: Environment, region: str, bucket: str) -> Statement:
    """S3 User Guide, "Using server-side encryption with AWS KMS keys": GenerateDataKey to write, Decrypt to
    read; with a bucket key the encryption context is the ARN of the bucket."""
    return _through(
        environment,
        "StateThroughS3",
        ("s3", region),
        ["kms:Decrypt", "kms:GenerateDataKey"],
        {"StringEquals": {"kms:EncryptionContext:aws:s3:arn": bucket}},
    )


def _replication(environment: Environment, what: str, region: str, bucket: str, *, owner: str) -> Statement:
    """The role by its ARN in a condition: a principal that does not exist yet is refused by KMS, and the role
    is made with the keys' ARNs (S3 User Guide, "Replicating encrypted objects")."""
    role = arn(environment, "iam", "", f"role/{Names(environment, owner).replication_role}")
    return _through(
        environment,
        "StateReplication",
        ("s3", region),
        [f"kms:{what}"],
        {
            "StringEquals": {"kms:EncryptionContext:aws:s3:arn": bucket},
            "ArnEquals": {"aws:PrincipalArn": role},
        },
    )


def _msk(environment: Environment, region: str) -> Iterable[Statement]:
    """As the AWS managed key aws/kafka has it, but grants for AWS's own resources only. MSK asks for a grant
    when a cluster is made and when a SCRAM secret is associated, with the permissions of the caller (MSK
    Developer Guide, "AWS managed policy: AmazonMSKFullAccess"; KMS Developer Guide, "kms:ViaService" and
    "kms:GrantIsForAWSResource")."""
    kafka = ("kafka", region)
    use = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
    yield _through(environment, "DataThroughMsk", kafka, use)
    own_resources = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    yield _through(environment, "GrantsThroughMsk", kafka, ["kms:CreateGrant"], own_resources)
    if environment.regions[region].kafka.authentication.scram:
        yield _scram_secret(environment, region)
    yield from _log_groups(environment, region, "msk")  # the brokers' log group is under the cluster's key


def _scram_secret(environment: Environment, region: str) -> Statement:
    """Secrets Manager User Guide, "Secret encryption and decryption in AWS Secrets Manager". The ARN of a
    secret ends in six characters that Secrets Manager chooses."""
    name = Names(environment, region).scram_secret
    secret = arn(environment, "secretsmanager", region, f"secret:{name}-??????")
    return _through(
        environment,
        "ScramThroughSecretsManager",
        ("secretsmanager", region),
        ["kms:Decrypt", "kms:GenerateDataKey"],
        {"StringLike": {"kms:EncryptionContext:SecretARN": [secret, SECRETS_MANAGER_VALIDATES]}},
    )


def _alarms(environment: Environment, region: str) -> Iterable[Statement]:
    """SNS Developer Guide, "Managing Amazon SNS encryption keys and costs", compatibility with event
    sources: without the first an alarm on an encrypted topic tells nobody. The second is for those who
    publish a test."""
    actions = ["kms:Decrypt", "kms:GenerateDataKey*"]
    alarms = arn(environment, "cloudwatch", region, f"alarm:{Names(environment, region).alarm('*')}")
    yield {
        "Sid": "AlarmsOfThisEnvironment",
        "Effect": "Allow",
        "Principal": {"Service": service_principal(environment, "cloudwatch")},
        "Action": actions,
        "Resource": "*",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": environment.account},
            "ArnLike": {"aws:SourceArn": alarms},
        },
    }
    topics = [arn(environment, "sns", region, one.topic) for one in notifications(environment, region)]
    context = {"StringEquals": {"kms:EncryptionContext:aws:sns:topicArn": topics}}
    yield _through(environment, "PublishersThroughSns", ("sns", region), actions, context)


def _log_groups(environment: Environment, region: str, owner: str) -> Iterable[Statement]:
    """CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS KMS": the service calls by
    itself, and the encryption context is the ARN of the log group."""
    names = [group.name for group in log_groups(environment, region, owner)]
    if owner == "logs":
        # the workers' groups of every runtime, there or not: the old one's must stay readable when that
        # runtime is gone, and a change of runtime must not touch the key. ArnEquals takes wildcards (IAM User
        # Guide, "ARN condition operators")
        own = workers_log_group(environment, region).name
        names = [f"/aws/*/{own.split('/', 3)[3]}" if name == own else name for name in names]
        names.append(f"/aws/*/{FORMER_WORKERS_GROUP}{environment.environment}")
    if names:
        arns = [arn(environment, "logs", region, f"log-group:{name}") for name in names]
        yield {
            "Sid": "CloudWatchLogsForTheseGroups",
            "Effect": "Allow",
            "Principal": {"Service": service_principal(environment, f"logs.{region}")},
            "Action": [
                *("kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"),
            ],
            "Resource": "*",
            "Condition": {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": arns}},
        }


def _through(
    environment: Environment,
    sid: str,
    via: tuple[str, str],
    actions: list[str],
    condition: Mapping[str, Mapping[str, Any]] | None = None,
) -> Statement:
    """For whoever IAM lets in this account, when the service and region of `via` calls on their behalf, and
    under `condition`."""
    service, region = via
    extra = dict(condition or {})
    equal = {
        "kms:CallerAccount": environment.account,
        "kms:ViaService": f"{service}.{region}.{dns_suffix(environment)}",
        **extra.pop("StringEquals", {}),
    }
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": _account(environment),
        "Action": actions,
        "Resource": "*",
        "Condition": {"StringEquals": equal, **extra},
    }


def _account(environment: Environment) -> dict[str, str]:
    return {"AWS": arn(environment, "iam", "", "root")}


_USES: dict[Purpose, Callable[[Environment, str], Iterable[Statement]]] = {
    "state": _state,
    "state_replica": _state_replica,
    "network": lambda environment, region: _log_groups(environment, region, "network"),
    "msk": _msk,
    "logs": lambda environment, region: _log_groups(environment, region, "logs"),
    "alarms": _alarms,
}
