"""`python -m localcloud.aws --port N`: the emulated AWS account, on loopback, until it is told to end."""

import argparse
import os
import sys

from localcloud.aws.server import DEFAULT_ACCOUNT, LOOPBACK

_MOTO_SETTINGS = {
    # Roles of EKS take AWS's own policies (AmazonEKSClusterPolicy, ...).
    "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
    # No stack starts an instance, and loading the images would slow the first EC2 call.
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
    "MOTO_DISABLE_GLOBAL_CORS": "true",
}


def main() -> None:
    arguments = _parse()
    os.environ.update(_MOTO_SETTINGS, MOTO_ACCOUNT_ID=arguments.account)
    # Imported late: moto reads its settings from the environment while it is imported.
    from werkzeug.serving import make_server  # noqa: PLC0415

    from localcloud.aws.app import EmulatedAwsApplication, PlainLogHandler  # noqa: PLC0415

    server = make_server(
        LOOPBACK,
        arguments.port,
        EmulatedAwsApplication(arguments.account),
        threaded=True,
        request_handler=PlainLogHandler,
        fd=arguments.fd,
    )
    os.environ["MOTO_PORT"] = str(server.port)
    sys.stderr.write(f"emulated AWS account {arguments.account} on http://{LOOPBACK}:{server.port}\n")
    server.serve_forever()


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m localcloud.aws", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: a free one)")
    parser.add_argument("--account", default=DEFAULT_ACCOUNT, help=f"account id (default: {DEFAULT_ACCOUNT})")
    parser.add_argument("--fd", type=int, help="serve on this inherited listening socket instead")
    return parser.parse_args()


if __name__ == "__main__":
    main()
