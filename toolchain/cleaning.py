"""What `make clean` removes."""

from __future__ import annotations

import shutil

from toolchain.host import Host

GENERATED = (
    "build",
    "cdktf.out",
    ".coverage",
    ".hypothesis",
    ".import_linter_cache",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
)


def clean(host: Host, *, cache_too: bool) -> int:
    """Remove generated files from the checkout, and the cache of installs when asked to."""
    for name in GENERATED:
        path = host.checkout / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    for folder in host.checkout.glob("[!.]*/**/__pycache__"):
        shutil.rmtree(folder, ignore_errors=True)
    if cache_too and host.cache.is_dir():
        host.say(f"removing {host.cache}")
        shutil.rmtree(host.cache)
    return 0
