"""The Kubernetes objects of a synthesized stack, as the Terraform provider would send them."""

from operations.manifests.convert import ManifestError, api_objects

__all__ = ["ManifestError", "api_objects"]
