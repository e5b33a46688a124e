"""Makes the buckets that hold the Terraform state, with the state of the buckets themselves in them.

The stack `state-<region>` has its backend in the bucket that it creates. So its first apply runs with a local
state, beside cdktf.out, and the result is then pushed into the new bucket:

    override the backend, init, apply; take the override away, init, state push; delete the local file

Each step can be repeated, and what is done already is read from the bucket and the local file: a run that
was killed anywhere is simply started again. `state push` and not `init -migrate-state`, because the latter
depends on what .terraform remembers of the last backend, which a new synth or a killed init takes away.
States are compared by content: a first push to an empty bucket gets a lineage of its own (see `_same`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from operations.terraform.deploy import Deployed, StackEvent, walk
from operations.terraform.run_events import Changes
from operations.terraform.runner import NO_BUCKET, Terraform, TerraformError
from operations.terraform.synthesized import Stack, Synthesized

__all__ = ["bootstrap", "bootstrap_stack", "local_state"]

# Terraform merges files of this ending over the others (Terraform documentation, "Override Files").
OVERRIDE: Final = "bootstrap_override.tf.json"


def bootstrap(
    outdir: Path,
    on_event: Callable[[StackEvent], None] = lambda _: None,
    env: Mapping[str, str] | None = None,
) -> tuple[Deployed, ...]:
    """Bootstraps every `state-*` stack of a synthesized app; with all in place it changes nothing.

    Local states are kept in the directory that holds `outdir`, as cdktf does.
    Raises NotSynthesized and DeployError.
    """
    stacks: Sequence[Stack] = Synthesized.load(outdir).kind("state")
    directory = outdir.resolve().parent
    return walk(stacks, lambda terraform: bootstrap_stack(terraform, directory, on_event), on_event, env)


def bootstrap_stack(
    terraform: Terraform, directory: Path, on_event: Callable[[StackEvent], None] = lambda _: None
) -> Changes:
    """Brings one stack to where its state lies in its own bucket; what was changed on the way.

    Raises TerraformError, also for what a person has to decide: a bucket without a state, or two states.
    """
    stack = terraform.stack
    local = local_state(stack, directory)
    (stack.directory / OVERRIDE).unlink(missing_ok=True)

    def say(step: str) -> None:
        on_event(StackEvent(stack.name, "progress", step))

    say("looking for the state in its bucket")
    bucket, remote = _remote_state(terraform)
    changes = Changes()
    if remote is None:
        if bucket and not local.exists():
            raise _nothing_known(stack, local)
        say("first apply, with a local state")
        changes = _apply_locally(terraform, local)
        terraform.init("-reconfigure")
    elif not local.exists():
        return changes
    say("moving the state into its bucket")
    _push(terraform, local)
    local.unlink()
    local.with_name(f"{local.name}.backup").unlink(missing_ok=True)
    return changes


def local_state(stack: Stack, directory: Path) -> Path:
    """Where the state of a stack lies until its bucket exists (the name that cdktf gives local states)."""
    return directory / f"terraform.{stack.name}.tfstate"


def _remote_state(terraform: Terraform) -> tuple[bool, dict[str, Any] | None]:
    """Whether there is a bucket, and the state in it. Asked of Terraform itself: it knows the backend's
    profile, role and endpoints."""
    try:
        terraform.init("-reconfigure")
    except TerraformError as error:
        if any(words in error.message for words in NO_BUCKET):
            return False, None
        raise
    return True, terraform.state_pull()


def _apply_locally(terraform: Terraform, local: Path) -> Changes:
    override = terraform.stack.directory / OVERRIDE
    override.write_text(json.dumps({"terraform": {"backend": {"local": {"path": str(local)}}}}))
    try:
        terraform.init("-reconfigure")
        return terraform.apply()
    finally:
        override.unlink(missing_ok=True)


def _push(terraform: Terraform, local: Path) -> None:
    """Pushes the local state unless the bucket has it already, and looks at what is there then."""
    ours = _read(terraform.stack, local)
    remote = terraform.state_pull()
    if remote is None:
        terraform.state_push(local)
        remote = terraform.state_pull()
        if not _same(remote, ours):
            raise TerraformError(
                terraform.stack.name,
                "bootstrap",
                "the state in the bucket is not the one that was pushed",
                f"{local} is kept; run this again.",
            )
    elif not _same(remote, ours):
        raise _two_states(terraform.stack, local)


def _read(stack: Stack, local: Path) -> dict[str, Any]:
    try:
        state: dict[str, Any] = json.loads(local.read_text(encoding="utf-8"))
    except ValueError as error:
        advice = f"If {local}.backup is whole, put it in its place and run this again."
        raise TerraformError(stack.name, "bootstrap", f"{local} is no state ({error})", advice) from error
    return state


def _same(remote: Mapping[str, Any] | None, ours: Mapping[str, Any]) -> bool:
    """By content: the first push to an empty bucket gets a lineage and a serial of its own (Terraform 1.11,
    which reads the missing state again before it writes)."""
    contents = ("resources", "outputs")
    return remote is not None and all(remote.get(part) == ours.get(part) for part in contents)


def _nothing_known(stack: Stack, local: Path) -> TerraformError:
    _, settings = stack.backend
    return TerraformError(
        stack.name,
        "bootstrap",
        f"bucket {settings['bucket']} exists, but holds no state {settings['key']}",
        f"If an earlier bootstrap made it elsewhere, put its state at {local} and run this again. If someone"
        " else made it, import it first: it must not be managed without a state.",
    )


def _two_states(stack: Stack, local: Path) -> TerraformError:
    _, settings = stack.backend
    return TerraformError(
        stack.name,
        "bootstrap",
        f"s3://{settings['bucket']}/{settings['key']} and {local} are states of different origin",
        f"Compare `terraform state list` of both. If the bucket's is right, move {local} away.",
    )
