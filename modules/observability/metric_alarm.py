"""A CloudWatch alarm from the topology's description of it."""

from __future__ import annotations

from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import (
    CloudwatchMetricAlarm,
    CloudwatchMetricAlarmMetricQuery,
    CloudwatchMetricAlarmMetricQueryMetric,
)
from constructs import Construct

from topology.observability.alarms import Alarm

__all__ = ["MetricAlarm"]


class MetricAlarm(Construct):
    """Tells the topic when it fires and when it is over."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        alarm: Alarm,
        topic_arn: str,
    ) -> None:
        super().__init__(scope, construct_id)
        single = alarm.queries[0] if alarm.expression is None else None
        self.alarm = CloudwatchMetricAlarm(
            self,
            "Default",
            alarm_name=name,
            alarm_description=alarm.description,
            comparison_operator=alarm.comparison,
            threshold=alarm.threshold,
            evaluation_periods=alarm.periods,
            datapoints_to_alarm=alarm.datapoints_to_alarm,
            treat_missing_data=alarm.missing,
            alarm_actions=[topic_arn],
            ok_actions=[topic_arn],
            namespace=single.metric.namespace if single else None,
            metric_name=single.metric.name if single else None,
            dimensions=dict(single.dimensions) if single else None,
            statistic=single.statistic if single else None,
            period=alarm.seconds if single else None,
            metric_query=None if single else _queries(alarm),
        )


def _queries(alarm: Alarm) -> list[CloudwatchMetricAlarmMetricQuery]:
    return [
        CloudwatchMetricAlarmMetricQuery(
            id="result", expression=alarm.expression, label=alarm.id, return_data=True
        ),
        *(
            CloudwatchMetricAlarmMetricQuery(
                id=query.id,
                return_data=False,
                metric=CloudwatchMetricAlarmMetricQueryMetric(
                    namespace=query.metric.namespace,
                    metric_name=query.metric.name,
                    dimensions=dict(query.dimensions),
                    stat=query.statistic,
                    period=alarm.seconds,
                ),
            )
            for query in alarm.queries
        ),
    ]
