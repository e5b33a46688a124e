"""The real terraform, stack by stack: order, changes, failures and how they are resumed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from operations.terraform.deploy import DeployError, StackEvent, deploy, destroy
from operations.terraform.run_events import Changes, ResourceChange
from operations.terraform.runner import Terraform, TerraformError
from operations.terraform.synthesized import NotSynthesized, Stack, Synthesized
from tests.e2e.operations.conftest import end_with_children
from tests.e2e.operations.stacks import runs, write_app
from tests.e2e.waiting import wait_until

pytestmark = pytest.mark.terraform

ROOT = Path(__file__).resolve().parents[3]
THREE: dict[str, Any] = {
    "msk-a": {"resources": {"x": {"input": "1"}}},
    "msk-b": {"resources": {"x": {"input": "1"}}},
    "mirror-a": {"resources": {"x": {"input": "1"}}, "depends": ["msk-a", "msk-b"]},
}


def stack(app: Synthesized, name: str) -> Stack:
    return app.stacks[name]


def test_stacks_are_deployed_in_order_once_and_destroyed_in_reverse(tmp_path: Path) -> None:
    events: list[StackEvent] = []
    app = write_app(tmp_path, THREE)
    first = deploy(app.select(["*"]), events.append)
    assert [one.stack for one in first][-1] == "mirror-a"
    assert sum(one.changes.add for one in first) == 3
    started = [event.stack for event in events if event.kind == "start"]
    done = [event.stack for event in events if event.kind == "done"]
    assert set(started[:2]) == {"msk-a", "msk-b"}, "independent ones side by side"
    assert started.index("mirror-a") == 2
    assert done.index("mirror-a") == 2
    assert any("Creation complete" in event.message for event in events if event.kind == "progress")

    second = deploy(app.select(["*"]))
    assert [one.changes.total for one in second] == [0, 0, 0]
    assert str(second[0].changes) == "no changes"

    terraform = Terraform(stack(app, "mirror-a"))
    assert terraform.output() == {"x": "1"}
    assert terraform.state_list() == ("terraform_data.x",)
    gone = destroy(app.select(["*"]))
    assert gone[0].stack == "mirror-a"
    assert sum(one.changes.destroy for one in gone) == 3
    assert terraform.state_list() == ()


def test_a_plan_counts_every_kind_of_change(tmp_path: Path) -> None:
    before = {"kept": {"input": 1}, "changed": {"input": 1}, "replaced": {"triggers_replace": 1}, "gone": {}}
    after = {"kept": {"input": 1}, "changed": {"input": 2}, "replaced": {"triggers_replace": 2}, "new": {}}
    terraform = Terraform(stack(write_app(tmp_path, {"s": {"resources": before}}), "s"))
    terraform.init()
    assert terraform.plan().add == 4
    terraform.apply()
    assert terraform.plan() == Changes()
    write_app(tmp_path, {"s": {"resources": after}})
    changes = terraform.plan("-out=kept.plan")
    assert (changes.add, changes.change, changes.destroy) == (2, 1, 2)
    assert set(changes.resources) == {
        ResourceChange("terraform_data.new", "create"),
        ResourceChange("terraform_data.changed", "update"),
        ResourceChange("terraform_data.replaced", "replace"),
        ResourceChange("terraform_data.gone", "delete"),
    }
    assert str(changes) == "2 to add, 1 to change, 2 to destroy"
    terraform.apply("kept.plan")
    assert terraform.plan().total == 0


def test_an_output_alone_is_a_change(tmp_path: Path) -> None:
    app = write_app(tmp_path, {"s": {"resources": {"x": {"input": 1}}}})
    deploy(app.select(["s"]))
    file = stack(app, "s").directory / "cdk.tf.json"
    output = {"x": {"value": 2}}
    file.write_text(json.dumps({**stack(app, "s").configuration, "output": output}))
    changes = Terraform(stack(app, "s")).plan()
    assert (changes.total, changes.outputs, changes.resources) == (1, 1, ())
    assert str(changes) == "1 outputs to change"


def test_a_failure_names_stack_step_cause_and_how_to_go_on(tmp_path: Path) -> None:
    broken = {"input": "1", "provisioner": runs("echo no route to host >&2; exit 3")}
    stacks: dict[str, Any] = {
        "msk-a": {
            "resources": {"good": {"input": 1}, "x": {**broken, "depends_on": ["terraform_data.good"]}}
        },
        "msk-b": {"resources": {"x": {"input": 1}}},
        "mirror-a": {"depends": ["msk-a"]},
    }
    app = write_app(tmp_path, stacks)
    with pytest.raises(DeployError) as raised:
        deploy(app.select(["*"]))
    error = raised.value
    (failure,) = error.failures
    assert (failure.stack, failure.step) == ("msk-a", "apply")
    assert "no route to host" in failure.message
    assert "terraform_data.x" in failure.message
    assert (
        f"1 of 2 changes were made and are in the state (local backend {tmp_path}/msk-a.tfstate)"
        in failure.advice
    )
    assert [one.stack for one in error.deployed] == ["msk-b"]
    assert error.skipped == ("mirror-a",)
    assert "not tried: mirror-a" in str(error)

    stacks["msk-a"]["resources"] = {"good": {"input": 1}, "x": {"input": "1"}}
    deployed = {one.stack: one.changes for one in deploy(write_app(tmp_path, stacks).select(["*"]))}
    assert deployed["msk-b"].total == 0
    assert deployed["msk-a"].add == 1, "what was made before the failure is kept"


def test_a_configuration_that_is_no_terraform_is_named(tmp_path: Path) -> None:
    app = write_app(tmp_path, {"s": {"resources": {"x": {"no_such_argument": 1}}}})
    with pytest.raises(DeployError, match=r"s: apply failed: .*no_such_argument"):
        deploy(app.select(["s"]))
    (stack(app, "s").directory / "cdk.tf.json").write_text(json.dumps({"terraform": {"backend": {"s4": {}}}}))
    with pytest.raises(DeployError, match=r"s: init failed: .*s4"):
        deploy(app.select(["s"]))


def test_a_missing_terraform_is_named(tmp_path: Path) -> None:
    app = write_app(tmp_path, {"s": {}})
    with pytest.raises(DeployError, match=r"no-such-terraform: not found\nInstall Terraform 1\.10 or later"):
        deploy(app.select(["s"]), env={"TERRAFORM_BINARY_NAME": "no-such-terraform"})


def test_a_second_writer_is_refused_and_told_how_to_unlock(tmp_path: Path) -> None:
    begun, release = tmp_path / "begun", tmp_path / "release"
    waits = runs(f"touch {begun}; until [ -e {release} ]; do sleep 0.05; done")
    app = write_app(tmp_path, {"s": {"resources": {"x": {"provisioner": waits}}}})
    writer = threading.Thread(target=deploy, args=(app.select(["s"]),))
    writer.start()
    try:
        wait_until(begun.exists, 60, "the first writer is at work")
        with pytest.raises(TerraformError) as raised:
            Terraform(stack(app, "s"), lock_timeout="0s").apply()
    finally:
        release.touch()
        writer.join()
    assert "Error acquiring the state lock" in raised.value.message
    assert "force-unlock" in raised.value.advice
    assert Terraform(stack(app, "s")).plan().total == 0


def test_ctrl_c_ends_terraform_once_and_keeps_what_was_made(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    slow = {"depends_on": ["terraform_data.first"], "provisioner": runs(f"touch {begun}; exec sleep 600")}
    app = write_app(tmp_path, {"s": {"resources": {"first": {"input": 1}, "slow": slow}}})
    script = (
        "import sys, pathlib, signal; from operations.terraform.deploy import deploy;"
        "from operations.terraform.synthesized import Synthesized;"
        # a shell starts what it puts in the background with SIGINT ignored, and that is inherited
        "signal.signal(signal.SIGINT, signal.default_int_handler);"
        "deploy(Synthesized.load(pathlib.Path(sys.argv[1])).select(['s']))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    try:
        wait_until(begun.exists, 60, "the slow resource is being made")
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    finally:
        end_with_children(process)
    assert "KeyboardInterrupt" in said
    assert "terraform_data.first" in Terraform(stack(app, "s")).state_list()
    assert Terraform(stack(app, "s"), lock_timeout="0s").plan().total > 0, "nobody holds the lock"


def test_an_error_in_our_own_view_ends_terraform_too(tmp_path: Path) -> None:
    app = write_app(tmp_path, {"s": {"resources": {"x": {"provisioner": runs("exec sleep 600")}}}})

    def fail_at_first_sign(line: str) -> None:
        raise RuntimeError(line)

    begin = time.monotonic()
    terraform = Terraform(stack(app, "s"), on_progress=fail_at_first_sign)
    terraform.init()
    with pytest.raises(RuntimeError, match="Creating"):
        terraform.apply()
    assert time.monotonic() - begin < 60
    assert Terraform(stack(app, "s"), lock_timeout="0s").plan().total > 0


def test_stacks_are_selected_by_pattern(tmp_path: Path) -> None:
    app = write_app(tmp_path, THREE)
    assert [one.name for one in app.select(["msk-*"])] == ["msk-a", "msk-b"]
    assert [one.name for one in app.select(["mirror-a", "msk-b"])] == ["msk-b", "mirror-a"]
    assert [one.name for one in app.kind("msk")] == ["msk-a", "msk-b"]
    with pytest.raises(NotSynthesized, match="'mks-\\*' matches no stack; there are: mirror-a, msk-a, msk-b"):
        app.select(["mks-*"])


def test_what_is_not_synthesized_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotSynthesized, match=r"manifest\.json: not found; make it with `cdktf synth`"):
        Synthesized.load(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(NotSynthesized, match="is not JSON"):
        Synthesized.load(tmp_path)
    write_app(tmp_path, THREE)
    (tmp_path / "stacks" / "msk-a" / "cdk.tf.json").unlink()
    with pytest.raises(NotSynthesized, match=r"no cdk\.tf\.json of msk-a"):
        Synthesized.load(tmp_path)


def test_what_cdktf_synthesizes_is_understood(tmp_path: Path) -> None:
    script = """
import sys
from cdktf import App, S3Backend, TerraformOutput, TerraformStack
app = App(outdir=sys.argv[1])
first, second = TerraformStack(app, "msk-a"), TerraformStack(app, "mirror-a")
S3Backend(first, bucket="b", key="k", region="us-east-1")
TerraformOutput(first, "x", value="1", static_id=True)
second.add_dependency(first)
app.synth()
"""
    subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], check=True, env={**os.environ, "CI": "true"}
    )
    app = Synthesized.load(tmp_path)
    assert list(app.stacks) == ["msk-a", "mirror-a"]
    assert stack(app, "mirror-a").dependencies == ("msk-a",)
    assert stack(app, "msk-a").backend == ("s3", {"bucket": "b", "key": "k", "region": "us-east-1"})
    assert stack(app, "mirror-a").backend[0] == "local"
