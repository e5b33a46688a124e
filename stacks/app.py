"""From an environment to the app with all its stacks."""

from __future__ import annotations

from cdktf import App
from stacks.identity import IdentityStack
from stacks.logs import LogsStack
from stacks.mirrormaker import MirrorMakerStack
from stacks.msk import MskStack
from stacks.network import NetworkStack
from stacks.observability import ObservabilityStack
from stacks.platform import PlatformStack
from stacks.state import StateStack

from topology.flows import flows_into
from topology.model import Environment

__all__ = ["add_stacks", "build_app"]

EVERY_REGION = (StateStack, NetworkStack, MskStack, LogsStack, IdentityStack, PlatformStack)


def build_app(environment: Environment, outdir: str | None = None) -> App:
    """The app of an environment; `outdir` defaults to where the cdktf command line wants the output."""
    app = App(outdir=outdir, hcl_output=False) if outdir else App()
    add_stacks(app, environment)
    return app


def add_stacks(app: App, environment: Environment) -> None:
    """Every stack of every region. The workload runs where flows end; the rest is in every region. Kinds go
    first and regions second, so that a stack finds those that it reads."""
    for stack in EVERY_REGION:
        for region in environment.regions:
            stack(app, environment, region)
    for region in environment.regions:
        if flows_into(environment, region):
            MirrorMakerStack(app, environment, region)
    for region in environment.regions:
        ObservabilityStack(app, environment, region)
