"""The container images: into archives without a daemon, for the local Kubernetes, or by Docker."""

from image.archive import BuiltImage
from image.build import PAUSE, build_archive, build_pause
from image.errors import ImageError

__all__ = ["PAUSE", "BuiltImage", "ImageError", "build_archive", "build_pause"]
