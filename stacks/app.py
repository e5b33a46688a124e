"""From an environment to the app with all its stacks."""

from __future__ import annotations

from collections.abc import Callable

from cdktf import App

from stacks.base import RegionStack
from stacks.ecs_runtime import EcsRuntimeStack
from stacks.identity import IdentityStack
from stacks.logs import LogsStack
from stacks.mirrormaker import MirrorMakerStack
from stacks.msk import MskStack
from stacks.network import NetworkStack
from stacks.observability import ObservabilityStack
from stacks.peering import PeeringStack
from stacks.platform import PlatformStack
from stacks.state import StateStack
from topology.ecs.runtimes import has_pods, has_tasks
from topology.model import Environment
from topology.network.addresses import peerings_of

__all__ = ["add_stacks", "build_app"]

Presence = Callable[[Environment, str], bool]


def _always(_environment: Environment, _region: str) -> bool:
    return True


def _requests_peering(environment: Environment, region: str) -> bool:
    return bool(peerings_of(environment, region))


STACKS: tuple[tuple[Callable[[App, Environment, str], RegionStack], Presence], ...] = (
    (StateStack, _always),
    (NetworkStack, _always),
    (PeeringStack, _requests_peering),
    (MskStack, _always),
    (LogsStack, _always),
    (IdentityStack, _always),
    (EcsRuntimeStack, has_tasks),
    (PlatformStack, _always),
    (MirrorMakerStack, has_pods),
    (ObservabilityStack, _always),
)
"""Every kind of stack, in the order in which a region is deployed, and where it is present."""


def build_app(environment: Environment, outdir: str | None = None) -> App:
    """The app of an environment; `outdir` defaults to where the cdktf command line wants the output."""
    app = App(outdir=outdir, hcl_output=False) if outdir else App()
    add_stacks(app, environment)
    return app


def add_stacks(app: App, environment: Environment) -> None:
    """Every stack of every region. Kinds go first and regions second, so that a stack finds those that it
    reads in other regions."""
    for stack, is_present in STACKS:
        for region in environment.regions:
            if is_present(environment, region):
                stack(app, environment, region)
