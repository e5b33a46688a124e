"""Secrets to plant where a scan must find them. All are from documentation or made up, and open nothing."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any, NamedTuple

__all__ = ["PLANTED", "Planted"]

ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE"  # AWS General Reference, "Understanding and getting your credentials"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"  # the same page
PASSWORD = "Tr0ub4dor-and-3"
PRIVATE_KEY = "-----BEGIN {0} PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7d\n-----END {0} PRIVATE KEY-----\n".format(
    "RSA"
)
JAAS = (
    "sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required"
    f' username="alice" password="{PASSWORD}";\n'
)


class Planted(NamedTuple):
    """Arguments of a resource with a secret in them, and what must be found (detect-secrets' name of it)."""

    id: str
    kind: str
    arguments: dict[str, Any]
    found: str


PLANTED = (
    Planted("access-key", "aws_iam_access_key", {"id": ACCESS_KEY}, "AWS Access Key"),
    Planted("secret-key", "aws_iam_access_key", {"secret": SECRET_KEY}, "Secret Keyword"),
    Planted("password", "aws_db_instance", {"password": PASSWORD}, "Secret Keyword"),
    Planted(
        "scram-credentials",
        "aws_secretsmanager_secret_version",
        {"secret_string": json.dumps({"username": "alice", "password": PASSWORD})},
        "Secret Keyword",
    ),
    Planted("private-key", "tls_private_key", {"private_key_pem": PRIVATE_KEY}, "Private Key"),
    Planted(
        "scram-client",
        "kubernetes_config_map_v1",
        {"data": {"worker.properties": f"group.id=mirrormaker2\n{JAAS}"}},
        "Secret Keyword",
    ),
    Planted(
        "truststore",
        "kubernetes_config_map_v1",
        {"data": {"worker.properties": "group.id=mirrormaker2\nssl.truststore.password=changeit-please\n"}},
        "Secret Keyword",
    ),
    Planted(
        "helm-values",
        "helm_release",
        {"values": [f"grafana:\n  adminPassword: {PASSWORD}\n  replicas: 1\n"]},
        "Secret Keyword",
    ),
    Planted(
        "address", "null_resource", {"url": f"https://alice:{PASSWORD}@example.com"}, "Basic Auth Credentials"
    ),
    Planted(
        "provider-private",
        "null_resource",
        {"private": b64encode(json.dumps({"password": PASSWORD}).encode()).decode()},
        "Secret Keyword",
    ),
    Planted(
        "unnamed-token",
        "kubernetes_deployment_v1",
        {"spec": {"template": {"spec": {"container": [{"env": [{"name": "X", "value": SECRET_KEY}]}]}}}},
        "Base64 High Entropy String",
    ),
)
"""One for each form that a secret could have here: an argument, a document within a text, a file of a
ConfigMap, values of a chart, an address, what a provider keeps for itself in a state, and one that nothing
but its randomness gives away."""
