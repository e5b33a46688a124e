"""Tags of scalable targets: the AWS provider reads them for each aws_appautoscaling_target."""

from moto.applicationautoscaling.models import ApplicationAutoscalingBackend
from moto.core.exceptions import ServiceException
from moto.utilities.tagging_service import TaggingService


class ResourceNotFoundException(ServiceException):
    code = "ResourceNotFoundException"


class TaggedAutoscalingBackend(ApplicationAutoscalingBackend):
    """ApplicationAutoscalingBackend with tags, kept by the ARN of the scalable target."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.tagger = TaggingService()

    def check_target(self, resource_arn: str) -> None:
        """Raises ResourceNotFoundException unless this is the ARN of a registered target."""
        targets = (target for by_resource in self.targets.values() for target in by_resource.values())
        if not any(target.arn == resource_arn for target in targets):
            raise ResourceNotFoundException(f"The specified resource doesn't exist: {resource_arn}")

    def tag_target(self, resource_arn: str, tags: dict[str, str]) -> None:
        self.tagger.tag_resource(resource_arn, TaggingService.convert_dict_to_tags_input(tags))
