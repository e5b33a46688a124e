"""A folder of the cache is complete or not there."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.unit.toolchain.conftest import Machine, on_another_machine
from toolchain import cache
from toolchain.host import SetupError, cache_root


def test_a_folder_is_filled_once(machine: Machine) -> None:
    host = machine.host()
    folder = host.cache / "thing-1"
    built: list[Path] = []
    assert cache.install(host, folder, built.append) > 0
    assert cache.install(host, folder, built.append) == 0.0
    assert built == [folder]


def test_what_a_killed_install_left_is_removed_first(machine: Machine) -> None:
    host = machine.host()
    folder = host.cache / "thing-1"
    folder.mkdir(parents=True)
    (folder / "half").touch()
    cache.install(host, folder, lambda target: (target / "whole").touch())
    assert sorted(path.name for path in folder.iterdir()) == [cache.STAMP, "whole"]


def test_a_failed_install_leaves_nothing_and_is_tried_again(machine: Machine) -> None:
    host = machine.host()
    folder = host.cache / "thing-1"

    def fail(target: Path) -> None:
        (target / "half").touch()
        raise SetupError("no network")

    with pytest.raises(SetupError, match="no network"):
        cache.install(host, folder, fail)
    assert not folder.exists()
    assert cache.install(host, folder, lambda _target: None) > 0


def test_two_at_once_install_once_and_the_second_says_that_it_waits(machine: Machine) -> None:
    host = machine.host()
    folder = host.cache / "thing-1"
    builds: list[Path] = []
    started, go_on = threading.Event(), threading.Event()

    def build(target: Path) -> None:
        builds.append(target)
        started.set()
        assert go_on.wait(30)

    first = threading.Thread(target=cache.install, args=(host, folder, build))
    first.start()
    assert started.wait(30)
    second = threading.Thread(target=cache.install, args=(host, folder, build))
    second.start()
    while not machine.said:
        second.join(0.01)
    assert machine.said == ["waiting for another set-up of thing-1"]
    go_on.set()
    first.join(30)
    second.join(30)
    assert builds == [folder]


def test_a_cache_that_cannot_be_written_is_named_with_its_remedy(machine: Machine) -> None:
    (machine.root / "cache").mkdir(exist_ok=True)
    (machine.root / "cache" / "locks").write_text("a file where a directory must be")
    host = machine.host()
    with pytest.raises(SetupError, match=r"cache .* cannot be written .*set MSK_MIRROR_CACHE"):
        cache.install(host, host.cache / "thing-1", lambda _target: None)


def test_the_cache_is_where_the_variables_say() -> None:
    assert cache_root({"MSK_MIRROR_CACHE": "/a", "XDG_CACHE_HOME": "/b", "HOME": "/c"}) == Path("/a")
    assert cache_root({"XDG_CACHE_HOME": "/b", "HOME": "/c"}) == Path("/b/msk-mirror")
    assert cache_root({"HOME": "/c"}) == Path("/c/.cache/msk-mirror")


def test_the_search_path_leaves_out_what_an_outer_run_had_added(machine: Machine) -> None:
    inside = machine.host().cache / "node-1" / "bin"
    host = on_another_machine(machine, PATH=f"{inside}:/usr/bin")
    assert host.search_path == "/usr/bin"
