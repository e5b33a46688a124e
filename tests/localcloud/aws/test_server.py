"""The emulated account as a process: where it listens, what it isolates, how it ends."""

import os
import socket
from pathlib import Path

import boto3
import httpx
import pytest

from localcloud.aws import EmulatedAws, start_emulated_aws
from tests.e2e.waiting import wait_until


def test_account_id_is_the_one_asked_for(tmp_path: Path) -> None:
    with start_emulated_aws(log=tmp_path / "log", account_id="210987654321") as aws:
        assert aws.account_id == "210987654321"
        assert aws.client("sts", "us-east-1").get_caller_identity()["Account"] == "210987654321"
        topic = aws.client("sns", "us-east-1").create_topic(Name="alarms")["TopicArn"]
        assert topic == "arn:aws:sns:us-east-1:210987654321:alarms"
        assert "POST / HTTP" in (tmp_path / "log").read_text()


def test_it_listens_on_loopback_only(aws: EmulatedAws) -> None:
    port = int(aws.endpoint_url.rsplit(":", 1)[1])
    listening = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    addresses = {each[1] for each in listening if each[3] == "0A" and each[1].endswith(f":{port:04X}")}
    assert addresses == {f"0100007F:{port:04X}"}


def test_its_end_is_the_end_of_the_process() -> None:
    aws = start_emulated_aws()
    os.kill(aws.pid, 0)
    aws.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(aws.pid, 0)
    with pytest.raises(httpx.ConnectError):
        httpx.get(aws.endpoint_url, trust_env=False)
    aws.stop()


def test_port_that_is_taken_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        start_emulated_aws(port=taken.getsockname()[1])


def test_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"(?s)did not start.*no_such_encoding"):
        start_emulated_aws(log=tmp_path / "log", extra_environment={"PYTHONIOENCODING": "no_such_encoding"})


def test_another_process_can_attach_by_the_url(aws: EmulatedAws) -> None:
    attached = EmulatedAws.attach(aws.endpoint_url)
    assert (attached.pid, attached.account_id) == (aws.pid, aws.account_id)


def test_environment_hides_the_profile_and_credentials_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config"
    config.write_text("[profile work]\nendpoint_url = http://192.0.2.1\n[default]\nregion = eu-west-1\n")
    monkeypatch.setenv("AWS_PROFILE", "work")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_SESSION_TOKEN", "real")
    with start_emulated_aws() as aws:
        for variable, value in aws.environment().items():
            monkeypatch.setenv(variable, value)
        session = boto3.Session(region_name="us-east-1")
        credentials = session.get_credentials()
        assert credentials is not None
        assert (credentials.access_key, credentials.token or "") == ("LOCALCLOUD", "")
        assert session.client("sts").get_caller_identity()["Account"] == aws.account_id


def test_a_change_that_an_sdk_repeats_is_made_once(aws: EmulatedAws) -> None:
    """As the SDKs do when the first answer got lost."""

    def create(invocation: str) -> httpx.Response:
        scope = "Credential=LOCALCLOUD/20261124/us-east-1/kafka/aws4_request"
        return httpx.post(
            f"{aws.endpoint_url}/v1/configurations",
            json={"name": "repeated", "kafkaVersions": ["3.9.x"], "serverProperties": ""},
            headers={
                "Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=x",
                "amz-sdk-invocation-id": invocation,
            },
            trust_env=False,
        )

    first, again = create("one"), create("one")
    assert (again.status_code, again.json()) == (first.status_code, first.json()) == (200, first.json())
    assert create("another").status_code == 409


def test_what_moto_lacks_fails_with_its_name_in_the_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with start_emulated_aws(log=log) as aws:
        with pytest.raises(Exception, match="500"):
            aws.client("logs", "us-east-1").put_query_definition(name="a", queryString="fields @message")
        # the server writes the traceback after its answer
        missing = "put_query_definition action has not been implemented"
        wait_until(lambda: missing in log.read_text(), 30, "the log names the action", log.read_text)
