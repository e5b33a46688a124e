"""The API server as a pod sees it: its address by environment, authority and token by mounted files.

The official client brings some forty packages and models for every object; what is needed here is three
calls. Kubernetes, "Accessing the Kubernetes API from a Pod": address, files and token are the contract.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

__all__ = ["SERVICE_ACCOUNT", "ApiError", "KubernetesApi", "Pod"]

SERVICE_ACCOUNT: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount")
TIMEOUT_SECONDS: Final = 5.0
"""An API server that is away must not hold up a pass."""
MERGE_PATCH: Final = "application/merge-patch+json"
NOT_FOUND: Final = int(httpx.codes.NOT_FOUND)


class ApiError(Exception):
    """A call that did not succeed, in words; `status` is None where there was no answer."""

    def __init__(self, status: int | None, message: str) -> None:
        self.status, self.message = status, message
        super().__init__(message)

    @property
    def not_found(self) -> bool:
        return self.status == NOT_FOUND


@dataclass(frozen=True)
class Pod:
    """The pod that this process runs in; `uid` is what `kubectl describe` finds its events by."""

    namespace: str
    name: str
    uid: str

    @classmethod
    def own(cls, namespace: str, environ: Mapping[str, str]) -> Pod:
        """By POD_NAME and POD_UID of the downward API; else by its host name, which is the pod's name."""
        return cls(
            namespace, environ.get("POD_NAME") or environ.get("HOSTNAME", ""), environ.get("POD_UID", "")
        )


class KubernetesApi:
    """Calls as the pod's service account. `token`: its file, read for each call, because the kubelet renews
    it, or what is called for one; `namespace`: the pod's own; `verify`: how the server proves itself. For one
    thread at a time."""

    def __init__(
        self,
        url: str,
        namespace: str,
        token: Path | Callable[[], str],
        verify: ssl.SSLContext | bool = True,
    ) -> None:
        self.url, self.namespace = url, namespace
        self._token = token
        # trust_env: a proxy set for the AWS calls must not catch those to the API server
        self._http = httpx.Client(base_url=url, verify=verify, trust_env=False, timeout=TIMEOUT_SECONDS)

    @classmethod
    def in_cluster(
        cls, environ: Mapping[str, str], directory: Path = SERVICE_ACCOUNT
    ) -> KubernetesApi | None:
        """The API server of the cluster that this process is a pod of; None where it is none, or where no
        token is mounted. Raises OSError for files that are there and cannot be read."""
        host, port = environ.get("KUBERNETES_SERVICE_HOST"), environ.get("KUBERNETES_SERVICE_PORT", "443")
        token = directory / "token"
        if not host or not token.exists():
            return None
        name = f"[{host}]" if ":" in host else host
        namespace = (directory / "namespace").read_text(encoding="utf-8").strip()
        authority = ssl.create_default_context(cafile=str(directory / "ca.crt"))
        return cls(f"https://{name}:{port}", namespace, token, authority)

    def __enter__(self) -> KubernetesApi:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """The object or list at a path. Raises ApiError."""
        return self._ask("GET", path, params=params)

    def create(self, path: str, body: Mapping[str, Any]) -> Any:
        """Adds an object to a collection. Raises ApiError."""
        return self._ask("POST", path, body=body)

    def merge(self, path: str, body: Mapping[str, Any]) -> Any:
        """Changes some fields of an object (RFC 7386). Raises ApiError."""
        return self._ask("PATCH", path, body=body, content_type=MERGE_PATCH)

    def _ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        content_type: str = "application/json",
    ) -> Any:
        what = f"{method} {path}"
        try:
            read = self._token
            token = (read.read_text(encoding="utf-8") if isinstance(read, Path) else read()).strip()
            headers = {"Authorization": f"Bearer {token}", "Content-Type": content_type}
            answer = self._http.request(method, path, params=params, json=body, headers=headers)
            content = answer.json()
        except OSError as error:
            raise ApiError(None, f"{what}: no token: {error}") from error
        except httpx.TransportError as error:
            raise ApiError(None, f"{what}: no answer: {error or type(error).__name__}") from error
        except ValueError as error:
            raise ApiError(answer.status_code, f"{what}: answered {answer.status_code}, not JSON") from error
        if not answer.is_success:
            said = content.get("message") if isinstance(content, dict) else None
            raise ApiError(
                answer.status_code, f"{what}: answered {answer.status_code}: {said or 'no message'}"
            )
        return content
