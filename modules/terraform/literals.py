"""Text that Terraform must take literally."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["literal", "literals"]


# cdktf's own placeholders look like templates until it writes the stack
TEMPLATE = re.compile(r"\$\{(?!TfToken\[)|%\{")


def literal(text: str) -> str:
    """`text` as a Terraform string that means just that: what Kafka writes as `${env:POD_IP}` is the start of
    a template to Terraform, and an error (Terraform language, "Strings and Templates", escape sequences).
    References to other resources (cdktf tokens) stay references."""
    return TEMPLATE.sub(lambda start: start[0][0] + start[0], text)


def literals(texts: Mapping[str, str]) -> dict[str, str]:
    """The same for every value."""
    return {key: literal(text) for key, text in texts.items()}
