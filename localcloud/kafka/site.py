"""Where a region's Java processes run: network, files, Java and the jars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from localcloud.wan import Wan

__all__ = ["LOG_CONFIG", "Site"]

LOG_CONFIG = Path(__file__).with_name("log4j2.properties")


@dataclass(frozen=True)
class Site:
    """A region of a WAN on this machine.

    `directory` takes data and logs and is made when needed, `libs` is a directory with all jars of Kafka
    ($MSK_MIRROR_KAFKA_LIBS), `java` a Java 17 or newer.
    """

    region: str
    wan: Wan
    directory: Path
    libs: Path
    java: str = "java"

    def command(self, flags: Sequence[str], *main: str) -> list[str]:
        """The command line that runs a main class (first of `main`, its arguments after it) in the region."""
        return self.wan.command_prefix(self.region) + self.outside(flags, *main)

    def outside(self, flags: Sequence[str], *main: str) -> list[str]:
        """The same for a tool that needs no network."""
        log = f"-Dlog4j2.configurationFile={LOG_CONFIG}"
        return [self.java, *flags, log, "-cp", f"{self.libs}/*", *main]
