"""The container images: into archives without a daemon, for the local Kubernetes, or by Docker."""

from localcloud.images.archive import BuiltImage
from localcloud.images.build import PAUSE, build_archive, build_pause
from localcloud.images.errors import ImageError

__all__ = ["PAUSE", "BuiltImage", "ImageError", "build_archive", "build_pause"]
