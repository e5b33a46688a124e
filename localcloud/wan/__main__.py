"""The runs of the local cloud on this machine.

python -m localcloud.wan             # list them
python -m localcloud.wan end         # end those that were kept or left over, and remove what is left of them
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from localcloud.kubernetes.leftovers import remove_left_over
from localcloud.wan.runs import end_run, runs

__all__ = ["main"]


def main(arguments: Sequence[str]) -> int:
    """List the runs, or end what has no living owner with its Kubernetes clusters; 2 for any other
    argument."""
    if list(arguments) not in ([], ["end"]):
        sys.stderr.write("usage: python -m localcloud.wan [end]\n")
        return 2
    for run in runs():
        state = "owned by" if run.owned else "left over from" if run.left_over else "kept by"
        sys.stdout.write(f"{run.id}: {len(run.processes)} processes, {state} process {run.owner}\n")
        if arguments and not run.owned:
            end_run(run)
            sys.stdout.write(f"{run.id}: ended\n")
    for name in remove_left_over() if arguments else ():
        sys.stdout.write(f"{name}: directory and control groups of a Kubernetes cluster removed\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
