"""Start, use and stop the emulated AWS account as a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import boto3
import httpx

LOOPBACK = "127.0.0.1"
DEFAULT_ACCOUNT = "123456789012"
_START_SECONDS = 60.0
_STOP_SECONDS = 10.0
_ROOT = Path(__file__).parents[2]
_PROFILE = Path(__file__).with_name("profile.ini")


class EmulatedAws:
    """A running emulated account. As a context manager it ends with the block.

    Attributes: `endpoint_url` (http://127.0.0.1:port), `pid` of the server, `account_id` (12 digits).
    """

    def __init__(self, endpoint_url: str, pid: int, account_id: str) -> None:
        self.endpoint_url = endpoint_url
        self.pid = pid
        self.account_id = account_id

    @classmethod
    def attach(cls, endpoint_url: str) -> Self:
        """The account that already runs at `endpoint_url`; raises httpx.HTTPError where none answers."""
        answer = httpx.get(f"{endpoint_url}/_localcloud/health", timeout=_START_SECONDS, trust_env=False)
        health = answer.raise_for_status().json()
        return cls(endpoint_url, health["pid"], health["account"])

    def environment(self) -> dict[str, str]:
        """What terraform and boto3 need to talk to this account, and to nothing else.

        One endpoint serves every service and region: the region is in the request's signature. The
        credentials are no one's, and the files that could hold real ones are out of sight.
        """
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": "LOCALCLOUD",
            "AWS_SECRET_ACCESS_KEY": "localcloud",
            "AWS_SESSION_TOKEN": "",
            # Named, because a profile of the user's would not be found, and empty is an error to boto3.
            "AWS_PROFILE": "default",
            "AWS_CONFIG_FILE": str(_PROFILE),
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            # What moto lacks is answered with 500; the AWS provider would try that 25 times, for ten minutes.
            "AWS_MAX_ATTEMPTS": "3",
            "NO_PROXY": ",".join(filter(None, (os.environ.get("NO_PROXY"), LOOPBACK))),
        }

    def client(self, service: str, region: str) -> Any:
        """boto3's client of a service of this account, in a session of its own: boto3's shared one keeps the
        profiles of whoever used it first."""
        variables = self.environment()
        return boto3.Session().client(
            service,
            region_name=region,
            endpoint_url=self.endpoint_url,
            aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        )

    def register_kafka(self, region: str, bootstrap: str) -> None:
        """From now on GetBootstrapBrokers in `region` answers `bootstrap` (`host:port[,host:port]`).

        An empty `bootstrap` withdraws it. Takes effect for existing clusters too.
        """
        self._register("kafka", region=region, bootstrap=bootstrap)

    def register_eks(self, region: str, cluster: str, endpoint: str, certificate_authority: str) -> None:
        """From now on DescribeCluster answers this address and authority (PEM) for the EKS cluster.

        An empty `endpoint` withdraws them. The EKS cluster may be made later.
        """
        self._register(
            "eks",
            region=region,
            cluster=cluster,
            endpoint=endpoint,
            certificate_authority=certificate_authority,
        )

    def ensure_eks_cluster(self, region: str, cluster: str) -> None:
        """Make an EKS cluster that an environment brings, unless it is there."""
        eks = self.client("eks", region)
        if cluster not in eks.list_clusters()["clusters"]:
            role = f"arn:aws:iam::{self.account_id}:role/eks"
            eks.create_cluster(name=cluster, roleArn=role, resourcesVpcConfig={"subnetIds": []})

    def _register(self, what: str, **members: str) -> None:
        answer = httpx.post(
            f"{self.endpoint_url}/_localcloud/{what}",
            json=members,
            timeout=_START_SECONDS,
            trust_env=False,
        )
        answer.raise_for_status()

    def stop(self) -> None:
        """End the server; nothing happens when it has ended already."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
            _await_end(self.pid)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start_emulated_aws(
    port: int = 0,
    log: Path | None = None,
    account_id: str = DEFAULT_ACCOUNT,
    extra_environment: Mapping[str, str] | None = None,
) -> EmulatedAws:
    """Start an empty account on loopback, in a session of its own: an interrupt of ours does not end it.

    `port` 0 takes a free one. `log` gets one line for each request, and what goes wrong; None drops it.
    `extra_environment` is added to the server's, to mark the run that it belongs to.
    Returns when the account answers. Raises OSError when the port is taken, RuntimeError (with the end of
    the log) when the server ends or stays silent for a minute.
    """
    with socket.create_server((LOOPBACK, port), backlog=128) as listener:
        # The child gets the bound socket: no one can take the port meanwhile, and early requests wait in it.
        listener.set_inheritable(True)
        endpoint_url = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
        child = _spawn(
            listener.fileno(), log, EmulatedAws(endpoint_url, 0, account_id), extra_environment or {}
        )
    try:
        return EmulatedAws.attach(endpoint_url)
    except httpx.HTTPError as error:
        child.kill()
        child.wait()
        said = log.read_text()[-2000:] if log else "start it with a log to see why"
        raise RuntimeError(f"the emulated AWS account did not start: {error}: {said}") from error


def _spawn(
    listener: int, log: Path | None, aws: EmulatedAws, extra: Mapping[str, str]
) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "localcloud.aws", "--fd", str(listener), "--account", aws.account_id]
    with (log or Path(os.devnull)).open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=_ROOT,
            # The account's own, because moto too loads the AWS profile that the user has chosen.
            env={**os.environ, **aws.environment(), **extra},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=(listener,),
            start_new_session=True,
        )


def _await_end(pid: int) -> None:
    """Wait, ten seconds politely, until the process is gone: that raises ProcessLookupError."""
    deadline = time.monotonic() + _STOP_SECONDS
    while True:
        with suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
        os.kill(pid, 0 if time.monotonic() < deadline else signal.SIGKILL)
        time.sleep(0.02)
