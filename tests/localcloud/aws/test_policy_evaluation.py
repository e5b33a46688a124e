"""Each way in which a policy document can allow or not, as IAM decides it; what is not understood refuses."""

from typing import Any, NamedTuple

import pytest

from localcloud.aws.policy_evaluation import Request, allows

QUEUE = "arn:aws:sqs:us-east-1:123456789012:orders"
PROVIDER = "arn:aws:iam::123456789012:oidc-provider/oidc.example/id/1"
SEND = Request("sqs:SendMessage", QUEUE)
STATEMENT = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE}
ENTER = Request("sts:Enter", federated=PROVIDER, context={"oidc.example/id/1:sub": "worker"})
TRUST = {
    "Effect": "Allow",
    "Action": "sts:Enter",
    "Principal": {"Federated": PROVIDER},
    "Condition": {"StringEquals": {"oidc.example/id/1:sub": "worker"}},
}


class Case(NamedTuple):
    what: str
    changes: dict[str, Any]
    """Of the statement."""
    allowed: bool
    request: Request = SEND


IDENTITY_CASES = [
    Case("as-written", {}, True),
    Case("another-action", {"Action": "sqs:ReceiveMessage"}, False),
    Case("action-in-other-letters", {"Action": "SQS:sendmessage"}, True),
    Case("action-by-wildcard", {"Action": ["sqs:Receive*", "sqs:Send*"]}, True),
    Case("action-by-one-letter", {"Action": "sqs:SendMessag?"}, True),
    Case("one-letter-is-one", {"Action": "sqs:Send?"}, False),
    Case("action-of-another-service", {"Action": "sns:*"}, False),
    Case("a-dot-is-a-dot", {"Resource": QUEUE.replace("orders", "o.ders")}, False),
    Case("every-resource", {"Resource": ["*"]}, True),
    Case("resource-by-wildcard", {"Resource": [QUEUE.replace("orders", "ord*")]}, True),
    Case("resource-in-other-letters", {"Resource": QUEUE.upper()}, False),
    Case("any-account", {"Resource": QUEUE.replace("123456789012", "*")}, True),
    Case("wildcard-stays-in-its-part", {"Resource": "arn:aws:sqs:*:orders"}, False),
    Case("longer-resource", {}, False, Request("sqs:SendMessage", f"{QUEUE}-2")),
    Case("denial-is-no-allowance", {"Effect": "Deny"}, False),
    Case("no-action", {"Action": []}, False),
    Case("no-resource", {"Resource": []}, False),
    Case("principal-in-an-identity-policy", {"Principal": {"Federated": PROVIDER}}, False),
]
KEYED = Request("sqs:SendMessage", QUEUE, context={"aws:ResourceTag/stage": "production"})
TAG = "aws:ResourceTag/stage"
CONDITION_CASES = [
    Case("condition-met", {"Condition": {"StringEquals": {TAG: "production"}}}, True, KEYED),
    Case("one-of-the-values", {"Condition": {"StringEquals": {TAG: ["a", "production"]}}}, True, KEYED),
    Case("key-in-other-letters", {"Condition": {"StringEquals": {TAG.lower(): "production"}}}, True, KEYED),
    Case("value-in-other-letters", {"Condition": {"StringEquals": {TAG: "Production"}}}, False, KEYED),
    Case("no-wildcards-in-values", {"Condition": {"StringEquals": {TAG: "prod*"}}}, False, KEYED),
    Case("no-values", {"Condition": {"StringEquals": {TAG: []}}}, False, KEYED),
    Case("key-is-absent", {"Condition": {"StringEquals": {TAG: "production"}}}, False),
    Case(
        "all-keys-must-hold",
        {"Condition": {"StringEquals": {TAG: "production", "aws:ResourceTag/owner": "me"}}},
        *(False, KEYED),
    ),
    Case("unknown-operator", {"Condition": {"StringLike": {TAG: "production"}}}, False, KEYED),
    Case("set-operator", {"Condition": {"ForAnyValue:StringEquals": {TAG: "production"}}}, False, KEYED),
    Case("if-exists", {"Condition": {"StringEqualsIfExists": {TAG: "production"}}}, False),
    Case("variable", {"Condition": {"StringEquals": {TAG: "${aws:PrincipalTag/stage}"}}}, False, KEYED),
    Case("variable-in-resource", {"Resource": QUEUE.replace("orders", "${aws:username}")}, False),
    Case("unknown-element", {"NotResource": "arn:aws:sqs:*:*:other"}, False),
]
TRUST_CASES = [
    Case("as-written", {}, True, ENTER),
    Case("one-of-the-providers", {"Principal": {"Federated": ["arn:other", PROVIDER]}}, True, ENTER),
    Case("another-provider", {"Principal": {"Federated": f"{PROVIDER}2"}}, False, ENTER),
    Case("another-kind-of-principal", {"Principal": {"AWS": PROVIDER}}, False, ENTER),
    Case("everybody", {"Principal": "*"}, False, ENTER),
    Case("no-principal-in-a-trust", {"Principal": []}, False, ENTER),
    Case("resource-in-a-trust", {"Resource": "*"}, False, ENTER),
    Case("unknown-operator", {"Condition": {"StringLike": {"oidc.example/id/1:sub": "*"}}}, False, ENTER),
]


@pytest.mark.parametrize("case", [*IDENTITY_CASES, *CONDITION_CASES], ids=lambda case: case.what)
def test_identity_policy(case: Case) -> None:
    assert allows({"Statement": [STATEMENT | case.changes]}, case.request) is case.allowed


@pytest.mark.parametrize("case", TRUST_CASES, ids=lambda case: case.what)
def test_trust(case: Case) -> None:
    assert allows({"Statement": TRUST | case.changes}, case.request) is case.allowed


def test_a_denial_wins_wherever_it_stands() -> None:
    denial = STATEMENT | {"Effect": "Deny", "Action": "sqs:*"}
    assert not allows({"Statement": [STATEMENT, denial]}, SEND)
    assert not allows({"Statement": [denial, STATEMENT]}, SEND)
    assert allows({"Statement": [STATEMENT, denial | {"Resource": f"{QUEUE}-2"}]}, SEND)


@pytest.mark.parametrize(
    "doubt",
    [
        {"Condition": {"StringNotLike": {TAG: "production"}}},
        {"NotAction": "sqs:SendMessage", "Action": "*"},
        {"Effect": "allow", "Condition": {"Null": {TAG: "true"}}},
    ],
    ids=["operator", "element", "effect"],
)
def test_a_denial_that_is_not_understood_denies(doubt: dict[str, Any]) -> None:
    assert not allows({"Statement": [STATEMENT, STATEMENT | {"Effect": "Deny"} | doubt]}, KEYED)


def test_an_empty_document_allows_nothing() -> None:
    assert not allows({"Version": "2012-10-17"}, SEND)
    assert not allows({"Statement": []}, SEND)
