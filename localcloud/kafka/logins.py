"""Logins of a broker that lets nobody in without one, and nobody do what no rule allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

__all__ = ["ADMINISTRATOR", "Logins"]

ADMINISTRATOR = "administrator"
"""The super user: it makes rules and topics, and is what a denial is compared with."""

_PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule"
_AUTHORIZER = "org.apache.kafka.metadata.authorizer.StandardAuthorizer"


@dataclass(frozen=True)
class Logins:
    """User names and passwords of a broker (SASL/PLAIN), the administrator among them.

    MSK's brokers know IAM roles instead; what a role may do becomes rules about a user (acls.py).
    """

    users: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, *users: str) -> Logins:
        """These users and the administrator, each with its name as password: nobody else sees the broker."""
        return cls({user: user for user in (*users, ADMINISTRATOR)})

    def server_properties(self, listeners: Sequence[str]) -> dict[str, str]:
        """What the broker needs for it; `listeners` are the names of those that clients and brokers use."""
        known = " ".join(f'user_{user}="{word}"' for user, word in sorted(self.users.items()))
        login = f"{_login(ADMINISTRATOR, self.users[ADMINISTRATOR])[:-1]} {known};"
        return {
            "listener.security.protocol.map": ",".join(
                [*(f"{name}:SASL_PLAINTEXT" for name in listeners), "CONTROLLER:PLAINTEXT"]
            ),
            "sasl.enabled.mechanisms": "PLAIN",
            "sasl.mechanism.inter.broker.protocol": "PLAIN",
            **{f"listener.name.{name.lower()}.plain.sasl.jaas.config": login for name in listeners},
            "authorizer.class.name": _AUTHORIZER,
            "allow.everyone.if.no.acl.found": "false",
            # without a name: the node itself, on its controller's listener, which no client reaches
            "super.users": f"User:{ADMINISTRATOR};User:ANONYMOUS",
        }

    def java(self, user: str) -> dict[str, str]:
        """The settings of a Java client that logs in as `user`. Raises KeyError for an unknown one."""
        return {
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanism": "PLAIN",
            "sasl.jaas.config": _login(user, self.users[user]),
        }

    def librdkafka(self, user: str) -> dict[str, str]:
        """The same for librdkafka."""
        return {
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanism": "PLAIN",
            "sasl.username": user,
            "sasl.password": self.users[user],
        }


def _login(user: str, password: str) -> str:
    return f'{_PLAIN} required username="{user}" password="{password}";'
