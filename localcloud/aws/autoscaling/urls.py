"""URL paths of Application Auto Scaling, and the registration of the extension with moto."""

from moto.applicationautoscaling import models as moto_autoscaling
from moto.applicationautoscaling.urls import url_bases

from localcloud.aws.autoscaling.models import TaggedAutoscalingBackend
from localcloud.aws.autoscaling.responses import TaggedAutoscalingResponse

__all__ = ["register", "url_bases", "url_paths"]

url_paths = {"{0}/$": TaggedAutoscalingResponse.dispatch}


def register() -> None:
    """Make moto answer Application Auto Scaling with our backend; before its first such request."""
    moto_autoscaling.applicationautoscaling_backends.backend = TaggedAutoscalingBackend
