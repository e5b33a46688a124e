"""An AWS account on one machine: moto's server with the operations of Amazon MSK that moto lacks."""

from localcloud.aws.server import EmulatedAws, start_emulated_aws

__all__ = ["EmulatedAws", "start_emulated_aws"]
