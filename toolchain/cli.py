"""`python3 -m toolchain`: set up, tell the environment, run a command in it, lock, clean."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import NoReturn

from toolchain import cleaning, environment, relock
from toolchain.host import CHECKOUT, Host, Provided, SetupError, cache_root

NOT_FOUND = 127  # what shells answer for a command that is not there
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; 1 and a sentence on standard error for a step that cannot be done."""
    options = _parser().parse_args(arguments)
    host = Host(
        CHECKOUT, cache_root(os.environ), dict(os.environ), _say, again=getattr(options, "again", False)
    )
    try:
        code: int = options.action(host, options)
    except (SetupError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; the next set-up resumes from here", file=sys.stderr)
        return INTERRUPTED
    return code


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m toolchain", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    setup = commands.add_parser("setup", help="create what is missing, a line for each need")
    setup.set_defaults(action=_setup)
    setup.add_argument("--again", action="store_true", help="ask the PATH and the provider registry again")
    _add_needs(setup, environment.ALL)

    env = commands.add_parser("env", help='print export lines, for eval "$(python3 -m toolchain env)"')
    env.set_defaults(action=_env)
    _add_needs(env, environment.ALL)

    run = commands.add_parser("run", help="run a command in the environment: run [--needs ...] -- CMD ARGS")
    run.set_defaults(action=_run)
    _add_needs(run, ("python",))
    run.add_argument("words", nargs="+", metavar="CMD", help="the command and its arguments, after --")

    lock = commands.add_parser("lock", help="regenerate the lock files of Python, checkov, npm and the jars")
    lock.set_defaults(action=lambda host, options: relock.lock(host, options.which))
    lock.add_argument("which", nargs="*", help=f"any of {', '.join(relock.KINDS)}; all without one")

    clean = commands.add_parser("clean", help="remove what was generated in the checkout")
    clean.set_defaults(action=lambda host, options: cleaning.clean(host, cache_too=options.cache))
    clean.add_argument("--cache", action="store_true", help="and everything that was installed")
    return parser


def _add_needs(parser: argparse.ArgumentParser, default: Sequence[str]) -> None:
    parser.add_argument(
        "--needs",
        type=lambda text: tuple(text.replace(",", " ").split()),
        default=tuple(default),
        help=f"comma separated, of {', '.join(environment.KNOWN)} (default: {', '.join(default)})",
    )


def _setup(host: Host, options: argparse.Namespace) -> int:
    environment.prepare(host, options.needs, lambda provided: print(provided.line(), flush=True))
    return 0


def _env(host: Host, options: argparse.Namespace) -> int:
    provided = environment.prepare(host, options.needs, lambda one: _say(one.line()))
    for name, value in sorted(environment.compose(host, provided, options.needs).items()):
        print(f"export {name}={shlex.quote(value)}")
    return 0


def _run(host: Host, options: argparse.Namespace) -> int:
    environ = dict(host.environ)
    if not environment.is_prepared(host, options.needs):
        environ |= environment.compose(
            host, environment.prepare(host, options.needs, _tell_installed), options.needs
        )
    command = shutil.which(options.words[0], path=environ["PATH"])
    if not command:
        print(f"error: the command {options.words[0]} was not found", file=sys.stderr)
        return NOT_FOUND
    return _become(command, options.words, environ)


def _become(command: str, words: Sequence[str], environ: Mapping[str, str]) -> NoReturn:
    """Let the command take this process over: its signals, exit code and terminal are its own."""
    os.execve(command, list(words), dict(environ))  # noqa: S606 - no shell is wanted


def _tell_installed(provided: Provided) -> None:
    if provided.seconds:
        _say(provided.line())
