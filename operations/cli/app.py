"""The command line: options and what they mean; the work is in `commands`, imported when it is needed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from operations.cli import DEFAULT_ENVIRONMENT
from operations.cli.diagram import diagram
from operations.cli.failover import failover
from operations.cli.migrate import migrate_app, rollback_app
from operations.cli.options import EXIT_CODES, AsJson, CredentialsFile
from operations.cli.rollout import rollout
from topology.model.version import VERSION

__all__ = ["app", "run"]

app = typer.Typer(
    name="msk-mirror",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(failover)
app.add_typer(migrate_app, name="migrate")
app.add_typer(rollback_app, name="rollback")
app.command(epilog=EXIT_CODES)(rollout)
app.command(epilog=EXIT_CODES)(diagram)

ConnectUrls = Annotated[
    list[str],
    typer.Option(
        "--connect", help="Address of a Connect worker or its Service, http://host:8083; repeatable."
    ),
]
ConnectorDirectory = Annotated[
    Path, typer.Option("--connectors", help="Directory of <name>.json files: the mounted ConfigMap.")
]
MetricsPort = Annotated[
    int | None, typer.Option(min=0, max=65535, help="Serve /metrics, /healthz and /readyz on this port.")
]


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"msk-mirror {VERSION}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """Check, bootstrap, reconcile, verify and migrate MirrorMaker 2 between MSK clusters."""


def run(arguments: Sequence[str]) -> NoReturn:
    """Runs a command and ends the process with its exit code."""
    app(list(arguments), prog_name="msk-mirror")
    raise AssertionError("typer ends the process")


@app.command(epilog=EXIT_CODES)
def check(
    environments: Annotated[
        list[str] | None,
        typer.Argument(
            help="Names in environments/ or paths of files; default: MSK_MIRROR_ENV, else local.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check environment files: a summary of what they make, or every mistake with file and line.

    Of two files of one environment, the change from the first to the second is checked: what must not be
    deployed in one step, and what stays behind. Of several environments, names that two of them would both
    create are mistakes.
    """
    from operations.cli import check as checking  # noqa: PLC0415

    chosen = environments or [os.environ.get("MSK_MIRROR_ENV") or DEFAULT_ENVIRONMENT]
    raise typer.Exit(checking.check(chosen, as_json))


@app.command(epilog=EXIT_CODES)
def bootstrap(
    out: Annotated[Path, typer.Option(help="The synthesized app.")] = Path("cdktf.out"),
) -> None:
    """Make the buckets of the Terraform state and move their own state into them. Can be repeated."""
    from operations.cli.commands import bootstrap as command  # noqa: PLC0415

    raise typer.Exit(command.run(out))


@app.command(epilog=EXIT_CODES)
def manifests(  # noqa: PLR0913, PLR0917 - one parameter for each option
    environment: Annotated[str, typer.Argument(help="Name in environments/ or path of a file.")],
    region: Annotated[str, typer.Argument(help="Region of the workers.")],
    out: Annotated[
        Path | None, typer.Option(help="A synthesized app, cdktf.out; default: synthesize the environment.")
    ] = None,
    values: Annotated[
        Path | None, typer.Option(help="YAML or JSON: stacks, their outputs; default: the deployed states.")
    ] = None,
    placeholders: Annotated[
        bool, typer.Option("--placeholders", help="Names in place of the outputs of other stacks.")
    ] = False,
    existing: Annotated[
        bool, typer.Option("--existing", help="Without what Terraform ignores once it is there: replicas.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a List as JSON.")] = False,
) -> None:
    """Print the Kubernetes objects of a region's workers, in an order in which they can be applied.

    They are what Terraform's provider would send, for review, for GitOps and for `kubectl diff -f -`.
    """
    from operations.cli.commands import manifests as command  # noqa: PLC0415

    if values and placeholders:
        raise typer.BadParameter("--values and --placeholders exclude each other")
    options = command.ValueOptions(values, placeholders)
    raise typer.Exit(command.run(environment, region, out, options, of_existing=existing, as_list=as_json))


@app.command(epilog=EXIT_CODES)
def reconcile(  # noqa: PLR0913, PLR0917 - one parameter for each option
    connect: ConnectUrls,
    connectors: ConnectorDirectory,
    once: Annotated[bool, typer.Option("--once", help="One pass; fails if a condition is an error.")] = False,
    wait: Annotated[
        float | None, typer.Option(min=0, help="Passes until all connectors run, for at most these seconds.")
    ] = None,
    prune: Annotated[
        bool, typer.Option("--prune", help="Delete our connectors that the directory does not hold.")
    ] = False,
    interval: Annotated[float, typer.Option(min=1, help="Seconds between passes.")] = 30.0,
    metrics_port: MetricsPort = None,
    workers_selector: Annotated[
        str | None, typer.Option(help="Labels of the workers' pods, key=value[,..], where this is a pod too.")
    ] = None,
    probe_url: Annotated[
        str | None, typer.Option("--probe", help="Address of the probe, which sees what Connect hides.")
    ] = None,
    credentials: CredentialsFile = None,
) -> None:
    """Bring the connectors to what the directory says, and keep them so until SIGTERM."""
    from operations.cli.commands import reconcile as command  # noqa: PLC0415

    wanted = command.ReconcileOptions(connect, connectors, prune, workers_selector, probe_url, credentials)
    if once or wait is not None:
        raise typer.Exit(command.settle(wanted, wait or 0.0))
    raise typer.Exit(command.keep(wanted, interval, metrics_port))


@app.command(epilog=EXIT_CODES)
def probe(  # noqa: PLR0913, PLR0917 - one parameter for each option
    connect: ConnectUrls,
    connectors: ConnectorDirectory,
    project: Annotated[str, typer.Option(help="Project of the environment: a dimension of the metrics.")],
    environment: Annotated[str, typer.Option(help="Name of the environment: a dimension of the metrics.")],
    region: Annotated[str, typer.Option(help="The target region, where the metrics go.")],
    once: Annotated[bool, typer.Option("--once", help="One sample, an interval after the start.")] = False,
    interval: Annotated[float, typer.Option(min=1, help="Seconds between samples.")] = 60.0,
    metrics_port: MetricsPort = None,
    credentials: CredentialsFile = None,
) -> None:
    """Publish latency, lag and tasks of each flow to CloudWatch, and on a port for Prometheus."""
    from operations.cli.commands import probe as command  # noqa: PLC0415
    from topology.observability.metrics import Publisher  # noqa: PLC0415

    raise typer.Exit(
        command.run(
            connect,
            connectors,
            Publisher(project, environment),
            region,
            interval=interval,
            once=once,
            metrics_port=metrics_port,
            credentials=credentials,
        )
    )


@app.command("task-files", epilog=EXIT_CODES)
def task_files(
    directory: Annotated[Path, typer.Option(help="Where the files go: a volume of the task.")],
    scratch: Annotated[
        Path | None, typer.Option(help="A directory that everyone may write to afterwards, as /tmp.")
    ] = None,
) -> None:
    """Write the files of an ECS task, out of the variable TASK_FILES, with the task's own address in them."""
    from operations.cli.commands import task_files as command  # noqa: PLC0415

    raise typer.Exit(command.run(directory, scratch))


@app.command(epilog=EXIT_CODES)
def health(
    url: Annotated[str, typer.Argument(help="http://host:port/path")],
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds to wait for the answer.")] = 5.0,
    hold: Annotated[bool, typer.Option("--hold", help="Ask nothing; wait for SIGTERM.")] = False,
) -> None:
    """Fail unless an address answers 200."""
    from operations.cli.commands import health as command  # noqa: PLC0415

    raise typer.Exit(command.run(url, timeout, hold=hold))


@app.command(epilog=EXIT_CODES)
def verify(  # noqa: PLR0913, PLR0917 - one parameter for each option
    source_bootstrap: Annotated[str, typer.Option(help="host:port[,host:port] of the source cluster.")],
    target_bootstrap: Annotated[str, typer.Option(help="host:port[,host:port] of the target cluster.")],
    topic: Annotated[str, typer.Option(help="Topic on the source; it gets records.")],
    mirrored_topic: Annotated[str, typer.Option(help="What it is called on the target.")],
    source_alias: Annotated[str, typer.Option(help="Name of the source in the result.")] = "source",
    target_alias: Annotated[str, typer.Option(help="Name of the target in the result.")] = "target",
    source_properties: Annotated[
        Path | None, typer.Option(help="client.properties of the source (security.protocol, sasl.*, ssl.*).")
    ] = None,
    target_properties: Annotated[
        Path | None, typer.Option(help="client.properties of the target; default: that of the source.")
    ] = None,
    count: Annotated[
        int | None, typer.Option(min=1, help="Records to send; default: rate x duration.")
    ] = None,
    rate: Annotated[float, typer.Option(min=0.1, help="Records a second.")] = 100.0,
    duration: Annotated[float, typer.Option(min=0.1, help="Seconds of sending.")] = 30.0,
    record_bytes: Annotated[int, typer.Option(min=1, help="Size of a record's value.")] = 1024,
    quiet: Annotated[
        float, typer.Option(min=0, help="Seconds without arrivals after which the rest is lost.")
    ] = 30.0,
    max_p95_ms: Annotated[float | None, typer.Option(min=0, help="Fail when the p95 is above this.")] = None,
    also: Annotated[
        list[str] | None, typer.Option(help="Another topic:mirrored-topic, at the same time; repeatable.")
    ] = None,
    back: Annotated[
        list[str] | None,
        typer.Option(help="A topic:mirrored-topic from the target to the source; repeatable."),
    ] = None,
    validate: Annotated[
        bool,
        typer.Option(
            "--validate",
            help="Check keys, values, headers, timestamps, tombstones, topic configuration, ACLs and "
            "checkpoints, too. The aliases must be MirrorMaker's.",
        ),
    ] = False,
    connect: Annotated[
        list[str] | None, typer.Option(help="--validate: a Connect worker of the target; repeatable.")
    ] = None,
    back_connect: Annotated[
        list[str] | None, typer.Option(help="--validate: a Connect worker of the source; repeatable.")
    ] = None,
    credentials: CredentialsFile = None,
    group: Annotated[
        list[str] | None,
        typer.Option(help="--validate: a group that reads the topics on the source; repeatable."),
    ] = None,
    back_group: Annotated[
        list[str] | None,
        typer.Option(help="--validate: a group that reads those of --back on the target; repeatable."),
    ] = None,
    max_checkpoint_age: Annotated[
        float, typer.Option(min=1, help="--validate: seconds after which a checkpoint is late.")
    ] = 300.0,
    as_json: AsJson = False,
) -> None:
    """Send numbered records and count what arrives: lost, duplicated, looping, altered, and the latency.

    The records go into the topic like any others: use one whose consumers do not mind. Run it where both
    clusters can be reached; latency is measured on this machine's clock at both ends.
    """
    from operations.cli.commands import verify as command  # noqa: PLC0415
    from operations.verification.production import Load  # noqa: PLC0415

    properties = target_properties or source_properties
    if not validate and any((connect, back_connect, group, back_group)):
        raise typer.BadParameter("--connect and --group are for --validate")
    try:
        topics = [
            command.Topics(topic, mirrored_topic),
            *(command.Topics.of(one, back=False) for one in also or ()),
            *(command.Topics.of(one, back=True) for one in back or ()),
        ]
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    raise typer.Exit(
        command.run(
            command.ClusterOptions(source_alias, source_bootstrap, source_properties),
            command.ClusterOptions(target_alias, target_bootstrap, properties),
            topics,
            Load(count, rate, duration, record_bytes),
            quiet_seconds=quiet,
            max_p95_ms=max_p95_ms,
            as_json=as_json,
            validated=command.Validated(
                connect or (),
                back_connect or (),
                credentials,
                group or (),
                back_group or (),
                max_checkpoint_age,
            )
            if validate
            else None,
        )
    )
