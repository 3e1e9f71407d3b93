"""What boto3 users do with alarms, dashboards and pictures of metrics, against AWS_ENDPOINT_URL."""

import datetime
import json
import struct
import sys
import time

import boto3
from botocore.exceptions import ClientError

cloudwatch = boto3.client("cloudwatch")
sns = boto3.client("sns")
NOW = datetime.datetime.now(datetime.timezone.utc)


def fails(code, message, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        assert message in error.response["Error"]["Message"], error
        return
    raise AssertionError(f"{code} expected")


def until(condition, what):
    for _ in range(400):
        found = condition()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError(what)


def alarm(name, **changes):
    return {
        "AlarmName": name, "Namespace": "App", "MetricName": "Errors", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1, "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold", **changes,
    }


def states(*names):
    found = cloudwatch.describe_alarms(AlarmNames=list(names), AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    return {one["AlarmName"]: one["StateValue"] for one in found["MetricAlarms"] + found["CompositeAlarms"]}


def alarms():
    topic = sns.create_topic(Name="alarms")["TopicArn"]
    cloudwatch.put_metric_alarm(**alarm("errors", AlarmActions=[topic], AlarmDescription="too many", Tags=[{"Key": "team", "Value": "a"}]))
    cloudwatch.put_metric_alarm(**alarm("quiet", MetricName="Nothing", TreatMissingData="notBreaching"))
    cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule='ALARM("errors") AND NOT ALARM(quiet)', OKActions=[topic])

    # The minute before this one is the newest that is whole.
    cloudwatch.put_metric_data(Namespace="App", MetricData=[
        {"MetricName": "Errors", "Value": 3, "Timestamp": NOW - datetime.timedelta(minutes=minutes)} for minutes in (0, 1, 2)])
    cloudwatch.put_metric_alarm(**alarm("errors", AlarmActions=[topic], AlarmDescription="too many"))
    until(lambda: states("errors", "quiet", "both") == {"errors": "ALARM", "quiet": "OK", "both": "ALARM"}, f"not the states expected: {states('errors', 'quiet', 'both')}")
    errors = cloudwatch.describe_alarms(AlarmNames=["errors"])["MetricAlarms"][0]
    assert errors["StateReason"].startswith("Threshold Crossed: 1 out of the last 1 datapoints [3.0 ("), errors
    assert json.loads(errors["StateReasonData"])["recentDatapoints"] == [3.0], errors
    history = until(
        lambda: [item for item in cloudwatch.describe_alarm_history(AlarmName="errors", HistoryItemType="Action")["AlarmHistoryItems"]], "no action in the history")
    assert history[0]["HistorySummary"] == f"Successfully executed action {topic}", history
    items = cloudwatch.describe_alarm_history(AlarmName="errors", ScanBy="TimestampAscending")["AlarmHistoryItems"]
    assert items[0]["HistorySummary"] == 'Alarm "errors" created', items

    assert [one["AlarmName"] for one in cloudwatch.describe_alarms_for_metric(Namespace="App", MetricName="Errors")["MetricAlarms"]] == ["errors"]
    assert cloudwatch.describe_alarms(StateValue="OK")["MetricAlarms"][0]["AlarmName"] == "quiet"
    assert cloudwatch.describe_alarms(ChildrenOfAlarmName="both")["MetricAlarms"][0]["AlarmName"] == "errors"
    assert cloudwatch.list_tags_for_resource(ResourceARN=errors["AlarmArn"])["Tags"] == [{"Key": "team", "Value": "a"}]
    cloudwatch.tag_resource(ResourceARN=errors["AlarmArn"], Tags=[{"Key": "team", "Value": "b"}, {"Key": "x", "Value": ""}])
    cloudwatch.untag_resource(ResourceARN=errors["AlarmArn"], TagKeys=["x"])
    assert cloudwatch.list_tags_for_resource(ResourceARN=errors["AlarmArn"])["Tags"] == [{"Key": "team", "Value": "b"}]

    for i in range(7):
        cloudwatch.put_metric_alarm(
            AlarmName=f"page-{i}", EvaluationPeriods=1, Threshold=250, ComparisonOperator="GreaterThanThreshold", Metrics=[
                {"Id": "m", "MetricStat": {"Metric": {"Namespace": "App", "MetricName": "Errors"}, "Period": 60, "Stat": "Sum"}, "ReturnData": False},
                {"Id": "e", "Expression": "m * 100", "Label": "percent"}])
    pages = list(cloudwatch.get_paginator("describe_alarms").paginate(AlarmNamePrefix="page-", PaginationConfig={"PageSize": 3}))
    assert [one["AlarmName"] for page in pages for one in page["MetricAlarms"]] == [f"page-{i}" for i in range(7)] and len(pages) == 3, pages
    until(lambda: states("page-0") == {"page-0": "ALARM"}, "the alarm over an expression is not in ALARM")

    cloudwatch.set_alarm_state(AlarmName="page-1", StateValue="OK", StateReason="by hand", StateReasonData='{"why": 1}')
    cloudwatch.disable_alarm_actions(AlarmNames=["page-1", "nobody"])
    assert cloudwatch.describe_alarms(AlarmNames=["page-1"])["MetricAlarms"][0]["ActionsEnabled"] is False

    fails("ValidationError", "ComparisonOperator", cloudwatch.put_metric_alarm, AlarmName="x", Namespace="n", MetricName="m", Statistic="Sum", Period=60, EvaluationPeriods=1, Threshold=1)
    fails("ValidationError", "Anomaly", cloudwatch.put_metric_alarm, **alarm("x", ComparisonOperator="GreaterThanUpperThreshold"))
    fails("ValidationError", "a day", cloudwatch.put_metric_alarm, **alarm("x", EvaluationPeriods=1441))
    fails("ValidationError", "DatapointsToAlarm", cloudwatch.put_metric_alarm, **alarm("x", DatapointsToAlarm=2))
    fails("ValidationError", "TreatMissingData", cloudwatch.put_metric_alarm, **alarm("x", TreatMissingData="never"))
    fails("ValidationError", "arn", cloudwatch.put_metric_alarm, **alarm("x", AlarmActions=["not-an-arn"]))
    fails("ValidationError", "valid expression", cloudwatch.put_composite_alarm, AlarmName="x", AlarmRule="ALARM(")
    fails("ValidationError", "do not exist", cloudwatch.put_composite_alarm, AlarmName="x", AlarmRule="ALARM(nobody)")
    fails("ResourceNotFound", "nobody", cloudwatch.set_alarm_state, AlarmName="nobody", StateValue="OK", StateReason="r")
    fails("ResourceNotFound", "nobody", cloudwatch.delete_alarms, AlarmNames=["errors", "nobody"])
    fails("InvalidNextToken", "NextToken", cloudwatch.describe_alarms, NextToken="x")
    cloudwatch.delete_alarms(AlarmNames=["errors", "quiet", "both"] + [f"page-{i}" for i in range(7)])
    assert states("errors", "both") == {}


def dashboards():
    body = json.dumps({"widgets": [{"type": "metric", "properties": {"metrics": [["App", "Errors"]]}}, {"properties": {}}]})
    messages = cloudwatch.put_dashboard(DashboardName="main", DashboardBody=body)["DashboardValidationMessages"]
    assert [message["DataPath"] for message in messages] == ["/widgets/1/type"], messages
    got = cloudwatch.get_dashboard(DashboardName="main")
    assert got["DashboardBody"] == body and got["DashboardArn"].endswith("dashboard/main"), got
    listed = cloudwatch.list_dashboards(DashboardNamePrefix="ma")["DashboardEntries"]
    assert [(one["DashboardName"], one["Size"]) for one in listed] == [("main", len(body))], listed
    fails("InvalidParameterInput", "JSON", cloudwatch.put_dashboard, DashboardName="bad", DashboardBody="{")
    fails("InvalidParameterInput", "widgets", cloudwatch.put_dashboard, DashboardName="bad", DashboardBody="{}")
    fails("ResourceNotFound", "bad", cloudwatch.get_dashboard, DashboardName="bad")
    cloudwatch.delete_dashboards(DashboardNames=["main"])
    fails("ResourceNotFound", "main", cloudwatch.delete_dashboards, DashboardNames=["main"])


def picture():
    import math
    start = NOW.replace(second=0, microsecond=0) - datetime.timedelta(hours=2)
    for name, height in [("A", 40), ("B", 25)]:
        cloudwatch.put_metric_data(Namespace="Shop", MetricData=[
            {"MetricName": "Latency", "Dimensions": [{"Name": "EndpointName", "Value": name}], "Unit": "Milliseconds",
             "Timestamp": start + datetime.timedelta(minutes=i), "Value": height + 15 * math.sin(i / 9) + i % 7} for i in range(118) if not 60 < i < 66])
    widget = {
        "title": "Latency of two endpoints", "width": 800, "height": 420, "start": "-PT2H", "end": "P0D", "period": 60, "stat": "Average",
        "metrics": [
            ["Shop", "Latency", "EndpointName", "A", {"label": "A: ${LAST} ms", "id": "a"}],
            ["...", "B", {"id": "b"}],
            [{"expression": "RATE(a) * 60", "label": "change a minute", "yAxis": "right", "color": "#7f7f7f"}],
        ],
        "yAxis": {"left": {"min": 0, "label": "milliseconds"}, "right": {"label": "a minute"}},
        "annotations": {"horizontal": [{"value": 60, "label": "limit", "fill": "above"}], "vertical": [{"value": (NOW - datetime.timedelta(minutes=40)).isoformat(), "label": "deployment"}]},
    }
    for i, change in enumerate([{}, {"stacked": True, "theme": "dark"}, {"view": "bar"}, {"view": "pie", "legend": {"position": "right"}}, {"view": "singleValue", "height": 120}]):
        image = cloudwatch.get_metric_widget_image(MetricWidget=json.dumps({**widget, **change}))["MetricWidgetImage"]
        assert image[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">II", image[16:24]) == (800, change.get("height", 420)), image[:30]
        if len(sys.argv) > 1:
            open(f"{sys.argv[1]}/{i}.png", "wb").write(image)
    for text, message in [("{", "JSON"), ("[]", "object"), ('{"metrics": 5}', "metrics"), ('{"metrics": [["a"]]}', "namespace"), ('{"metrics": [[".", "."]]}', "nothing there"),
                          ('{"metrics": [], "width": 100000}', "width"), ('{"metrics": [], "view": "globe"}', "view"), ('{"metrics": [], "start": "soon"}', "start"),
                          ('{"metrics": [], "width": 5, "height": 5}', "too small"), ('{"metrics": [[{"expression": "x +"}]]}', "ends too early")]:
        fails("ValidationError", message, cloudwatch.get_metric_widget_image, MetricWidget=text)


alarms()
dashboards()
picture()
print("passed")
