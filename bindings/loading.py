"""Hands the jsii kernel pruned packages in place of the shipped ones."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from bindings.cache import pruned_package
from bindings.generated_code import lighten
from bindings.imports import imported_submodules
from bindings.packages import imported_now, replace_package
from bindings.provider import PROVIDERS, Provider, same_name

if TYPE_CHECKING:
    from concurrent.futures import Future

    from jsii._kernel.providers import BaseProvider
    from jsii._kernel.types import LoadRequest, LoadResponse

__all__ = ["activate"]


def activate() -> None:
    """From now on the provider packages load in part. Costs 0.02 s: jsii and cdktf are not imported here, so
    that code which needs neither starts fast. A second call changes nothing.
    """
    replaced = {provider.package: provider for provider in PROVIDERS if replace_package(provider)}
    if replaced:
        sys.meta_path.insert(0, _ProviderImports(replaced))


class _ProviderImports:
    """A finder of sys.meta_path: watches the imports of cdktf and the replaced packages, finds nothing."""

    def __init__(self, replaced: dict[str, Provider]) -> None:
        self._replaced = replaced
        self._kernel: _KernelOfPrunedPackages | None = None

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        package, _, submodule = fullname.partition(".")
        if self._kernel is None and (package in self._replaced or fullname == "cdktf"):
            lighten()
            self._kernel = _KernelOfPrunedPackages(self._replaced)
        if package not in self._replaced or self._kernel is None or not submodule or "." in submodule:
            return None
        if not submodule.startswith("_") and self._kernel.lacks(self._replaced[package], submodule):
            if PathFinder.find_spec(fullname, path, target) is None:
                return None
            raise ImportError(
                f"{fullname} is imported after the first construct, and nothing in modules/ or stacks/ "
                "imports it, so the loaded package lacks it. Import it at the top of a file, or set "
                "MSK_MIRROR_FULL_BINDINGS=1.",
                name=fullname,
            )
        return None


class _KernelOfPrunedPackages:
    """Stands before jsii's process provider. Node starts and loads cdktf in the background, while Python goes
    on importing. Loading a replaced package waits for the first other request: then all imports at the top
    of files have run, and the set of submodules is known; a package that is loaded cannot grow.
    """

    def __init__(self, replaced: dict[str, Provider]) -> None:
        # 0.1 s, for those only who import cdktf or bindings of a provider
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

        import jsii  # noqa: PLC0415

        self._providers = {provider.assembly: provider for provider in replaced.values()}
        self._process = jsii.kernel.provider
        self._background = ThreadPoolExecutor(max_workers=1, thread_name_prefix="jsii")
        self._loading: list[Future[LoadResponse]] = []
        self._held: list[LoadRequest] = []
        self._loaded: dict[Provider, frozenset[str]] = {}
        jsii.kernel.provider = cast("BaseProvider", self)

    def lacks(self, provider: Provider, submodule: str) -> bool:
        """Whether the package has been loaded, and without this submodule."""
        return provider in self._loaded and same_name(submodule) not in self._loaded[provider]

    def load(self, request: LoadRequest) -> LoadResponse:
        """Returns at once; jsii for Python does not use the answer. An error shows at the next request."""
        from jsii._kernel.types import LoadResponse  # noqa: PLC0415 - see __init__

        if request.name in self._providers:
            self._held.append(request)
        else:
            self._loading.append(self._background.submit(self._process.load, request))
        return LoadResponse(assembly=request.name, types=0)

    def __getattr__(self, name: str) -> Any:
        """Every other request: create, get, set, invoke ..."""
        while self._loading:
            self._loading.pop(0).result()
        while self._held:
            self._load_in_part(self._held.pop(0))
        return getattr(self._process, name)

    def _load_in_part(self, request: LoadRequest) -> None:
        provider = self._providers[request.name]
        submodules = imported_now(provider) | imported_submodules(provider)
        file = pruned_package(provider, request.version, Path(request.tarball), submodules)
        if file is not None:
            request = type(request)(request.name, request.version, str(file))
            self._loaded[provider] = frozenset(map(same_name, submodules))
        self._process.load(request)
