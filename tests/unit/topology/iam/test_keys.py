"""Who may do what with the key of which purpose: administered by the account, used through its service."""

from __future__ import annotations

import json
from typing import Any, NamedTuple, get_args

import pytest

from tests.unit.topology.environments import environment
from tests.unit.topology.iam.key_requests import Request, allows
from topology.iam.keys import ADMINISTRATION, Purpose, key_policy

REGION, PEER = "us-east-1", "us-west-2"
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
ACCOUNT = "123456789012"
TERRAFORM = f"arn:aws:iam::{ACCOUNT}:role/terraform"
REPLICATION = f"arn:aws:iam::{ACCOUNT}:role/orders-test-state-us-east-1"
STRANGER = "arn:aws:iam::999999999999:role/terraform"
LOGS_OF_PEER = "logs.us-west-2.amazonaws.com"
LOGS, CLOUDWATCH = "logs.us-east-1.amazonaws.com", "cloudwatch.amazonaws.com"

USE = (
    *("kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo"),
    *("kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:GenerateDataKeyPair"),
    *("kms:GenerateMac", "kms:Sign", "kms:CreateGrant", "kms:RetireGrant", "kms:ReplicateKey"),
)
"""KMS Developer Guide, "Permissions reference": what is not administration."""

SCRAM = {"kafka/authentication": {"scram": True}}
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:AmazonMSK_orders-test-a1B2c3"


def s3(bucket: str, region: str = REGION) -> dict[str, str]:
    """S3 of a region calls for `bucket`."""
    return {
        "kms:ViaService": f"s3.{region}.amazonaws.com",
        "kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::orders-test-state-{ACCOUNT}-{bucket}",
    }


def kafka(region: str = REGION, **more: str) -> dict[str, str]:
    return {"kms:ViaService": f"kafka.{region}.amazonaws.com", **more}


def secret(arn: str) -> dict[str, str]:
    return {
        "kms:ViaService": f"secretsmanager.{REGION}.amazonaws.com",
        "kms:EncryptionContext:SecretARN": arn,
    }


def group(name: str, region: str = REGION) -> dict[str, str]:
    return {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{region}:{ACCOUNT}:log-group:{name}"}


def alarm(name: str, account: str = ACCOUNT) -> dict[str, str]:
    arn = f"arn:aws:cloudwatch:{REGION}:{account}:alarm:{name}"
    return {"aws:SourceAccount": account, "aws:SourceArn": arn}


def topic(name: str, via: str = "sns") -> dict[str, str]:
    return {
        "kms:ViaService": f"{via}.{REGION}.amazonaws.com",
        "kms:EncryptionContext:aws:sns:topicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:{name}",
    }


OWN_RESOURCE = {"kms:GrantIsForAWSResource": "true"}


class Case(NamedTuple):
    purpose: Purpose
    principal: str
    action: str
    context: dict[str, str]
    allowed: bool
    changes: dict[str, Any] = {}  # noqa: RUF012 - of the environment


CASES = [
    # state: whoever reads or writes the state, through S3, for this bucket
    Case("state", TERRAFORM, "kms:Decrypt", s3(REGION), True),
    Case("state", TERRAFORM, "kms:GenerateDataKey", s3(REGION), True),
    Case("state", TERRAFORM, "kms:Decrypt", s3(f"{REGION}-r"), False),
    Case("state", TERRAFORM, "kms:Decrypt", s3(f"{REGION}/orders/x.tfstate"), False),
    Case("state", TERRAFORM, "kms:Decrypt", s3(REGION, PEER), False),
    Case("state", TERRAFORM, "kms:Decrypt", {"kms:ViaService": "s3.us-east-1.amazonaws.com"}, False),
    Case("state", TERRAFORM, "kms:Encrypt", s3(REGION), False),
    Case("state", TERRAFORM, "kms:CreateGrant", s3(REGION) | OWN_RESOURCE, False),
    Case("state", REPLICATION, "kms:Decrypt", s3(REGION), True),
    Case("state", REPLICATION, "kms:Encrypt", s3(REGION), False),
    Case("state", STRANGER, "kms:Decrypt", s3(REGION), False),
    Case("state", LOGS, "kms:Decrypt", group("/aws/msk/orders-test"), False),
    # its replica: the key is in the peer region, only replication encrypts
    Case("state_replica", REPLICATION, "kms:Encrypt", s3(f"{REGION}-r", PEER), True),
    Case("state_replica", REPLICATION, "kms:Encrypt", s3(f"{REGION}-r", REGION), False),
    Case("state_replica", REPLICATION, "kms:Encrypt", s3(PEER, PEER), False),
    Case("state_replica", TERRAFORM, "kms:Encrypt", s3(f"{REGION}-r", PEER), False),
    Case("state_replica", TERRAFORM, "kms:Decrypt", s3(f"{REGION}-r", PEER), True),
    Case("state_replica", STRANGER, "kms:Decrypt", s3(f"{REGION}-r", PEER), False),
    # network, logs and the brokers' log group: the logs service of the region, for these groups
    Case("network", LOGS, "kms:GenerateDataKey", group("/aws/vpc/orders-test/flow-logs"), True),
    Case("network", LOGS, "kms:Decrypt", group("/aws/msk/orders-test"), False),
    Case("network", TERRAFORM, "kms:Decrypt", group("/aws/vpc/orders-test/flow-logs"), False),
    Case("logs", LOGS, "kms:Decrypt", group("/aws/eks/mirrormaker2/orders-test"), True),
    Case("logs", LOGS, "kms:Decrypt", group("/aws/eks/mirrormaker2/orders-test", PEER), False),
    Case("logs", LOGS, "kms:Decrypt", {}, False),
    Case("logs", LOGS_OF_PEER, "kms:Decrypt", group("/aws/eks/mirrormaker2/orders-test"), False),
    # the workers' groups had no project in their names
    Case("logs", LOGS, "kms:Decrypt", group("/aws/eks/mirrormaker2/test"), True),
    Case("logs", LOGS, "kms:Decrypt", group("/aws/eks/mirrormaker2/others-test"), False),
    Case("logs", LOGS, "kms:CreateGrant", group("/aws/eks/mirrormaker2/orders-test"), False),
    Case("msk", LOGS, "kms:Encrypt", group("/aws/msk/orders-test"), True),
    Case("msk", LOGS, "kms:Encrypt", group("/aws/eks/mirrormaker2/orders-test"), False),
    # msk: through MSK, grants only for what AWS itself makes of them
    Case("msk", TERRAFORM, "kms:GenerateDataKey", kafka(), True),
    Case("msk", TERRAFORM, "kms:DescribeKey", kafka(), True),
    Case("msk", TERRAFORM, "kms:CreateGrant", kafka(**OWN_RESOURCE), True),
    Case("msk", TERRAFORM, "kms:CreateGrant", kafka(), False),
    Case("msk", TERRAFORM, "kms:CreateGrant", kafka(**{"kms:GrantIsForAWSResource": "false"}), False),
    Case("msk", TERRAFORM, "kms:CreateGrant", OWN_RESOURCE, False),
    Case("msk", TERRAFORM, "kms:Decrypt", kafka(PEER), False),
    Case("msk", STRANGER, "kms:CreateGrant", kafka(**OWN_RESOURCE), False),
    # Secrets Manager has to do with it only where there is a secret, and with that one
    Case("msk", TERRAFORM, "kms:Decrypt", secret(SECRET), False),
    Case("msk", TERRAFORM, "kms:Decrypt", secret(SECRET), True, SCRAM),
    Case("msk", TERRAFORM, "kms:GenerateDataKey", secret("RequestToValidateKeyAccess"), True, SCRAM),
    Case("msk", TERRAFORM, "kms:Decrypt", secret(SECRET.replace("orders", "others")), False, SCRAM),
    Case("msk", TERRAFORM, "kms:CreateGrant", secret(SECRET) | OWN_RESOURCE, False, SCRAM),
    # alarms: alarms of this environment, and who publishes to its topics
    Case("alarms", CLOUDWATCH, "kms:GenerateDataKey", alarm("orders-test-broker-1-disk-used"), True),
    Case("alarms", CLOUDWATCH, "kms:Decrypt", alarm("payments-test-broker-1-disk-used"), False),
    Case("alarms", CLOUDWATCH, "kms:Decrypt", alarm("orders-test-x", "999999999999"), False),
    Case("alarms", TERRAFORM, "kms:GenerateDataKey", topic("orders-test-critical"), True),
    Case("alarms", TERRAFORM, "kms:Decrypt", topic("payments-test-critical"), False),
    Case("alarms", TERRAFORM, "kms:Decrypt", topic("orders-test-critical", via="sqs"), False),
    Case("alarms", STRANGER, "kms:Decrypt", topic("orders-test-critical"), False),
]


@pytest.mark.parametrize("case", CASES, ids=[f"{n}-{c.purpose}-{c.action}" for n, c in enumerate(CASES)])
def test_a_key_is_used_by_whom_and_for_what_it_is_for(case: Case) -> None:
    policy = key_policy(environment(case.changes), REGION, case.purpose)
    assert allows(policy, Request(case.principal, case.action, case.context)) is case.allowed


@pytest.mark.parametrize("purpose", PURPOSES)
def test_whom_iam_lets_may_administer_and_not_use(purpose: Purpose) -> None:
    """PutKeyPolicy among it: without, KMS refuses the policy, because the key could become unmanageable."""
    policy = key_policy(environment(SCRAM), REGION, purpose)
    assert "kms:PutKeyPolicy" in ADMINISTRATION
    assert all(allows(policy, Request(TERRAFORM, action)) for action in ADMINISTRATION)
    assert [action for action in USE if allows(policy, Request(TERRAFORM, action))] == []
    assert [action for action in ADMINISTRATION if allows(policy, Request(STRANGER, action))] == []


@pytest.mark.parametrize("purpose", PURPOSES)
def test_no_administrative_action_is_a_pattern(purpose: Purpose) -> None:
    """`kms:Create*` would have grants in it, and whatever KMS adds tomorrow."""
    administration, *uses = key_policy(environment(SCRAM), REGION, purpose)["Statement"]
    assert [action for action in administration["Action"] if "*" in action] == []
    assert uses
    assert all(use["Condition"] for use in uses)


def test_express_brokers_leave_the_logs_service_no_business_with_their_key() -> None:
    express = environment({"kafka/broker": {"type": "express.m7g.large"}})
    sids = [one["Sid"] for one in key_policy(express, REGION, "msk")["Statement"]]
    assert sids == ["IamPoliciesMayAdminister", "DataThroughMsk", "GrantsThroughMsk"]


def test_the_longest_policy_is_one_that_kms_takes() -> None:
    """32 kB (KMS Developer Guide, "Resource quotas"). It needs no rule: all that is in it has a limit."""
    longest = {"project": "p" * 20, "environment": "e" * 20, **SCRAM}  # what an IAM role can be called
    longest |= {f"regions/{region}/eks/cluster_name": "c" * 100 for region in (REGION, PEER)}
    longest |= {"state": {"bucket_prefix": "b" * 36}}
    loaded = environment(longest)
    sizes = {purpose: len(json.dumps(key_policy(loaded, REGION, purpose))) for purpose in PURPOSES}
    assert max(sizes.values()) < 32_768 / 4, sizes
