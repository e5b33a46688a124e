"""Archives: OCI's layout, the same digest for the same contents, layers that are packed once."""

from __future__ import annotations

import hashlib
import os
import tarfile
from pathlib import Path

import pytest

from image.archive import Configuration, write_archive
from image.contents import reference_of
from image.errors import ImageError
from image.layers import Layer, cached_layer
from image.python import compile_all
from image.tree import Tree
from tests.image.test_contents import IMAGES
from tests.image.unpacked import Archive
from toolchain.host import Host

REFERENCE = "localhost/some/thing:2"


def _host(cache: Path) -> Host:
    return Host(cache, cache, os.environ, lambda _text: None)


def _some_files(directory: Path, names: tuple[str, ...], mtime: int) -> Path:
    for name in names:
        file = directory / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"content of {name}")
        os.utime(file, (mtime, mtime))
    (directory / "a").chmod(0o700)
    return directory


def _small_layer(cache: Path, source: Path) -> Layer:
    def plan(_work: Path) -> Tree:
        tree = Tree()
        tree.everything("/opt/some", source)
        tree.link("/opt/current", "some")
        tree.directory("/scratch", 0o1777)
        return tree

    return cached_layer(_host(cache), "small", (), plan)


def _small_image(directory: Path, names: tuple[str, ...], mtime: int) -> Path:
    layer = _small_layer(directory / "cache", _some_files(directory / "files", names, mtime))
    return write_archive(directory / "small.tar", REFERENCE, [layer], Configuration(["/a"], "1:1")).archive


def test_equal_files_are_equal_archives_whenever_and_wherever_they_were_made(tmp_path: Path) -> None:
    one = _small_image(tmp_path / "one", ("a", "b/c", "b/d"), 1_000_000_000)
    other = _small_image(tmp_path / "other", ("b/d", "b/c", "a"), 1_700_000_000)
    assert one.read_bytes() == other.read_bytes()


def test_files_are_roots_and_of_no_time(tmp_path: Path) -> None:
    image = Archive(_small_image(tmp_path, ("a", "b/c"), 1_700_000_000))
    with tarfile.open(image.file) as archive:
        content = archive.extractfile(f"blobs/{image.manifest['layers'][0]['digest'].replace(':', '/')}")
        with tarfile.open(fileobj=content) as layer:
            members = layer.getmembers()
    assert {(one.uid, one.gid, one.mtime) for one in members} == {(0, 0, 0)}
    assert {one.name: oct(one.mode) for one in members if not one.issym()} == {
        "opt": "0o755",
        "opt/some": "0o755",
        "opt/some/a": "0o755",
        "opt/some/b": "0o755",
        "opt/some/b/c": "0o644",
        "scratch": "0o1777",
    }


def test_every_blob_has_the_digest_and_size_that_name_it(tmp_path: Path) -> None:
    image = Archive(_small_image(tmp_path, ("a",), 0))
    manifest = image.manifest
    described = [*image.json("index.json")["manifests"], manifest["config"], *manifest["layers"]]
    with tarfile.open(image.file) as archive:
        for one in described:
            content = archive.extractfile(f"blobs/{one['digest'].replace(':', '/')}")
            assert content is not None
            data = content.read()
            assert one["digest"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
            assert one["size"] == len(data)
    assert image.config["rootfs"]["diff_ids"] == [one["digest"] for one in manifest["layers"]]


def test_the_name_is_there_for_containerd_and_the_tag_for_others(tmp_path: Path) -> None:
    [described] = Archive(_small_image(tmp_path, ("a",), 0)).json("index.json")["manifests"]
    assert described["annotations"] == {
        "io.containerd.image.name": REFERENCE,
        "org.opencontainers.image.ref.name": "2",
    }


def test_an_archive_with_the_same_image_is_left_alone(tmp_path: Path) -> None:
    before = _small_image(tmp_path, ("a",), 0).stat()
    layer = _small_layer(tmp_path / "cache", tmp_path / "files")
    file = tmp_path / "small.tar"
    write_archive(file, REFERENCE, [layer], Configuration(["/a"], "1:1"))
    assert file.stat().st_ino == before.st_ino
    write_archive(file, REFERENCE, [layer], Configuration(["/b"], "1:1"))
    assert file.stat().st_ino != before.st_ino


def test_a_layer_is_packed_once(tmp_path: Path) -> None:
    plans = []

    def plan(work: Path) -> Tree:
        plans.append(work)
        tree = Tree()
        tree.text("/a", "text")
        return tree

    layers = [cached_layer(_host(tmp_path), "one", (of,), plan) for of in ("this", "this", "that")]
    assert len(plans) == 2
    assert layers[0] == layers[1]
    assert layers[0].digest == layers[2].digest


def test_bytecode_depends_neither_on_time_nor_on_the_place_of_building(tmp_path: Path) -> None:
    fingerprints = set()
    for place, mtime in (("here", 1), ("there", 1_700_000_000)):
        source = tmp_path / place / "opt" / "package" / "module.py"
        source.parent.mkdir(parents=True)
        source.write_text("NAMES = {'b', 'a', 'c'}\n\n\ndef has(name):\n    return name in {'x', 'y', 'z'}\n")
        os.utime(source, (mtime, mtime))
        compile_all(tmp_path / place, ["/opt/package"])
        tree = Tree.of_directory(tmp_path / place)
        assert len(tree.paths) == 2
        fingerprints.add(tree.fingerprint())
    assert len(fingerprints) == 1


def test_a_reference_is_the_lists_or_has_another_tag_or_is_another() -> None:
    image = IMAGES["connect"]
    assert reference_of(image) == "msk-mirror/connect:4.1.1"
    assert reference_of(image, "next") == "msk-mirror/connect:next"
    assert reference_of(image, "localhost/connect:next") == "localhost/connect:next"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="nowhere is not a file"):
        Tree().file("/a", tmp_path / "nowhere")
