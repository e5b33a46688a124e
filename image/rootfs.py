"""The layers of an image that is built without Docker, each as a plan of its files and what it depends on."""

from __future__ import annotations

import ssl
import sys
from collections.abc import Sequence
from importlib.metadata import distribution
from pathlib import Path

from image.contents import Contents, Packages
from image.java import find_java, java_files, java_key, lay_out_java
from image.layers import Layer, cached_layer
from image.libraries import add_libraries, add_programs, needed_libraries
from image.python import add_packages, add_python, compile_all, python_key
from image.staging import application_tree, jar_tree, locked_packages, locked_texts
from image.tree import Tree
from toolchain.host import Host

__all__ = ["image_layers"]

CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"


def image_layers(host: Host, contents: Contents) -> list[Layer]:
    """What seldom changes first: runtime with the libraries of this machine, dependencies, application."""
    layers = [_java_layer(host, contents) if contents.runtime == "java" else _python_layer(host, contents)]
    if contents.jars:
        layers.append(_jars_layer(host, contents))
    if contents.packages:
        layers.append(_packages_layer(host, contents, contents.packages))
    if contents.files:
        layers.append(_application_layer(host, contents))
    return layers


def _java_layer(host: Host, contents: Contents) -> Layer:
    home = find_java()

    def plan(work: Path) -> Tree:
        tree = _base(contents)
        runtime = lay_out_java(home, work)
        needing = java_files(tree, contents.home, runtime)
        add_libraries(tree, [*needing, *add_programs(tree, contents.programs)], within=[runtime])
        return tree

    inputs = (java_key(home), _machine(home / "bin" / "java"), _base_inputs(contents))
    return cached_layer(host, "java", inputs, plan)


def _python_layer(host: Host, contents: Contents) -> Layer:
    """The interpreter, and the libraries of the packages too: they are this machine's."""
    wanted = locked_packages(host.checkout, contents)

    def plan(work: Path) -> Tree:
        tree = Tree()
        needing = add_python(tree, contents.home)
        tree = _compiled(tree, work, [contents.home])
        packages = add_packages(Tree(), "/", wanted)
        programs = add_programs(tree, contents.programs)
        add_libraries(tree, [*needing, *packages, *programs], within=[_site_packages()])
        # where librdkafka looks (its CONFIGURATION.md, ssl.ca.location); httpx and boto3 bring their own
        tree.file(CERTIFICATES, _site_packages() / "certifi" / "cacert.pem")
        tree.link(ssl.get_default_verify_paths().openssl_cafile, CERTIFICATES)
        return _base(contents, tree)

    packages = f"{wanted} {contents.home}"
    inputs = (python_key(), packages, _machine(Path(sys.executable)), _base_inputs(contents))
    return cached_layer(host, "python", inputs, plan)


def _jars_layer(host: Host, contents: Contents) -> Layer:
    inputs = locked_texts(host.checkout, contents)
    return cached_layer(host, "jars", inputs, lambda _work: jar_tree(host.checkout, contents))


def _packages_layer(host: Host, contents: Contents, packages: Packages) -> Layer:
    wanted = locked_packages(host.checkout, contents)

    def plan(work: Path) -> Tree:
        tree = Tree()
        add_packages(tree, packages.to, wanted)
        return _compiled(tree, work, [packages.to])

    return cached_layer(host, "packages", (python_key(), f"{wanted} {packages.to}"), plan)


def _application_layer(host: Host, contents: Contents) -> Layer:
    tree = application_tree(host.checkout, contents)

    def plan(work: Path) -> Tree:
        return _compiled(tree, work, sorted(contents.files.values()))

    return cached_layer(host, "application", (python_key(), tree.fingerprint()), plan)


def _compiled(tree: Tree, work: Path, places: Sequence[str]) -> Tree:
    """The files of `tree`, and their bytecode."""
    tree.write_directory(work)
    compile_all(work, places)
    return Tree.of_directory(work)


def _base(contents: Contents, tree: Tree | None = None) -> Tree:
    """What any root needs: the image's user, name look-ups, a place to write."""
    user, _, group = contents.user.partition(":")
    tree = tree or Tree()
    tree.text(
        "/etc/passwd", f"root:x:0:0:root:/:/bin/false\nnonroot:x:{user}:{group}:nonroot:/tmp:/bin/false\n"
    )
    tree.text("/etc/group", f"root:x:0:\nnonroot:x:{group}:\n")
    tree.text("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n")
    for place in ("/dev", "/proc", "/sys"):
        tree.directory(place)  # where the container runtime mounts
    tree.directory("/tmp", 0o1777)  # noqa: S108 - in the image
    return tree


def _base_inputs(contents: Contents) -> str:
    return f"{contents.user} {contents.home} {contents.programs}"


def _machine(program: Path) -> str:
    """Changes with this machine's libraries, as far as a program shows them."""
    libraries = needed_libraries([program])
    return " ".join(
        f"{one.file} {one.file.stat().st_size} {one.file.stat().st_mtime_ns}" for one in libraries
    )


def _site_packages() -> Path:
    return Path(str(distribution("certifi").locate_file("")))
