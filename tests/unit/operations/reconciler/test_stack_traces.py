"""The heart of a stack trace or of the end of a worker's log, in a line."""

from __future__ import annotations

import pytest

from operations.reconciler.stack_traces import cause, cause_in_log

AT = "\tat org.apache.kafka.clients.admin.KafkaAdminClient.createInternal(KafkaAdminClient.java:552)"
CUT = (
    f"ateInternal(KafkaAdminClient.java:551) | {AT} | Caused by: org.apache.kafka.common.config"
    ".ConfigException: No resolvable bootstrap urls given in bootstrap.servers"
    " | \tat org.apache.kafka.clients.ClientUtils.parseAndValidateAddresses(ClientUtils.java:104) | \t..."
)
INFO = "[2026-11-22 10:00:00,000] INFO Kafka Connect stopped (org.apache.kafka.connect.runtime.Connect)"
ERROR = "[2026-11-22 10:00:00,000] ERROR [Worker clientId=x] the group was left (org.apache.kafka.X)"


@pytest.mark.parametrize(
    ("log", "said"),
    [
        (
            CUT,
            "ConfigException: No resolvable bootstrap urls given in bootstrap.servers"
            " (the bootstrap address does not resolve: check BOOTSTRAP_<ALIAS>)",
        ),
        (f"{CUT}\n{INFO}", "ConfigException: No resolvable bootstrap urls given in bootstrap.servers"),
        (f"{ERROR}\n{INFO}", "[Worker clientId=x] the group was left (org.apache.kafka.X)"),
        (INFO, "Kafka Connect stopped (org.apache.kafka.connect.runtime.Connect)"),
        ("Error: Could not find or load main class X\n", "Error: Could not find or load main class X"),
        (
            'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space',
            "OutOfMemoryError: Java heap space",
        ),
        ("", "no log"),
    ],
)
def test_the_end_of_a_log_has_a_heart(log: str, said: str) -> None:
    assert cause_in_log(log).startswith(said)


def test_a_role_that_does_not_trust_the_pod_is_told_from_one_without_rights() -> None:
    denied = "SaslAuthenticationException: An error occurred"
    sts = f"org.apache.kafka.common.errors.{denied}: not authorized to perform: sts:AssumeRoleWithWebIdentity"
    assert "its trust does not name this service account" in cause(sts)
    assert "the role is not the one that the policy names" in cause(
        f"org.apache.kafka.{denied}: Access denied"
    )


def test_an_error_comes_before_a_warning_of_the_time_after() -> None:
    error = (
        "[2026-11-22 10:00:00,000] ERROR Uncaught exception in herder work thread, exiting:"
        " (org.apache.kafka.connect.runtime.distributed.DistributedHerder)"
        " org.apache.kafka.common.errors.GroupAuthorizationException: Not authorized to access group: g"
        f" | {AT}"
    )
    warning = (
        "[2026-11-22 10:00:01,000] WARN late (org.apache.kafka.X)"
        f" org.apache.kafka.common.errors.InterruptException: later | {AT}"
    )
    assert cause_in_log(f"{error}\n{warning}\n{INFO}") == (
        "GroupAuthorizationException: Not authorized to access group: g"
        " (the IAM role lacks kafka-cluster actions on this group)"
    )
