"""The container images: into archives without a daemon, for the local Kubernetes, or by Docker."""

from localcloud.images.archive import BuiltImage
from localcloud.images.build import build_archive, build_pause
from localcloud.images.errors import ImageError

__all__ = ["BuiltImage", "ImageError", "build_archive", "build_pause"]
