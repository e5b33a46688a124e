"""`msk-mirror reconcile` and `msk-mirror verify` as processes, as the operations image runs them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from operations.__main__ import main
from operations.connect.client import ConnectClient
from operations.reconciler.reconcile import Reconciler
from tests.e2e.operations.conftest import FLOW, SOURCE, TARGET, Mirror, config, write
from tests.e2e.waiting import wait_until

pytestmark = pytest.mark.kafka

COMMAND = Path(__file__).resolve().parents[3] / "bin" / "msk-mirror"


def connect_options(mirror: Mirror, directory: Path) -> list[str]:
    addresses = [option for url in mirror.urls for option in ("--connect", url)]
    return [*addresses, "--connectors", str(directory)]


def code_of(*arguments: str) -> int | str | None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return ended.value.code


def test_the_reconciler_serves_its_findings_and_ends_on_sigterm(
    mirror: Mirror, connect: ConnectClient, directory: Path, tmp_path: Path
) -> None:
    name = f"{FLOW}-heartbeat"
    write(directory, name, config("heartbeat"))
    log = tmp_path / "log"
    options = [*connect_options(mirror, directory), "--interval", "1", "--metrics-port", "0"]
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, COMMAND, "reconcile", *options],
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
    try:
        wait_until(lambda: f"{name}: RUNNING with 1 task" in log.read_text(), 60, "it runs")
        port = log.read_text().split("metrics and health on port ")[1].split()[0]
        get = httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False).get
        assert get("/healthz").status_code == httpx.codes.OK
        assert f"ok: {name}: RUNNING with 1 task" in get("/readyz").text
        wait_until(
            lambda: 'reconcile_passes_total{outcome="ok"} 3.0' in get("/metrics").text, 30, "it goes on"
        )
        assert 'reconcile_actions_total{action="create"} 1.0' in get("/metrics").text
        connect.delete(name)
        wait_until(
            lambda: 'action="create"} 2.0' in get("/metrics").text, 30, "it mends what someone deleted"
        )
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(30)
    lines = log.read_text().splitlines()
    assert (code, lines[-1]) == (0, "stopped"), lines
    assert any(line.endswith(f"create {name}") for line in lines)


def test_reconcile_waits_until_all_run_or_says_that_they_do_not(
    mirror: Mirror, connect: ConnectClient, directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(directory, f"{FLOW}-heartbeat", config("heartbeat"))
    options = connect_options(mirror, directory)
    assert code_of("reconcile", *options, "--wait", "60") == 0
    assert code_of("reconcile", *options, "--once") == 0
    write(directory, f"{FLOW}-source", config(tasks__max="many"))
    capsys.readouterr()
    assert code_of("reconcile", *options, "--once") == 1
    assert "Connect refused to create" in capsys.readouterr().out
    assert f"{FLOW}-heartbeat" in connect.connectors()


def test_verify_measures_a_flow_between_any_two_clusters(
    mirror: Mirror,
    connect: ConnectClient,
    directory: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    flow = mirror.flow("demo.verified")
    write(directory, f"{FLOW}-source", config(topics="demo.verified"))
    assert Reconciler(connect, directory).settle(60).settled
    properties = tmp_path / "client.properties"
    properties.write_text("security.protocol=PLAINTEXT\n")
    options = [
        "verify",
        *("--source-bootstrap", flow.source.bootstrap, "--target-bootstrap", flow.target.bootstrap),
        *("--source-alias", SOURCE, "--target-alias", TARGET, "--source-properties", str(properties)),
        *("--topic", flow.topic, "--mirrored-topic", flow.mirrored_topic),
        *("--count", "50", "--rate", "50", "--quiet", "20"),
    ]
    assert code_of(*options, "--json") == 0
    said = capsys.readouterr()
    result = json.loads(said.out)
    assert (result["source"], result["target"], result["received"], result["lost"]) == (SOURCE, TARGET, 50, 0)
    assert f"{SOURCE} -> {TARGET}: " in said.err
    assert code_of(*options, "--max-p95-ms", "1") == 1, "the link alone takes longer"
    assert "lost 0, duplicated 0, loops 0, altered 0; latency ms: p50 " in capsys.readouterr().out
