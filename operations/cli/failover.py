"""`msk-mirror failover` on the command line."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from operations.cli import DEFAULT_ENVIRONMENT
from operations.cli.options import AsJson, EnvironmentFile

__all__ = ["failover"]

EXIT_CODES: Final = (
    "Exit codes: 0 ok, 1 failed or refused, 2 bad input (options, files, addresses), 130 interrupted."
)
ONE_OF_TWO: Final = "give either --from-bootstrap, or --from-down where that cluster cannot be asked"

failover = typer.Typer(
    name="failover",
    help="Moves a consumer group to another cluster, so that it misses no record and reads few twice.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    rich_markup_mode=None,
)


class Uncheckpointed(StrEnum):
    """As operations.failover.plan has it, for the parser."""

    REFUSE = "refuse"
    SYNCS = "syncs"
    BEGINNING = "beginning"
    LEAVE = "leave"


Group = Annotated[str, typer.Argument(help="The consumer group.")]
From = Annotated[str, typer.Option("--from", help="Alias or region of the cluster that the group leaves.")]
To = Annotated[str, typer.Option("--to", help="Alias or region of the target cluster.")]
ToBootstrap = Annotated[str, typer.Option(help="host:port[,host:port] of the target cluster.")]
FromBootstrap = Annotated[
    str | None, typer.Option(help="host:port[,host:port] of the cluster that it leaves; or --from-down.")
]
FromProperties = Annotated[
    Path | None, typer.Option(help="client.properties for --from-bootstrap (security.protocol, sasl.*).")
]
ToProperties = Annotated[
    Path | None, typer.Option(help="client.properties for --to-bootstrap; default: --from-properties.")
]
FromDown = Annotated[
    bool, typer.Option("--from-down", help="Do not ask the cluster that is left; go by checkpoints alone.")
]
MaxAge = Annotated[
    float,
    typer.Option(
        min=1,
        help="Seconds: refuse when the group's last checkpoint is older and no longer right. "
        "Default: 15 times the interval of 20 s in which flows emit them.",
    ),
]
WithoutCheckpoint = Annotated[
    Uncheckpointed,
    typer.Option(
        help="For partitions of which no checkpoint tells: refuse, translate by offset syncs, read from the "
        "beginning, or leave to auto.offset.reset."
    ),
]
Force = Annotated[
    bool, typer.Option("--force", help="Also move the group back behind what it has committed there.")
]


def _command(name: str, explanation: str) -> None:
    """Adds `failover plan` or `failover run`: told the same, so that what is planned is what is run."""

    @failover.command(name, epilog=EXIT_CODES, help=explanation)
    def moved(  # noqa: PLR0913, PLR0917 - one parameter for each option
        group: Group,
        from_: From,
        to: To,
        to_bootstrap: ToBootstrap,
        from_bootstrap: FromBootstrap = None,
        environment: EnvironmentFile = DEFAULT_ENVIRONMENT,
        from_properties: FromProperties = None,
        to_properties: ToProperties = None,
        from_down: FromDown = False,
        max_checkpoint_age: MaxAge = 300.0,
        without_checkpoint: WithoutCheckpoint = Uncheckpointed.REFUSE,
        force: Force = False,
        as_json: AsJson = False,
    ) -> None:
        from operations.cli.commands import failover as command  # noqa: PLC0415

        if from_down == (from_bootstrap is not None):
            raise typer.BadParameter(ONE_OF_TWO)
        wanted = command.FailoverOptions(
            group,
            environment,
            command.ClusterOptions(from_, from_bootstrap or "", from_properties),
            command.ClusterOptions(to, to_bootstrap, to_properties or from_properties),
            command.Rules(max_checkpoint_age, without_checkpoint.value, force),
            from_down,
        )
        take = command.plan if name == "plan" else command.run
        raise typer.Exit(take(wanted, as_json))


@failover.command("policy", epilog=EXIT_CODES)
def policy(group: Group, from_: From, to: To, environment: EnvironmentFile = DEFAULT_ENVIRONMENT) -> None:
    """Print the IAM policy for whoever runs it: what moves this group there and back, and nothing else.

    GROUP may end in `*`. The clusters' UUIDs are not in the environment file: a `*` stands for them.
    """
    from operations.cli.commands import failover as command  # noqa: PLC0415

    raise typer.Exit(command.show_policy(group, environment, from_, to))


_command(
    "plan",
    "Print the offset from which the group would resume in each partition. Changes nothing.\n\n"
    "It fails when `run` would refuse: the group has members, its checkpoints are old or lacking.",
)
_command(
    "run",
    "Write the group's offsets at the target cluster. It can be repeated; failback is the same command.\n\n"
    "The group must be stopped on both. Its offsets at the cluster that it leaves stay as they are.",
)
