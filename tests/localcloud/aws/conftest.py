"""One emulated account for the session, used over its real HTTP server as boto3 and terraform use it."""

import uuid
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest

from localcloud.aws import EmulatedAws, start_emulated_aws

Client = Callable[..., Any]


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatedAws]:
    log: Path = tmp_path_factory.mktemp("emulated-aws") / "requests.log"
    with start_emulated_aws(log=log) as account:
        yield account


@pytest.fixture(scope="session")
def client(aws: EmulatedAws) -> Client:
    """boto3 client of a service, in us-east-1 unless told otherwise; made once, which takes a while."""
    session = boto3.Session(aws_access_key_id="LOCALCLOUD", aws_secret_access_key="localcloud")

    @cache
    def connect(service: str, region: str = "us-east-1") -> Any:
        return session.client(service, region_name=region, endpoint_url=aws.endpoint_url)

    return connect


@pytest.fixture
def kafka(client: Client) -> Any:
    return client("kafka")


@pytest.fixture
def name() -> str:
    """A name that no other test has taken in the shared account."""
    return f"test-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def by_reads(aws: EmulatedAws) -> Iterator[None]:
    """Clusters need two reads for each change of state, so that the state in between can be seen."""
    transition = {"progression": "manual", "times": 2}
    url = f"{aws.endpoint_url}/moto-api/state-manager"
    model = {"model_name": "kafka::cluster"}
    httpx.post(f"{url}/set-transition", json={**model, "transition": transition}).raise_for_status()
    yield
    httpx.post(f"{url}/unset-transition", json=model).raise_for_status()
