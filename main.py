"""An environment becomes Terraform stacks; MSK_MIRROR_ENV says which one (default: local)."""

import os
import sys

import bindings  # noqa: F401 - first: it decides how the provider packages are loaded
from topology import InvalidEnvironment, load_environment


def main() -> None:
    try:
        environment = load_environment(os.environ.get("MSK_MIRROR_ENV", "local"))
    except InvalidEnvironment as error:
        print(error, file=sys.stderr)  # noqa: T201
        sys.exit(2)

    from stacks.app import build_app  # noqa: PLC0415 - after the check, which needs none of cdktf

    build_app(environment).synth()


if __name__ == "__main__":
    main()
