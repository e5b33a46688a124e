"""STS: AssumeRoleWithWebIdentity by the role's trust. moto lets every token become any role.

The checks are AWS's, in its order and with its codes (STS API Reference, "AssumeRoleWithWebIdentity"; IAM
User Guide, "Create a role for OpenID Connect federation"): the token is whole and of this time, its issuer is
a provider of the account, its audience is one of the provider's clients, and the role's trust allows it.
Signatures are not checked: no issuer answers here, and what tests ask is which claims a trust lets pass.
"""

import base64
import binascii
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self, cast

from moto.core.exceptions import AccessDeniedError, ServiceException
from moto.core.responses import ActionResult
from moto.iam.exceptions import NotFoundException
from moto.iam.models import IAMBackend, OpenIDConnectProvider, iam_backends
from moto.sts.responses import TokenResponse

from localcloud.aws.policy_evaluation import Request, allows

ACTION = "sts:AssumeRoleWithWebIdentity"


class InvalidIdentityTokenException(ServiceException):
    code = "InvalidIdentityToken"


class ExpiredTokenException(ServiceException):
    code = "ExpiredTokenException"


@dataclass(frozen=True)
class WebIdentityToken:
    """The claims of a JSON Web Token that a trust can be about; times in seconds of the epoch."""

    issuer: str
    subject: str
    audience: str
    not_before: float
    expires: float

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises InvalidIdentityTokenException. Kubernetes writes the audience as a list; of one, since
        for several AWS wants a claim more, which its tokens do not have."""
        try:
            _, payload, _ = text.split(".")
            claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
            audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
            (audience,) = audiences
            return cls(
                str(claims["iss"]),
                str(claims["sub"]),
                str(audience),
                float(claims.get("nbf", 0)),
                float(claims["exp"]),
            )
        except (ValueError, KeyError, TypeError, binascii.Error) as error:
            raise InvalidIdentityTokenException("The ID Token provided is not a valid JWT.") from error

    @property
    def provider(self) -> str:
        """The issuer as IAM writes it: in ARNs of providers and in condition keys."""
        return self.issuer.removeprefix("https://")

    @property
    def context(self) -> Mapping[str, str]:
        """The condition keys that a trust can ask for."""
        return {f"{self.provider}:sub": self.subject, f"{self.provider}:aud": self.audience}


class WebIdentityResponse(TokenResponse):
    def assume_role_with_web_identity(self) -> ActionResult:
        token = WebIdentityToken.parse(str(self._get_param("WebIdentityToken")))
        now = time.time()
        if token.expires <= now:
            raise ExpiredTokenException(
                f"Token expired: current date/time {now:.0f} must be before the expiration date/time"
                f" {token.expires:.0f}"
            )
        if token.not_before > now:
            raise InvalidIdentityTokenException("Token is not valid yet")
        provider = self._provider(token)
        if token.audience not in provider.client_id_list:
            raise InvalidIdentityTokenException("Incorrect token audience")
        trust = self._trust(str(self._get_param("RoleArn")))
        request = Request(ACTION, federated=provider.arn, context=token.context)
        if trust is None or not allows(trust, request):
            raise AccessDeniedError(user_arn=token.subject, action=ACTION)
        return super().assume_role_with_web_identity()

    @property
    def _iam(self) -> IAMBackend:
        return iam_backends[self.current_account][self.partition]

    def _provider(self, token: WebIdentityToken) -> OpenIDConnectProvider:
        for provider in self._iam.open_id_providers.values():
            if provider.url == token.provider:
                return provider
        raise InvalidIdentityTokenException(
            f"No OpenIDConnect provider found in your account for {token.issuer}"
        )

    def _trust(self, role_arn: str) -> Mapping[str, Any] | None:
        """None for a role that is not there, which AWS answers like one that does not trust."""
        try:
            role = self._iam.get_role_by_arn(role_arn)
        except NotFoundException:
            return None
        return cast(Mapping[str, Any], json.loads(role.assume_role_policy_document))
