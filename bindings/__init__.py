"""Loads of the Terraform provider bindings only what this checkout uses. Import it before the bindings.

The packages as shipped cost 20 s and more than 1 GB before the first resource exists: importing any class
of `cdktf_cdktf_provider_aws` imports all of its 2,212 submodules, and Node then requires as many files.
Here a submodule loads alone, and the jsii kernel gets a package that holds no other submodules than those
which `modules/` and `stacks/` import or which are imported before the first construct. The output is the
same, byte by byte; docs/decisions/0001-pruned-bindings.md has the reasons and the figures.

MSK_MIRROR_FULL_BINDINGS=1 leaves everything as shipped.
"""

import os

from bindings.loading import activate

__all__ = ["activate"]

if os.environ.get("MSK_MIRROR_FULL_BINDINGS") != "1":
    activate()
