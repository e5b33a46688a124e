"""What every stack has: the AWS provider, tags and a backend in the bucket of its own region."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import jsii
from cdktf import DataTerraformRemoteStateS3, S3Backend, TerraformElement, TerraformOutput, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderDefaultTags
from constructs import Construct, Node

from topology.aws.names import Names
from topology.model import Environment
from topology.state.stacks import stack_name, state_address

__all__ = ["RegionStack"]

REQUIRED_TERRAFORM = ">= 1.10"  # the first with S3 lock files (use_lockfile)


class RegionStack(TerraformStack):
    """A stack of one kind in one region: one Terraform state, in the bucket of its region.

    The address of a resource is its path of construct ids below the stack, joined by `_`; the id `Default`
    is left out and marks the resource that a construct is named after: `aws_msk_cluster.cluster`,
    `aws_kms_alias.key_alias`. Ids are the state's contract: changing one replaces the resource.
    """

    def __init__(self, scope: Construct, kind: str, environment: Environment, region: str) -> None:
        super().__init__(scope, stack_name(kind, region))
        self._own_path = self.node.path  # asked of Node once: every address is made from it
        self.kind = kind
        self.environment = environment
        self.region = region
        self.settings = environment.regions[region]
        self.names = Names(environment, region)
        self.add_override("terraform.required_version", REQUIRED_TERRAFORM)
        self.aws = self.aws_provider(region)
        self._backend()
        if kind != "state":
            self._deploy_after(stack_name("state", region))  # which makes the bucket of the backend
        self._remote: dict[str, DataTerraformRemoteStateS3] = {}

    def aws_provider(self, region: str, alias: str | None = None) -> AwsProvider:
        """The AWS provider for a region; give an alias for a second one in the same stack."""
        provider = AwsProvider(
            self,
            f"aws-{alias}" if alias else "aws",
            region=region,
            alias=alias,
            allowed_account_ids=[self.environment.account],
            default_tags=[AwsProviderDefaultTags(tags=self.names.tags)],
        )
        version = os.environ.get("MSK_MIRROR_AWS_PROVIDER_VERSION")
        if version:  # a mirror has another version than the bindings name
            self.add_override("terraform.required_providers.aws.version", version)
        return provider

    def publish(self, outputs: Mapping[str, str | Sequence[str]]) -> None:
        """Outputs that other stacks and people read: `terraform output` shows them under these names."""
        for name, value in outputs.items():
            output = TerraformOutput(
                self, f"output-{name}", value=value if isinstance(value, str) else list(value), static_id=True
            )
            output.override_logical_id(name)

    def read(self, kind: str, region: str, output: str) -> str:
        """Output of another stack, by remote state; that stack has to be deployed before this one."""
        return self._remote_state(kind, region).get_string(output)

    def read_list(self, kind: str, region: str, output: str) -> list[str]:
        """The same for an output that is a list of strings."""
        return self._remote_state(kind, region).get_list(output)

    @jsii.member(jsii_name="allocateLogicalId")
    def _allocate_logical_id(self, tf_element: Node | TerraformElement) -> str:
        """The address of an element, see above; cdktf's own ends in a hash."""
        node = tf_element if isinstance(tf_element, Node) else tf_element.node
        below_the_stack = node.path.removeprefix(f"{self._own_path}/")
        return "_".join(step for step in below_the_stack.split("/") if step != "Default")

    def _remote_state(self, kind: str, region: str) -> DataTerraformRemoteStateS3:
        name = stack_name(kind, region)
        if name not in self._remote:
            address = state_address(self.environment, kind, region)
            self._remote[name] = DataTerraformRemoteStateS3(
                self, name, bucket=address.bucket, key=address.key, region=address.region
            )
            self._deploy_after(name)
        return self._remote[name]

    def _deploy_after(self, name: str) -> None:
        other = self.node.root.node.try_find_child(name)
        if isinstance(other, TerraformStack):
            self.add_dependency(other)

    def _backend(self) -> None:
        address = state_address(self.environment, self.kind, self.region)
        backend = S3Backend(self, bucket=address.bucket, key=address.key, region=address.region)
        # `encrypt` is left out on purpose: without a key it asks for AES256, and so overrides the bucket's
        # default, the customer managed key (Terraform documentation, backend "s3", encrypt)
        # no typed argument in cdktf 0.21 (hashicorp/terraform-cdk#3834); DynamoDB locking is deprecated
        backend.add_override("use_lockfile", True)
