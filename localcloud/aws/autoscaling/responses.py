"""The tag operations of Application Auto Scaling, which moto lacks."""

import json
from typing import cast

from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse

from localcloud.aws.autoscaling.models import TaggedAutoscalingBackend


class TaggedAutoscalingResponse(ApplicationAutoScalingResponse):
    @property
    def applicationautoscaling_backend(self) -> TaggedAutoscalingBackend:
        return cast(TaggedAutoscalingBackend, super().applicationautoscaling_backend)

    def register_scalable_target(self) -> str:
        answer = super().register_scalable_target()
        if tags := self._get_param("Tags"):
            self.applicationautoscaling_backend.tag_target(json.loads(answer)["ScalableTargetARN"], tags)
        return answer

    def list_tags_for_resource(self) -> str:
        tags = self.applicationautoscaling_backend.tagger.get_tag_dict_for_resource(self._target_arn())
        return json.dumps({"Tags": tags})

    def tag_resource(self) -> str:
        self.applicationautoscaling_backend.tag_target(self._target_arn(), self._get_param("Tags"))
        return "{}"

    def untag_resource(self) -> str:
        self.applicationautoscaling_backend.tagger.untag_resource_using_names(
            self._target_arn(), self._get_param("TagKeys")
        )
        return "{}"

    def _target_arn(self) -> str:
        arn = str(self._get_param("ResourceARN"))
        self.applicationautoscaling_backend.check_target(arn)
        return arn
