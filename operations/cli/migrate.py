"""The options of `msk-mirror migrate` and `msk-mirror rollback`; see app.py."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from operations.cli import DEFAULT_ENVIRONMENT
from operations.cli.options import EXIT_CODES, AsJson, CredentialsFile, EnvironmentFile

__all__ = ["migrate_app", "rollback_app"]

SETTINGS: Final[dict[str, Any]] = {
    "no_args_is_help": True,
    "epilog": EXIT_CODES,
    "rich_markup_mode": None,
    "pretty_exceptions_enable": False,
}

migrate_app = typer.Typer(
    help="Move a region's workers from ECS to EKS, without loss, step by step.", **SETTINGS
)
rollback_app = typer.Typer(
    help="Move a region's workers back to ECS, without loss, step by step.", **SETTINGS
)

Region = Annotated[str, typer.Argument(help="Region of the workers.")]
JournalFile = Annotated[
    Path | None,
    typer.Option(
        "--journal", help="What was done is kept here; default migration/<environment>-<region>.jsonl."
    ),
]
PathOption = Annotated[
    str,
    typer.Option(
        "--path", help="What the old runtime is: connect (distributed Connect) or dedicated (MirrorMaker)."
    ),
]
Out = Annotated[Path, typer.Option(help="The synthesized app.")]
Connectors = Annotated[
    Path | None,
    typer.Option("--connectors", help="Directory of <name>.json files; default: as the environment derives."),
]
OldUrl = Annotated[
    str | None,
    typer.Option("--old-connect", help="Connect of the tasks, http://host:8083; default: discovery."),
]
OldService = Annotated[
    str | None,
    typer.Option(help="ECS service of the old runtime, CLUSTER/SERVICE; default: that of ecs-runtime-R."),
]
NewUrl = Annotated[
    str | None,
    typer.Option("--new-connect", help="Connect of the pods, http://host:8083; default: the Service."),
]
Topic = Annotated[
    str | None, typer.Option(help="Topic on the sources for the numbered records; it must be there.")
]
Seconds = Annotated[float, typer.Option("--gate-seconds", min=1, help="How long each gate waits.")]


def _forward(name: str, gate_seconds: float, explanation: str) -> None:
    """Adds `migrate plan` or `migrate run`: told the same, so that what is planned is what is run."""

    @migrate_app.command(name, epilog=EXIT_CODES, help=explanation)
    def forward(  # noqa: PLR0913, PLR0917 - one parameter for each option
        region: Region,
        environment: EnvironmentFile = DEFAULT_ENVIRONMENT,
        path: PathOption = "connect",
        journal: JournalFile = None,
        out: Out = Path("cdktf.out"),
        connectors: Connectors = None,
        old_connect: OldUrl = None,
        old_service: OldService = None,
        new_connect: NewUrl = None,
        topic: Topic = None,
        credentials: CredentialsFile = None,
        seconds: Seconds = gate_seconds,
        as_json: AsJson = False,
    ) -> None:
        from operations.cli.commands import migrate as command  # noqa: PLC0415

        options = _options(
            environment,
            region,
            path,
            out,
            connectors=connectors,
            old_url=old_connect,
            old_service=old_service,
            new_url=new_connect,
            topic=topic,
            credentials=credentials,
            seconds=seconds,
        )
        if name == "plan":
            raise typer.Exit(command.run_plan(options, journal, as_json))
        raise typer.Exit(command.run_course(options, "migrate", journal, as_json))


_forward("plan", 30.0, "Run the checks and show the steps. Changes nothing. Fails when a check fails.")
_forward(
    "run",
    600.0,
    "Migrate, or resume where the last run stopped. Ends with a report.\n\n"
    "Run it where both clusters, both runtimes and AWS can be reached. The clusters' addresses come from the "
    "variables BOOTSTRAP_<ALIAS>, as the pods have them.",
)


@migrate_app.command("status", epilog=EXIT_CODES)
def status(
    region: Region,
    environment: EnvironmentFile = DEFAULT_ENVIRONMENT,
    journal: JournalFile = None,
    as_json: AsJson = False,
) -> None:
    """Show where the journal stands and what may be run next."""
    from operations.cli.commands import migrate as command  # noqa: PLC0415

    raise typer.Exit(command.show_status(environment, region, journal, as_json))


@migrate_app.command("abort", epilog=EXIT_CODES)
def abort(  # noqa: PLR0913, PLR0917 - one parameter for each option
    region: Region,
    environment: EnvironmentFile = DEFAULT_ENVIRONMENT,
    path: PathOption = "connect",
    journal: JournalFile = None,
    connectors: Connectors = None,
    old_connect: OldUrl = None,
    old_service: OldService = None,
    new_connect: NewUrl = None,
    credentials: CredentialsFile = None,
    seconds: Seconds = 600.0,
) -> None:
    """Remove the new workers while all old ones still run; afterwards use `rollback run`."""
    from operations.cli.commands import migrate as command  # noqa: PLC0415

    out = Path("cdktf.out")
    options = _options(
        environment,
        region,
        path,
        out,
        connectors=connectors,
        old_url=old_connect,
        old_service=old_service,
        new_url=new_connect,
        topic=None,
        credentials=credentials,
        seconds=seconds,
    )
    raise typer.Exit(command.run_abort(options, journal))


@rollback_app.callback()
def _rollback() -> None:
    """A group of one command: without this typer would make that the group itself."""


@rollback_app.command("run", epilog=EXIT_CODES)
def rollback(  # noqa: PLR0913, PLR0917 - one parameter for each option
    region: Region,
    environment: EnvironmentFile = DEFAULT_ENVIRONMENT,
    path: PathOption = "connect",
    journal: JournalFile = None,
    connectors: Connectors = None,
    old_connect: OldUrl = None,
    old_service: OldService = None,
    new_connect: NewUrl = None,
    topic: Topic = None,
    credentials: CredentialsFile = None,
    seconds: Seconds = 600.0,
    as_json: AsJson = False,
) -> None:
    """Roll back from any point, or resume a rollback. Starts the old workers first."""
    from operations.cli.commands import migrate as command  # noqa: PLC0415

    out = Path("cdktf.out")
    options = _options(
        environment,
        region,
        path,
        out,
        connectors=connectors,
        old_url=old_connect,
        old_service=old_service,
        new_url=new_connect,
        topic=topic,
        credentials=credentials,
        seconds=seconds,
    )
    raise typer.Exit(command.run_course(options, "rollback", journal, as_json))


def _options(environment: str, region: str, path: str, out: Path, **others: Any) -> Any:
    from operations.migration.migration import PATHS  # noqa: PLC0415
    from operations.migration.on_aws import Options  # noqa: PLC0415

    chosen = next((one for one in PATHS if one == path), None)
    if chosen is None:
        raise typer.BadParameter(f"--path: found {path}; allowed: {', '.join(PATHS)}")
    return Options(environment, region, chosen, out, **others)
