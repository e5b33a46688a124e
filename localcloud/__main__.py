"""`python -m localcloud demo`: the whole platform on this machine; `up` leaves it running, `down` ends it."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from image import ImageError
from localcloud.cloud import LocalCloudError
from localcloud.demo import DemoOptions, run_demo
from localcloud.kubernetes import KubernetesCluster
from localcloud.server_process import ServerProcessError
from localcloud.view import DemoView
from localcloud.wan import Wan, WanError
from localcloud.wan.__main__ import main as runs_main
from localcloud.wan.private import private_prefix
from localcloud.wan.wan import KIND_VARIABLE
from operations.cli.commands import ended_by
from operations.kafka.clusters import ClusterError
from operations.terraform.deploy import DeployError
from operations.terraform.runner import TerraformError
from topology import InvalidEnvironment

FAILURES = (
    LocalCloudError,
    WanError,
    ServerProcessError,
    DeployError,
    ClusterError,
    ImageError,
    TerraformError,
    RuntimeError,
)

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)

CLUSTER_LOGS = Path("build/cluster")

EnvironmentOption = Annotated[str, typer.Option("--environment", envvar="MSK_MIRROR_ENV")]
RateOption = Annotated[float, typer.Option(help="Records a second in each flow.", min=1)]
SecondsOption = Annotated[float, typer.Option(help="How long records are sent.", min=1)]


Runtime = Annotated[
    Literal["processes", "kubernetes"],
    typer.Option(envvar="RUNTIME", help="What the workers are: processes, or pods of a cluster a region."),
]


@app.command()
def demo(
    environment: EnvironmentOption = "local",
    rate: RateOption = 500,
    seconds: SecondsOption = 60,
    runtime: Runtime = "processes",
) -> None:
    """Deploy, replicate, count, tear down (KEEP=1: leave it running). Writes build/reports/demo.json."""
    keep = os.environ.get("KEEP", "") not in ("", "0")
    _run(DemoOptions(environment, rate=rate, seconds=seconds, keep=keep, runtime=runtime))


@app.command()
def up(environment: EnvironmentOption = "local") -> None:
    """Deploy and start replication, send records for five seconds, and leave everything running."""
    _run(DemoOptions(environment, rate=100, seconds=5, keep=True))


@app.command()
def down() -> None:
    """End whatever `up`, `cluster` or KEEP=1 left running."""
    runs_main(["end"])


@app.command()
def cluster() -> None:
    """Start a Kubernetes cluster of one node and leave it running; KUBECONFIG names another instead."""
    console = Console(highlight=False)
    if existing := os.environ.get("KUBECONFIG"):
        console.print(f"KUBECONFIG is {existing}: that cluster serves, nothing is started", soft_wrap=True)
        return
    try:
        wan = Wan.start(["local"])
        try:
            started = KubernetesCluster.start(wan, "local", CLUSTER_LOGS, console.print)
        except BaseException:
            wan.stop()
            raise
    except FAILURES as error:
        Console(stderr=True).print(str(error), markup=False, highlight=False)
        sys.exit(1)
    end = wan.keep()
    console.print(f"export KUBECONFIG={started.kubeconfig}", soft_wrap=True)
    console.print(f"{started.kubectl.program} get nodes", soft_wrap=True)
    console.print(f"make cluster-down    # or {end}, ends it", soft_wrap=True)


def _run(options: DemoOptions) -> None:
    _enter_private_network(options)
    view = DemoView()
    try:
        # Terraform runs in sessions of its own: a SIGTERM to us must become an exception that ends it too
        with ended_by(signal.default_int_handler):
            result = run_demo(options, view)
    except KeyboardInterrupt:
        view.console.print("\ninterrupted; what was started has been ended")
        sys.exit(130)
    except InvalidEnvironment as error:
        Console(stderr=True).print(str(error), markup=False, highlight=False)
        sys.exit(2)
    except FAILURES as error:
        Console(stderr=True).print(
            f"\n{error}\n\nWhat was started has been ended; logs are in {options.directory}.",
            markup=False,
            highlight=False,
        )
        sys.exit(1)
    view.results(result.flows)
    view.console.print(f"report: {options.report}")
    sys.exit(0 if result.succeeded else 1)


def _enter_private_network(options: DemoOptions) -> None:
    """Where only a user namespace permits a TUN link, go on inside one. What is kept would be out of the
    user's reach there: then the link is a proxy."""
    prefix = [] if options.keep or os.environ.get(KIND_VARIABLE) == "proxy" else private_prefix()
    if prefix:
        os.execvp(prefix[0], [*prefix, sys.executable, "-m", "localcloud", *sys.argv[1:]])  # noqa: S606


if __name__ == "__main__":
    app()
