"""Dashboard: a CloudWatch dashboard."""

from __future__ import annotations

from cdktf import TerraformOutput, TerraformStack

from modules.observability.dashboard import Dashboard
from tests.modules.synthesized import synthesized
from tests.synth.stack_json import document, output, resource


def test_the_body_is_json_that_keeps_references() -> None:
    def build(stack: TerraformStack) -> None:
        first = Dashboard(stack, "first", name="orders-1", body={"widgets": []})
        Dashboard(stack, "second", name="orders-2", body={"widgets": [{"properties": {"title": first.name}}]})
        TerraformOutput(stack, "name", value=first.name)

    stack = synthesized(build)
    reference = "${aws_cloudwatch_dashboard.first.dashboard_name}"
    second = resource(stack, "aws_cloudwatch_dashboard", "second")
    assert second["dashboard_name"] == "orders-2"
    assert document(second, "dashboard_body") == {"widgets": [{"properties": {"title": reference}}]}
    assert output(stack, "name") == reference
