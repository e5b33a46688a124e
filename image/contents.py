"""image/images.yaml, the list of what the images hold, as checked data."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from image.errors import ImageError
from toolchain.host import CHECKOUT

__all__ = ["LIST", "Contents", "Jars", "Packages", "read_list", "reference_of"]

LIST = Path("image") / "images.yaml"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Jars(_Part):
    """All locked jars go to the directory `to`, but those of `apart` (artifact: file)."""

    to: str
    apart: dict[str, str] = {}


class Packages(_Part):
    """Locked Python packages, by name, that go to the directory `to`."""

    to: str
    names: tuple[str, ...]


class Contents(_Part):
    """One image. `runtime` is what the base image brings, at `home`; `programs` are what else must be there.

    `labels` are without their common prefix; `files` are of the checkout, files or directories.
    """

    repository: str
    tag: str
    base: str
    runtime: Literal["java", "python"]
    home: str
    programs: tuple[str, ...]
    user: str
    environment: dict[str, str]
    working_directory: str
    entrypoint: tuple[str, ...]
    labels: dict[str, str]
    jars: Jars | None = None
    files: dict[str, str] = {}
    packages: Packages | None = None


def read_list(checkout: Path = CHECKOUT) -> dict[str, Contents]:
    """Every image by its name. Raises ImageError where the list is not one."""
    try:
        found = yaml.safe_load((checkout / LIST).read_text(encoding="utf-8"))
        return TypeAdapter(dict[str, Contents]).validate_python(found)
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise ImageError(f"{LIST}: {error}") from error


def reference_of(contents: Contents, tag: str | None = None) -> str:
    """`repository:tag` of the list; `tag` is another tag or, with a colon, a whole reference."""
    if tag and ":" in tag:
        return tag
    return f"{contents.repository}:{tag or contents.tag}"
