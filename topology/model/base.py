"""What every part of the environment model shares."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Days", "Glob", "Model", "Percent", "Properties", "RegionId", "Seconds"]


class Model(BaseModel):
    """A frozen part of an environment; keys that it does not know are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


RegionId = Annotated[
    str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$", description="An AWS region id, such as `us-east-1`.")
]
Percent = Annotated[int, Field(ge=1, le=100)]
Seconds = Annotated[int, Field(ge=1)]
Days = Annotated[int, Field(ge=1, le=3653)]
Glob = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9._*?{}-]+$",
        max_length=249,
        description="A name with IAM's wildcards: `*` any characters, `?` one. Not a regular expression.",
    ),
]
Properties = dict[str, str]
"""Java properties; values are strings, quote numbers and booleans."""
