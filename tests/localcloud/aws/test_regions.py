"""The committed list of regions is that of the botocore in use, and CloudFormation agrees with it."""

from __future__ import annotations

import pytest
from cfnlint.helpers import REGIONS

from localcloud.aws.regions import PARTITIONS, regions_with_all_services
from topology.aws.regions import list_date, regions_of


def test_the_committed_regions_are_botocores() -> None:
    committed = {partition: sorted(regions_of(partition)) for partition in PARTITIONS}
    assert committed == regions_with_all_services(), "run `make catalogue`"
    assert list_date() >= "2026-11-27"


@pytest.mark.parametrize("partition", PARTITIONS)
def test_cloudformation_knows_every_region_of_the_list(partition: str) -> None:
    assert regions_of(partition) <= set(REGIONS)


def test_a_region_that_is_only_announced_is_not_in_the_list() -> None:
    """botocore's partitions name it, and no service has an endpoint there."""
    assert "me-west-1" not in regions_of("aws")
