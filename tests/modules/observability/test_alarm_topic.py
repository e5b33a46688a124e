"""AlarmTopic: an SNS topic and its subscriptions."""

from __future__ import annotations

from cdktf import TerraformOutput, TerraformStack

from modules.observability.alarm_topic import AlarmTopic
from tests.modules.synthesized import Stack, synthesized
from tests.synth.stack_json import document, output, resource, resources
from topology.observability.notifications import Notification

KEY = "arn:aws:kms:us-east-1:123456789012:key/1"
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sns:Publish"}]}
SUBSCRIPTION = "aws_sns_topic_subscription"


def topic(*emails: str) -> Stack:
    def build(stack: TerraformStack) -> None:
        notification = Notification("critical", "orders-critical", emails, POLICY)
        made = AlarmTopic(stack, "critical", notification=notification, key_arn=KEY)
        TerraformOutput(stack, "arn", value=made.arn)

    return synthesized(build)


def test_each_address_is_subscribed_by_mail() -> None:
    assert resources(topic("on-call@example.com", "b.c@example.com"), SUBSCRIPTION) == {
        f"critical_{name}": {
            "topic_arn": "${aws_sns_topic.critical.arn}",
            "protocol": "email",
            "endpoint": address,
        }
        for name, address in (
            ("on-call-example-com", "on-call@example.com"),
            ("b-c-example-com", "b.c@example.com"),
        )
    }


def test_a_topic_without_subscribers_is_created_with_key_and_policy() -> None:
    stack = topic()
    assert resources(stack, SUBSCRIPTION) == {}
    assert resource(stack, "aws_sns_topic", "critical") == {
        "name": "orders-critical",
        "kms_master_key_id": KEY,
    }
    policy = resource(stack, "aws_sns_topic_policy", "critical_policy")
    assert document(policy) == POLICY
    assert policy["arn"] == output(stack, "arn") == "${aws_sns_topic.critical.arn}"
