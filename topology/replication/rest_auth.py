"""Connect's REST interface with user and password: what workers load, how they log in, how pods are probed.

Kafka's own extension asks for HTTP basic authentication (KIP-285 made such extensions possible). Of whom it
asks it, and of whom not, was tried on real workers: docs/decisions/0015-rest-basic-auth.md.
"""

from __future__ import annotations

from pathlib import Path

from topology.model.mirrormaker import MirrorMaker

__all__ = [
    "AUTH_DIRECTORY",
    "CREDENTIALS_FILE",
    "CREDENTIALS_KEY",
    "EXTENSION",
    "LOGIN_FILE",
    "PROBE_FILE",
    "rest_files",
    "rest_properties",
    "rest_secret",
]

_PACKAGE = "org.apache.kafka.connect.rest.basic.auth.extension"
EXTENSION = f"{_PACKAGE}.BasicAuthSecurityRestExtension"

AUTH_DIRECTORY = "/etc/mirrormaker2/rest"
CREDENTIALS_KEY = "credentials.properties"
CREDENTIALS_FILE = f"{AUTH_DIRECTORY}/{CREDENTIALS_KEY}"
"""Where the pods mount that key of the Secret."""
LOGIN_FILE = "rest-login.conf"
PROBE_FILE = "rest-probe.sh"

# the extension looks for an entry of this name (JaasBasicAuthFilter.CONNECT_LOGIN_MODULE)
_LOGIN = f"""KafkaConnect {{
  {_PACKAGE}.PropertyFileLoginModule required
  file="{CREDENTIALS_FILE}";
}};
"""
_PROBE = Path(__file__).with_name("rest_probe.sh")


def rest_secret(mirrormaker: MirrorMaker) -> str | None:
    """The Secret with the credentials; None where REST asks for none."""
    auth = mirrormaker.rest.basic_auth
    return auth.secret if auth else None


def rest_properties(mirrormaker: MirrorMaker) -> dict[str, str]:
    """The worker's properties for it."""
    return {"rest.extension.classes": EXTENSION} if rest_secret(mirrormaker) else {}


def rest_files(mirrormaker: MirrorMaker) -> dict[str, str]:
    """The worker's files for it; none of them holds a credential."""
    if rest_secret(mirrormaker) is None:
        return {}
    return {LOGIN_FILE: _LOGIN, PROBE_FILE: _PROBE.read_text(encoding="utf-8")}
