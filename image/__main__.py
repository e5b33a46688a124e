"""`python -m image`: build the container images, by Docker or into OCI archives."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from image import docker
from image.build import build_archive
from image.contents import Contents, read_list, reference_of
from image.errors import ImageError
from toolchain.host import SetupError

DIRECTORY = Path("build") / "images"
MIB = 1 << 20

app = typer.Typer(add_completion=False, help=__doc__)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


@dataclass(frozen=True)
class Result:
    """One line of the output; `archive` is None for an image that Docker keeps, whose digest is its id."""

    name: str
    reference: str
    digest: str
    built_by: str
    archive: str | None
    seconds: float


@app.command()
def main(
    names: Annotated[
        list[str] | None, typer.Argument(help="Images of image/images.yaml; all without.")
    ] = None,
    oci: Annotated[
        bool, typer.Option("--oci", help="Write OCI archives, even where Docker answers.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="References and digests as JSON.")] = False,
    tag: Annotated[str | None, typer.Option(help="Another tag, or (with a colon) a whole reference.")] = None,
    directory: Annotated[Path, typer.Option(help="Where archives and build contexts go.")] = DIRECTORY,
) -> None:
    """Build the images of image/images.yaml. Exit codes: 0 ok, 1 failed, 2 bad options."""
    try:
        images = read_list()
        chosen = {name: images[name] for name in names or images}
        by_docker = not oci and docker.answers()
        if not oci and not by_docker:
            _say("no Docker daemon answers: the images are written as OCI archives")
        results = [_build(name, images[name], directory, tag, by_docker) for name in chosen]
    except KeyError as error:
        errors.print(f"there is no image {error}; known: {', '.join(images)}", markup=False)
        sys.exit(2)
    except (ImageError, SetupError) as error:
        errors.print(str(error), markup=False)
        sys.exit(1)
    if as_json:
        sys.stdout.write(json.dumps([asdict(result) for result in results], indent=2) + "\n")
        return
    console = Console(highlight=False, soft_wrap=True)
    for result in results:
        where = (
            f"{result.archive} ({Path(result.archive).stat().st_size // MIB} MiB)"
            if result.archive
            else "Docker"
        )
        console.print(
            f"[bold]{result.reference}[/bold] in {where}, {result.seconds:.1f} s\n  {result.digest}"
        )


def _build(name: str, contents: Contents, directory: Path, tag: str | None, by_docker: bool) -> Result:
    started = time.monotonic()
    if by_docker:
        digest = docker.build(name, contents, directory, tag, _say)
        took = time.monotonic() - started
        return Result(name, reference_of(contents, tag), digest, "docker", None, round(took, 1))
    built = build_archive(name, directory, tag, _say)
    took = time.monotonic() - started
    return Result(name, built.reference, built.digest, "oci-archive", str(built.archive), round(took, 1))


def _say(text: str) -> None:
    errors.print(text, style="dim", markup=False)


if __name__ == "__main__":
    app()
