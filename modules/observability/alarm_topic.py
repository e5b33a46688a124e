"""The SNS topic that alarms of a severity go to."""

from __future__ import annotations

import json

from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_policy import SnsTopicPolicy
from cdktf_cdktf_provider_aws.sns_topic_subscription import SnsTopicSubscription
from constructs import Construct

from topology.observability.notifications import Notification, subscription_id

__all__ = ["AlarmTopic"]


class AlarmTopic(Construct):
    """An encrypted topic, its policy, and a subscription for each address. Mail subscriptions stay pending
    until their owner confirms them."""

    def __init__(
        self, scope: Construct, construct_id: str, *, notification: Notification, key_arn: str
    ) -> None:
        super().__init__(scope, construct_id)
        self.topic = SnsTopic(self, "Default", name=notification.topic, kms_master_key_id=key_arn)
        SnsTopicPolicy(self, "policy", arn=self.topic.arn, policy=json.dumps(notification.policy))
        for email in notification.emails:
            SnsTopicSubscription(
                self, subscription_id(email), topic_arn=self.topic.arn, protocol="email", endpoint=email
            )

    @property
    def arn(self) -> str:
        """ARN of the topic."""
        return self.topic.arn
