"""The pruned bindings against the real jsii kernel, each time in a Python of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bindings.imports import CHECKOUT, imported_submodules
from bindings.provider import Provider

SMALL_APP = Path(__file__).with_name("small_app.py")

# An app of the smallest provider: `prepare` runs before the first construct, `later` after it.
HELM_APP = """
import bindings, sys
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_helm.provider import HelmProvider
from cdktf_cdktf_provider_helm.release import Release
{prepare}
app = App(outdir=sys.argv[1])
stack = TerraformStack(app, "helm")
HelmProvider(stack, "helm")
Release(stack, "release", name="r", chart="c")
{later}
app.synth()
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def start(arguments: list[str], cache: Path, full: bool = False) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(CHECKOUT),
        "MSK_MIRROR_CACHE": str(cache),
        "MSK_MIRROR_FULL_BINDINGS": "1" if full else "",
    }
    return subprocess.Popen(
        [sys.executable, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> tuple[str, list[str]]:
    """What it printed, and the lines in which the bindings explained themselves."""
    printed, errors = process.communicate()
    assert process.returncode == 0, errors
    return printed, [line for line in errors.splitlines() if line.startswith("bindings:")]


def run(arguments: list[str], cache: Path, full: bool = False) -> tuple[str, list[str]]:
    return finish(start(arguments, cache, full))


def helm_app(outdir: Path, prepare: str = "", later: str = "") -> list[str]:
    return ["-c", HELM_APP.format(prepare=prepare, later=later), str(outdir)]


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_pruned_and_shipped_packages_give_the_same_output(tmp_path: Path) -> None:
    """With DynamodbTable, which no stack uses: it is packed along, as the first run says."""
    cache = tmp_path / "cache"
    assert "dynamodb_table" not in imported_submodules(Provider("aws"))

    _, first = run([str(SMALL_APP), str(tmp_path / "first")], cache)
    _, second = run([str(SMALL_APP), str(tmp_path / "second")], cache)
    _, full = run([str(SMALL_APP), str(tmp_path / "full")], cache, full=True)

    shipped = files(tmp_path / "full")
    assert {"manifest.json", "stacks/aws/cdk.tf.json"} <= shipped.keys()
    assert files(tmp_path / "first") == shipped
    assert files(tmp_path / "second") == shipped
    assert json.loads(shipped["stacks/aws/cdk.tf.json"])["resource"]["aws_dynamodb_table"]
    assert len(first) == 3
    assert all("packed" in line for line in first)
    assert (second, full) == ([], [])


def test_two_processes_that_pack_at_once_both_succeed(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    both = [start(helm_app(tmp_path / name), cache) for name in ("one", "other")]
    for process in both:
        finish(process)

    assert files(tmp_path / "one") == files(tmp_path / "other")
    (packed,) = (cache / "bindings").iterdir()
    assert packed.suffix == ".tgz"


def test_a_damaged_file_in_the_cache_is_replaced(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    run(helm_app(tmp_path / "before"), cache)
    (packed,) = (cache / "bindings").iterdir()
    packed.write_bytes(packed.read_bytes()[:1000])

    _, said = run(helm_app(tmp_path / "after"), cache)
    assert len(said) == 1
    assert "its file in the cache was damaged" in said[0]
    assert files(tmp_path / "after") == files(tmp_path / "before")


def test_where_packing_fails_the_shipped_package_serves(tmp_path: Path) -> None:
    no_folder = tmp_path / "file"
    no_folder.touch()

    _, said = run(helm_app(tmp_path / "out"), no_folder)
    assert len(said) == 1
    assert "is loaded as shipped, which is slow" in said[0]
    assert "stacks/helm/cdk.tf.json" in files(tmp_path / "out")


def test_a_changed_set_of_imports_gets_its_own_package(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    run(helm_app(tmp_path / "one"), cache)
    extra = "from cdktf_cdktf_provider_helm import data_helm_template"
    _, said = run(helm_app(tmp_path / "other", prepare=extra), cache)

    assert len(said) == 1
    assert len(list((cache / "bindings").iterdir())) == 2


def test_only_what_is_imported_is_loaded(cache: Path, tmp_path: Path) -> None:
    show = "print(*sorted(name for name in sys.modules if name.startswith('cdktf_cdktf_provider_helm.')))"
    pruned, _ = run(helm_app(tmp_path / "pruned", later=show), cache)
    shipped, _ = run(helm_app(tmp_path / "shipped", later=show), cache, full=True)

    assert "cdktf_cdktf_provider_helm.data_helm_template" not in pruned
    assert "cdktf_cdktf_provider_helm.data_helm_template" in shipped


def test_submodules_are_attributes_of_the_package_as_in_the_shipped_one(cache: Path, tmp_path: Path) -> None:
    use = (
        "import cdktf_cdktf_provider_helm as helm\n"
        "print(helm.data_helm_template.DataHelmTemplate.TF_RESOURCE_TYPE, hasattr(helm, 'no_such_module'))"
    )
    printed, _ = run(helm_app(tmp_path / "out", prepare=use), cache)
    assert printed.split() == ["helm_template", "False"]


def test_types_are_checked_as_in_the_shipped_packages(cache: Path, tmp_path: Path) -> None:
    """At the second call as well, which finds the type hints of the first."""
    wrong = (
        "for name in ('first', 'second'):\n"
        "    try:\n"
        "        Release(stack, name, name=7, chart='c')\n"
        "    except TypeError as error:\n"
        "        print(error)"
    )
    pruned, _ = run(helm_app(tmp_path / "pruned", later=wrong), cache)
    shipped, _ = run(helm_app(tmp_path / "shipped", later=wrong), cache, full=True)

    assert pruned.splitlines() == ["type of argument name must be str; got int instead"] * 2
    assert pruned == shipped


def test_an_import_that_comes_too_late_says_what_to_do(cache: Path, tmp_path: Path) -> None:
    late = "from cdktf_cdktf_provider_helm.data_helm_template import DataHelmTemplate"
    process = start(helm_app(tmp_path / "out", later=late), cache)
    _, errors = process.communicate()

    assert process.returncode == 1
    last = errors.splitlines()[-1]
    assert last.startswith(
        "ImportError: cdktf_cdktf_provider_helm.data_helm_template is imported after the first"
    )
    assert "Import it at the top of a file, or set MSK_MIRROR_FULL_BINDINGS=1." in last


def test_a_module_that_does_not_exist_is_reported_by_python(cache: Path, tmp_path: Path) -> None:
    late = "import cdktf_cdktf_provider_helm.no_such_module"
    process = start(helm_app(tmp_path / "out", later=late), cache)
    _, errors = process.communicate()
    assert errors.splitlines()[-1] == (
        "ModuleNotFoundError: No module named 'cdktf_cdktf_provider_helm.no_such_module'"
    )
