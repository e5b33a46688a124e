import json
import os
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from bindings.bench import Comparison, main
from bindings.process_tree import CommandFailedError, Measurement, measure

HOLD = "import sys, time; held = bytearray(int(sys.argv[1]) << 20); time.sleep(0.3)"
HOLD_IN_TWO = f"import subprocess; child = subprocess.Popen([sys.executable, '-c', {HOLD!r}, '90']); "
HOLD_IN_TWO = HOLD.replace("time.sleep", HOLD_IN_TWO + "child.wait(); time.sleep")
SAME_OUTPUT = "import os, pathlib; pathlib.Path(os.environ['CDKTF_OUTDIR'], 'manifest.json').write_text('{}')"
OTHER_OUTPUT = SAME_OUTPUT.replace("'{}'", "str(os.getpid())")

app = typer.Typer()
app.command()(main)


def test_memory_is_that_of_the_whole_tree(tmp_path: Path) -> None:
    measured = measure([sys.executable, "-c", HOLD_IN_TWO, "60"], os.environ, tmp_path)
    assert len(measured.peaks_mib) == 2
    assert 150 < measured.mib < 250
    assert measured.seconds > 0.3


def test_a_failing_command_is_reported_with_what_it_printed(tmp_path: Path) -> None:
    with pytest.raises(CommandFailedError, match=r"exited with 3:\nbroken"):
        measure([sys.executable, "-c", "print('broken'); raise SystemExit(3)"], os.environ, tmp_path)


def comparison(ours_s: float = 1.0, ours_mib: float = 100.0, differing: tuple[str, ...] = ()) -> Comparison:
    return Comparison((Measurement(16.0, (800.0, 200.0)),), (Measurement(ours_s, (ours_mib,)),), differing)


def test_the_report_compares_medians() -> None:
    runs = tuple(Measurement(seconds, (100.0,)) for seconds in (9.0, 1.0, 2.0))
    report = Comparison(comparison().stock, runs, ()).report
    assert (report["ours_s"], report["ratio"], report["runs"]) == (2.0, 8.0, 1)
    assert report["ours_samples_s"] == [9.0, 1.0, 2.0]
    assert (report["stock_mib"], report["ours_mib"], report["memory_ratio"]) == (1000, 100, 10.0)
    assert report["identical"] is True


def test_what_is_promised_is_enough() -> None:
    assert comparison(ours_s=2.0, ours_mib=250.0).shortcomings == []


@pytest.mark.parametrize(
    ("measured", "expected"),
    [
        (comparison(ours_s=2.1), "7.62 times as fast; at least 8 is promised"),
        (comparison(ours_mib=300.0), "memory shrinks by a factor of 3.33; 4 is promised"),
        (comparison(differing=("manifest.json",)), "the outputs differ in manifest.json"),
    ],
)
def test_less_than_promised_is_said(measured: Comparison, expected: str) -> None:
    assert measured.shortcomings == [expected]


@pytest.mark.parametrize(
    ("command", "exit_code", "said"),
    [
        (SAME_OUTPUT, 1, "is promised"),  # the same command twice is never 8 times as fast
        (OTHER_OUTPUT, 1, "the outputs differ in manifest.json"),
        ("raise SystemExit('no such environment')", 2, "no such environment"),
        ("pass", 2, "wrote nothing to CDKTF_OUTDIR"),
    ],
)
def test_the_exit_code_tells_the_outcome(tmp_path: Path, command: str, exit_code: int, said: str) -> None:
    report = tmp_path / "reports" / "synth.json"
    quoted = f'{sys.executable} -c "{command}"'
    result = CliRunner().invoke(app, ["--runs", "1", "--command", quoted, "--report", str(report)])

    assert result.exit_code == exit_code, result.output
    assert said in result.output
    assert report.exists() == (exit_code == 1)
    if report.exists():
        assert json.loads(report.read_text())["identical"] == (command == SAME_OUTPUT)
