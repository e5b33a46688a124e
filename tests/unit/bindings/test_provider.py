import pytest

from bindings.provider import Provider, same_name


def test_packages_and_assemblies_are_named_after_the_provider() -> None:
    assert Provider("aws").package == "cdktf_cdktf_provider_aws"
    assert Provider("aws").assembly == "@cdktf/provider-aws"


@pytest.mark.parametrize(
    "names",
    [
        ("mskCluster", "msk_cluster", "msk-cluster"),
        ("s3TablesTable", "s3_tables_table", "s3tables-table"),
        ("podSecurityPolicyV1Beta1", "pod_security_policy_v1_beta1", "pod-security-policy-v1beta1"),
    ],
)
def test_the_three_names_of_a_submodule_are_one(names: tuple[str, ...]) -> None:
    assert len(set(map(same_name, names))) == 1
