"""Every role that identity-R makes, in an account whose STS reads trusts: who becomes it and who does not."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.localcloud.aws.msk import Refusal
from tests.localcloud.aws.tokens import HOUR, service_account, token
from tests.synth.stack_json import Stack, resource, resources
from topology import load_environment

REGIONS = ("us-east-1", "us-west-2")
SUBJECTS = {
    "worker": ("mirrormaker2", "mirrormaker2"),
    "operations": ("mirrormaker2", "mirrormaker2-operations"),
    "log_routing": ("kube-system", "msk-mirror-local-fluent-bit"),
    "autoscaler": ("kube-system", "cluster-autoscaler"),
}
"""Namespace and service account of each role, written out: what the environment makes must be this."""
ROLES = [(region, role) for region in REGIONS for role in SUBJECTS]
OTHER_AUDIENCE = "another-client"
PROVIDER = "${aws_iam_openid_connect_provider.oidc.arn}"


@dataclass(frozen=True)
class Account:
    """ARNs of the roles by region and id, and how to become one."""

    sts: Any
    roles: dict[tuple[str, str], str]

    def become(self, role: tuple[str, str], web_identity_token: str) -> str:
        """ARN of the session."""
        answer = self.sts.assume_role_with_web_identity(
            RoleArn=self.roles[role], RoleSessionName="test", WebIdentityToken=web_identity_token
        )
        return str(answer["AssumedRoleUser"]["Arn"])


@pytest.fixture(scope="module")
def account(client: Callable[..., Any], synthesized: Callable[[str], dict[str, Stack]]) -> Account:
    """The OIDC providers and roles of both regions' identity stacks, as synthesized. The providers know one
    more audience, as an existing one may, so that it is left to the trusts to refuse it."""
    iam = client("iam")
    roles = {}
    for region in REGIONS:
        stack = synthesized("local")[f"identity-{region}"]
        provider = resource(stack, "aws_iam_openid_connect_provider", "oidc")
        arn = iam.create_open_id_connect_provider(
            Url=provider["url"], ClientIDList=[*provider["client_id_list"], OTHER_AUDIENCE]
        )["OpenIDConnectProviderArn"]
        for role, body in resources(stack, "aws_iam_role").items():
            trust = body["assume_role_policy"].replace(PROVIDER, arn)
            assert "${" not in trust
            made = iam.create_role(RoleName=body["name"], AssumeRolePolicyDocument=trust)
            roles[region, role] = made["Role"]["Arn"]
    assert roles.keys() == set(ROLES)
    return Account(client("sts"), roles)


def own_token(role: tuple[str, str], **claims: Any) -> str:
    region, name = role
    return token(issuer(region), service_account(*SUBJECTS[name]), **claims)


def issuer(region: str) -> str:
    return load_environment("local").regions[region].eks.oidc_issuer


@pytest.mark.parametrize("role", ROLES, ids="-".join)
def test_its_service_account_becomes_the_role(account: Account, role: tuple[str, str]) -> None:
    session = account.become(role, own_token(role))
    assert (
        session == account.roles[role].replace(":iam:", ":sts:").replace(":role/", ":assumed-role/") + "/test"
    )
    assert account.become(role, own_token(role, aud="sts.amazonaws.com")) == session


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a token, and how AWS says so."""

    what: str
    claims: Callable[[str, str, str], dict[str, Any]]
    """From region, namespace and service account, what its claims are instead."""
    status: int = 403
    code: str = "AccessDenied"


WRONG = [
    Wrong("namespace", lambda _, __, name: {"sub": service_account("default", name)}),
    Wrong("longer-namespace", lambda _, space, name: {"sub": service_account(f"{space}-test", name)}),
    Wrong("service-account", lambda _, space, __: {"sub": service_account(space, "default")}),
    Wrong("longer-service-account", lambda _, space, name: {"sub": service_account(space, f"{name}2")}),
    Wrong("upper-case-service-account", lambda _, space, name: {"sub": service_account(space, name.upper())}),
    Wrong("pattern-for-service-account", lambda _, space, __: {"sub": service_account(space, "*")}),
    Wrong("no-service-account", lambda _, __, name: {"sub": name}),
    Wrong("audience-of-another-client", lambda *_: {"aud": [OTHER_AUDIENCE]}),
    Wrong("cluster-of-another-region", lambda region, *_: {"iss": issuer(_peer(region))}),
    Wrong("audience-nobody-knows", lambda *_: {"aud": "kubernetes"}, 400, "InvalidIdentityToken"),
    Wrong(
        "two-audiences",
        lambda *_: {"aud": ["sts.amazonaws.com", OTHER_AUDIENCE]},
        *(400, "InvalidIdentityToken"),
    ),
    Wrong(
        "issuer-nobody-knows",
        lambda *_: {"iss": "https://oidc.eks.us-east-1.amazonaws.com/id/ELSEWHERE"},
        *(400, "InvalidIdentityToken"),
    ),
    Wrong("expired", lambda *_: {"exp": 1_700_000_000}, 400, "ExpiredTokenException"),
    Wrong("of-the-future", lambda *_: {"nbf": 4_000_000_000}, 400, "InvalidIdentityToken"),
    Wrong("without-an-end", lambda *_: {"exp": None}, 400, "InvalidIdentityToken"),
    Wrong("without-a-subject", lambda *_: {"sub": None}, 400, "InvalidIdentityToken"),
]


def _peer(region: str) -> str:
    return next(other for other in REGIONS if other != region)


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.what)
@pytest.mark.parametrize("role", ROLES, ids="-".join)
def test_a_token_that_is_not_its_own_is_refused(
    account: Account, role: tuple[str, str], wrong: Wrong
) -> None:
    region, name = role
    claims = wrong.claims(region, *SUBJECTS[name])
    with Refusal(wrong.status, wrong.code):
        account.become(role, own_token(role, **claims))


@pytest.mark.parametrize("role", ROLES, ids="-".join)
def test_no_other_role_takes_its_token(account: Account, role: tuple[str, str]) -> None:
    """Of the same region, where they differ by subject, and of the other, where they differ by issuer."""
    mine = own_token(role)
    for other in ROLES:
        if other != role:
            with Refusal(403, "AccessDenied", "sts:AssumeRoleWithWebIdentity"):
                account.become(other, mine)


def test_a_role_that_is_not_there_is_answered_like_one_that_does_not_trust(account: Account) -> None:
    role = ROLES[0]
    gone = Account(account.sts, {role: f"{account.roles[role]}-gone"})
    with Refusal(403, "AccessDenied"):
        gone.become(role, own_token(role))


@pytest.mark.parametrize("text", ["not-a-token", "a.b.c", "e30.W10.e30", "e30.e30.e30"])
def test_what_is_no_token_is_refused(account: Account, text: str) -> None:
    with Refusal(400, "InvalidIdentityToken"):
        account.become(ROLES[0], text)


def test_a_trust_without_conditions_would_take_any_token_of_the_provider(
    account: Account, client: Callable[..., Any], name: str
) -> None:
    """What the conditions are for, and proof that it is they that refuse above."""
    iam = client("iam")
    role = iam.get_role(RoleName=account.roles[ROLES[0]].rsplit("/", 1)[-1])["Role"]
    trust = role["AssumeRolePolicyDocument"]
    for statement in trust["Statement"]:
        del statement["Condition"]
    open_role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    anyone = Account(account.sts, {ROLES[0]: open_role})
    stranger = token(issuer("us-east-1"), service_account("default", "default"), exp=int(4e9) + HOUR)
    assert anyone.become(ROLES[0], stranger)
