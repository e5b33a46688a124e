"""Provider packages whose submodules load one by one."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from types import ModuleType
from typing import Any

from bindings.provider import Provider

__all__ = ["imported_now", "replace_package"]


class _SubmodulesOnDemand(ModuleType):
    """A provider package without its `__init__`, which would import all submodules. What that offers works
    all the same: `from package import submodule`, `package.submodule` after `import package`.
    """

    def __getattr__(self, name: str) -> Any:
        submodule = f"{self.__name__}.{name}"
        if not name.startswith("__"):
            try:
                return importlib.import_module(submodule)
            except ModuleNotFoundError as error:
                if error.name != submodule:
                    raise
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}", name=name, obj=self)


def replace_package(provider: Provider) -> bool:
    """Puts the bare package in place of the shipped one. False where there is nothing to replace: it is not
    installed, or has been imported in full.
    """
    if provider.package in sys.modules:
        return False
    spec = importlib.util.find_spec(provider.package)
    if spec is None or spec.submodule_search_locations is None:
        return False
    package = _SubmodulesOnDemand(provider.package)
    package.__spec__ = spec
    package.__file__ = spec.origin
    package.__path__ = list(spec.submodule_search_locations)
    sys.modules[provider.package] = package
    return True


def imported_now(provider: Provider) -> frozenset[str]:
    """The submodules of the provider that this process has imported so far."""
    parts = (module.split(".") for module in list(sys.modules))
    return frozenset(
        part[1]
        for part in parts
        if part[0] == provider.package and len(part) == 2 and not part[1].startswith("_")
    )
