"""A deployed configuration made to run here: other addresses, no authentication, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["ADDRESS_KEYS", "Localized", "Substitution", "is_authentication", "localize"]

ADDRESS_KEYS = frozenset(
    {
        "bootstrap.servers",
        "source.cluster.bootstrap.servers",
        "target.cluster.bootstrap.servers",
        "listeners",
        "admin.listeners",
        "rest.advertised.host.name",
        "rest.advertised.port",
        "rest.advertised.listener",
    }
)
"""The properties that name an address: the only ones whose value may be another here than where it is
deployed."""

# security.protocol and sasl.*, for the worker itself, for its clients (producer., consumer., admin.), for
# what a connector overrides of those (producer.override. ...) and for MirrorMaker's clusters (source.cluster.
# ..., source.consumer. ...).
_AUTHENTICATION = re.compile(
    r"((?:(?:source|target|cluster|producer|consumer|admin|override)\.)*)(security\.protocol|sasl\..+)"
)


@dataclass(frozen=True)
class Substitution:
    """One property that differs; `after` is None where it was dropped, `before` where it is new."""

    key: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Localized:
    """The properties to use here, and all that differs from those given, sorted by key."""

    properties: dict[str, str]
    changes: tuple[Substitution, ...]


def localize(
    properties: Mapping[str, str],
    addresses: Mapping[str, str] | None = None,
    login: Mapping[str, str] | None = None,
) -> Localized:
    """Worker or connector properties with `login` in place of the deployed authentication and with
    `addresses` in place of the deployed ones.

    The local brokers speak PLAINTEXT, which is Kafka's default, unless they have logins: security.protocol
    and sasl.* are dropped, or become those of `login` (names without prefix, logins.py) where they are set.
    `addresses` maps keys of ADDRESS_KEYS to values; a key that `properties` lacks is added, since then
    Kafka's default is an address too. Raises ValueError for any other key, so that nothing else can change.
    """
    replaced = dict(addresses or {})
    if foreign := sorted(replaced.keys() - ADDRESS_KEYS):
        raise ValueError(f"{', '.join(foreign)}: no address; allowed are {', '.join(sorted(ADDRESS_KEYS))}")
    kept = {key: value for key, value in properties.items() if not is_authentication(key)}
    result = kept | _logged_in(properties, login or {}) | replaced
    changes = (
        Substitution(key, properties.get(key), result.get(key))
        for key in sorted(properties.keys() | result.keys())
    )
    return Localized(result, tuple(change for change in changes if change.before != change.after))


def _logged_in(properties: Mapping[str, str], login: Mapping[str, str]) -> dict[str, str]:
    """The properties of a login, under each prefix that the deployed ones have."""
    found = (_AUTHENTICATION.fullmatch(key) for key in properties)
    prefixes = dict.fromkeys(match.group(1) for match in found if match)
    return {prefix + key: value for prefix in prefixes for key, value in login.items()}


def is_authentication(key: str) -> bool:
    """Whether a property says how a client proves who it is, or how the connection is protected."""
    return _AUTHENTICATION.fullmatch(key) is not None
