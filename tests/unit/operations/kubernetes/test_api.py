"""The connection of a pod to its API server."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from operations.kubernetes.api import ApiError, KubernetesApi, Pod
from tests.unit.operations.kubernetes.api_server import NAMESPACE, PODS, fake_api_server


def test_what_is_no_pod_has_no_api_server(tmp_path: Path) -> None:
    assert KubernetesApi.in_cluster({}, tmp_path) is None


def test_a_pod_without_a_token_has_none_either(tmp_path: Path) -> None:
    assert KubernetesApi.in_cluster({"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, tmp_path) is None


def test_a_broken_mount_is_an_os_error(tmp_path: Path) -> None:
    """ssl.SSLError is one too: the command says it and goes on without."""
    for name, text in (("token", "t"), ("namespace", "n"), ("ca.crt", "no certificate")):
        (tmp_path / name).write_text(text)
    with pytest.raises(OSError, match="certificate"):
        KubernetesApi.in_cluster({"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, tmp_path)


@pytest.mark.parametrize(
    ("host", "url"), [("10.0.0.1", "https://10.0.0.1:6443"), ("fd00::1", "https://[fd00::1]:6443")]
)
def test_the_address_is_the_environments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, url: str
) -> None:
    for name, text in (("token", "t"), ("namespace", f"{NAMESPACE}\n"), ("ca.crt", "")):
        (tmp_path / name).write_text(text)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    monkeypatch.setattr(ssl, "create_default_context", lambda **_: context)
    made = KubernetesApi.in_cluster(
        {"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": "6443"}, tmp_path
    )
    assert made is not None
    assert (made.namespace, made.url) == (NAMESPACE, url)


def test_the_token_is_read_for_each_call(tmp_path: Path) -> None:
    with fake_api_server() as server, server.api(tmp_path) as api:
        api.get(PODS)
        (tmp_path / "token").write_text("renewed")
        api.get(PODS)
        assert [token for _, _, token in server.asked] == ["first", "renewed"]


def test_failures_are_said_in_words(tmp_path: Path, refusing_url: str) -> None:
    with fake_api_server() as server, server.api(tmp_path) as api:
        with pytest.raises(ApiError, match=f"GET {PODS}/x: answered 404: .*not found"):
            api.get(f"{PODS}/x")
        (tmp_path / "token").unlink()
        with pytest.raises(ApiError, match="no token"):
            api.get(PODS)
    (tmp_path / "token").write_text("t")
    with pytest.raises(ApiError, match=r"no answer: .*refused"):
        KubernetesApi(refusing_url, NAMESPACE, tmp_path / "token").get(PODS)


def test_a_pod_knows_itself_by_the_downward_api_or_its_host_name() -> None:
    assert Pod.own("n", {"POD_NAME": "p", "POD_UID": "u", "HOSTNAME": "h"}) == Pod("n", "p", "u")
    assert Pod.own("n", {"HOSTNAME": "h"}) == Pod("n", "h", "")
