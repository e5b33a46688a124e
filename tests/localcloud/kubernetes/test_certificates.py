"""Certificates say who a client is and where a server is, and their authority stands for both."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from localcloud.kubernetes.certificates import Authority, KeyPair, service_account_keys


def certificate(pair: KeyPair) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pair.certificate.read_bytes())


def test_a_client_is_its_user_and_groups(tmp_path: Path) -> None:
    issued = certificate(Authority(tmp_path, "ca").client("admin", "someone", ("one", "two")))
    assert [name.value for name in issued.subject.get_attributes_for_oid(NameOID.COMMON_NAME)] == ["someone"]
    groups = issued.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    assert [name.value for name in groups] == ["one", "two"]
    usage = issued.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.CLIENT_AUTH]


def test_a_server_is_where_it_is(tmp_path: Path) -> None:
    issued = certificate(Authority(tmp_path, "ca").server("api", "kubernetes", "198.18.0.1"))
    names = issued.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["kubernetes"]
    assert names.get_values_for_type(x509.IPAddress) == [ip_address("198.18.0.1")]


def test_the_authority_signs_what_it_issues_and_nobody_elses(tmp_path: Path) -> None:
    ours, other = Authority(tmp_path / "ours", "ca"), Authority(tmp_path / "other", "ca2")
    issued = certificate(ours.client("admin", "someone"))
    issued.verify_directly_issued_by(certificate(ours.files))
    try:
        issued.verify_directly_issued_by(certificate(other.files))
    except ValueError:
        return
    raise AssertionError("another authority's certificate stood for it")


def test_keys_are_their_owners_alone(tmp_path: Path) -> None:
    for pair in (Authority(tmp_path, "ca").client("admin", "someone"), service_account_keys(tmp_path)):
        assert pair.key.stat().st_mode & 0o077 == 0
