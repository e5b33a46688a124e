"""`python -m localcloud.aws.regions`: regenerate topology/catalogue/regions.json out of botocore's tables.

botocore's `endpoints.json` says in which region a service has an endpoint, its `partitions.json` which
regions a partition has. A region that is announced only is in the second alone.
"""

from __future__ import annotations

import datetime
import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import botocore

from topology.aws.regions import REGIONS_FILE

__all__ = ["PARTITIONS", "SERVICES", "regions_with_all_services"]

PARTITIONS: Final = ("aws", "aws-cn", "aws-us-gov")
SERVICES: Final = (
    *("kafka", "eks", "ec2", "s3", "kms", "sts", "logs", "monitoring", "sns", "secretsmanager"),
    *("application-autoscaling", "ecs", "servicediscovery", "api.ecr"),
)
"""What the stacks deploy to, by the endpoints' names; IAM is global."""


def regions_with_all_services() -> dict[str, list[str]]:
    """Partition -> its regions with an endpoint of each of SERVICES, sorted."""
    tables = {table["partition"]: table["services"] for table in _table("endpoints")["partitions"]}
    return {
        partition["id"]: sorted(
            region
            for region in partition["regions"]
            if all(region in tables[partition["id"]][service]["endpoints"] for service in SERVICES)
        )
        for partition in _table("partitions")["partitions"]
        if partition["id"] in PARTITIONS
    }


def main() -> None:
    content = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "source": f"botocore {version('botocore')}: partitions.json and endpoints.json",
        "regions": regions_with_all_services(),
    }
    REGIONS_FILE.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"wrote {REGIONS_FILE.name}\n")


def _table(name: str) -> dict[str, Any]:
    file = Path(botocore.__file__).parent / "data" / f"{name}.json"
    table: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return table


if __name__ == "__main__":
    main()
