"""What every part of the environment model shares."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

__all__ = [
    "LARGEST_INT",
    "Count",
    "Days",
    "Glob",
    "GroupGlob",
    "KafkaName",
    "LabelKey",
    "LabelValue",
    "Model",
    "Percent",
    "Properties",
    "RegionId",
    "Seconds",
]

LARGEST_INT = 2**31 - 1
"""Kafka's, Kubernetes' and most of AWS's numbers are Java's or Go's 32 bits."""


class Model(BaseModel):
    """A frozen part of an environment; keys that it does not know are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


RegionId = Annotated[
    str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]$", description="An AWS region id, such as `us-east-1`.")
]
Percent = Annotated[int, Field(ge=1, le=100)]
Count = Annotated[int, Field(ge=1, le=LARGEST_INT)]
Seconds = Count
Days = Annotated[int, Field(ge=1, le=3653)]
Glob = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9._?-]*(\*[A-Za-z0-9._?-]*){0,4}$",
        min_length=1,
        max_length=249,
        description="A name with IAM's wildcards: `*` any characters, `?` one. Not a regular expression. At"
        " most four `*`: with more, Java takes minutes to compare a name.",
    ),
]
GroupGlob = Annotated[
    str,
    Field(
        pattern=r"^([A-Za-z0-9._?-]|\{source\})*(\*([A-Za-z0-9._?-]|\{source\})*){0,4}$",
        min_length=1,
        max_length=249,
        description="The same for consumer groups; `{source}` stands for the source's alias.",
    ),
]
KafkaName = Annotated[str, Field(pattern=r"^[._-]*[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=249)]
"""What Kafka takes as a topic's name (org.apache.kafka.common.internals.Topic)."""
LabelKey = Annotated[
    str, Field(pattern=r"^([a-z0-9.-]{1,253}/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$")
]
LabelValue = Annotated[str, Field(pattern=r"^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$")]
"""Kubernetes, "Labels and Selectors", syntax; keys and values of taints are the same."""


def _as_text(value: Any) -> Any:
    """Unquoted numbers and booleans of YAML, as Java writes them."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


PropertyValue = Annotated[
    str,
    BeforeValidator(_as_text),
    Field(max_length=4096),
    WithJsonSchema({"type": ["string", "number", "boolean"], "maxLength": 4096}),
]
Properties = dict[str, PropertyValue]
"""Java properties; values are texts, and numbers and booleans are taken as theirs."""
