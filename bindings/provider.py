"""The provider packages that are loaded in part, and how Python and jsii name their parts."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PROVIDERS", "Provider", "same_name"]


@dataclass(frozen=True)
class Provider:
    """One of the prebuilt providers of cdktf; each has a submodule for every resource and data source."""

    name: str

    @property
    def package(self) -> str:
        """The Python package: `cdktf_cdktf_provider_aws`."""
        return f"cdktf_cdktf_provider_{self.name}"

    @property
    def assembly(self) -> str:
        """The jsii assembly, which is also the npm package: `@cdktf/provider-aws`."""
        return f"@cdktf/provider-{self.name}"


PROVIDERS = (Provider("aws"), Provider("kubernetes"), Provider("helm"))


def same_name(submodule: str) -> str:
    """What the three names of a submodule have in common, its letters and digits.

    jsii says `s3TablesTable`, Python `s3_tables_table`, and the folder is `s3tables-table`: no rule leads
    from one to the others, and without case and separators all names of a provider still differ.
    """
    return "".join(filter(str.isalnum, submodule)).lower()
