"""observability-R: whom to tell, what to tell, and what to look at."""

from __future__ import annotations

from constructs import Construct

from modules.iam.encryption_key import EncryptionKey
from modules.observability.alarm_topic import AlarmTopic
from modules.observability.dashboard import Dashboard
from modules.observability.log_error_filter import LogErrorFilter
from modules.observability.metric_alarm import MetricAlarm
from stacks.base import RegionStack
from topology.iam.keys import key_policy
from topology.model import Environment
from topology.observability.alarms import alarms
from topology.observability.dashboard import dashboard
from topology.observability.log_groups import ERROR_PATTERN
from topology.observability.metrics import Publisher, metric
from topology.observability.notifications import notifications
from topology.replication.flows import flows_into
from topology.state.outputs import WORKERS_LOG_GROUP

__all__ = ["ObservabilityStack"]


class ObservabilityStack(RegionStack):
    """A topic a severity, the alarms of the region, its error count and its dashboard."""

    def __init__(self, scope: Construct, environment: Environment, region: str) -> None:
        super().__init__(scope, "observability", environment, region)
        key = EncryptionKey(
            self,
            "key",
            alias=self.names.kms_alias("alarms"),
            description=f"Alarm topics of {self.names.prefix}",
            policy=key_policy(environment, region, "alarms"),
            retain=False,  # a topic keeps nothing that would need the key later
        )
        topics = {
            notification.severity: AlarmTopic(
                self, notification.severity, notification=notification, key_arn=key.arn
            )
            for notification in notifications(environment, region)
        }
        for alarm in alarms(environment, region):
            MetricAlarm(
                self,
                f"alarm_{alarm.id}",
                name=self.names.alarm(alarm.id),
                alarm=alarm,
                topic_arn=topics[alarm.severity].arn,
            )
        if flows_into(environment, region):
            self._count_errors()
        board = Dashboard(self, "dashboard", name=self.names.dashboard, body=dashboard(environment, region))
        self.publish({f"{severity}_topic_arn": topic.arn for severity, topic in topics.items()})
        self.publish({"dashboard": board.name})

    def _count_errors(self) -> None:
        """In the workers' log group of each runtime, into the same metric: an alarm on it sees them all."""
        runtime = self.environment.runtime
        publisher = Publisher(self.environment.project, self.environment.environment)
        for construct_id, kind, runs in (
            ("worker_errors", "logs", runtime.eks),
            ("task_errors", "ecs-runtime", runtime.ecs is not None),
        ):
            if runs:
                LogErrorFilter(
                    self,
                    construct_id,
                    log_group=self.read(kind, self.region, WORKERS_LOG_GROUP),
                    pattern=ERROR_PATTERN,
                    metric=publisher.own(metric("log-errors")),
                )
