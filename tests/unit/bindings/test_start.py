"""What `import bindings` costs and changes, each in a Python of its own."""

import os
import subprocess
import sys

import pytest

from bindings.imports import CHECKOUT


def python(code: str, **environment: str) -> str:
    completed = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "MSK_MIRROR_FULL_BINDINGS": "", **environment},
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert completed.returncode == 0, completed.stderr
    return completed.stdout.strip()


def test_importing_it_imports_none_of_the_slow_packages() -> None:
    """An error in the environment file is answered before cdktf is imported."""
    slow = "{'jsii', 'cdktf', 'constructs', 'typer', 'rich'}"
    assert python(f"import sys, bindings; print({slow} & sys.modules.keys() or 'none')") == "none"


@pytest.mark.parametrize(("switch", "replaced"), [("", "True"), ("1", "False")])
def test_one_variable_leaves_the_packages_as_shipped(switch: str, replaced: str) -> None:
    code = "import sys, bindings; print('cdktf_cdktf_provider_aws' in sys.modules)"
    assert python(code, MSK_MIRROR_FULL_BINDINGS=switch) == replaced


def test_a_package_that_is_imported_already_stays_as_it_is() -> None:
    code = (
        "import sys, types\n"
        "shipped = sys.modules['cdktf_cdktf_provider_helm'] = types.ModuleType('shipped')\n"
        "import bindings\n"
        "print(sys.modules['cdktf_cdktf_provider_helm'] is shipped)"
    )
    assert python(code) == "True"


def test_activating_twice_changes_nothing() -> None:
    code = (
        "import sys, bindings\n"
        "before = list(sys.meta_path)\n"
        "bindings.activate()\n"
        "print(sys.meta_path == before)"
    )
    assert python(code) == "True"
