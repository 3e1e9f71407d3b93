"""Metric filters and live tail of CloudWatch Logs with boto3, against AWS_ENDPOINT_URL."""

import threading
import time

import boto3
from botocore.config import Config

# The SDK would put "streaming-" before the server's address.
logs = boto3.client("logs", config=Config(inject_host_prefix=False))
GROUP, STREAM = "/tail/group", "a/1"

logs.create_log_group(logGroupName=GROUP)
logs.create_log_stream(logGroupName=GROUP, logStreamName=STREAM)
logs.put_metric_filter(logGroupName=GROUP, filterName="slow", filterPattern="{ $.ms > 100 }", metricTransformations=[
    {"metricName": "Slow", "metricNamespace": "Tail", "metricValue": "$.ms", "unit": "Milliseconds"}])
assert [one["filterName"] for one in logs.describe_metric_filters(logGroupName=GROUP)["metricFilters"]] == ["slow"]
matches = logs.test_metric_filter(filterPattern="{ $.ms > 100 }", logEventMessages=['{"ms": 5}', '{"ms": 500}'])["matches"]
assert matches == [{"eventNumber": 2, "eventMessage": '{"ms": 500}', "extractedValues": {"$.ms": "500"}}], matches

arn = logs.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"][0]["arn"].removesuffix(":*")
answer = logs.start_live_tail(logGroupIdentifiers=[arn], logStreamNamePrefixes=["a/"], logEventFilterPattern="{ $.ms > 100 }")
events = iter(answer["responseStream"])
assert next(events)["sessionStart"]["logGroupIdentifiers"] == [arn]


def put(*lines):
    logs.put_log_events(logGroupName=GROUP, logStreamName=STREAM, logEvents=[{"timestamp": int(time.time() * 1000), "message": line} for line in lines])


threading.Timer(0.5, put, ['{"ms": 5}', '{"ms": 300}', '{"ms": 200}']).start()
seen = []
for event in events:
    update = event["sessionUpdate"]
    assert update["sessionMetadata"]["sampled"] is False
    seen += [(one["logStreamName"], one["message"]) for one in update["sessionResults"]]
    if len(seen) >= 2:
        break
assert seen == [(STREAM, '{"ms": 300}'), (STREAM, '{"ms": 200}')], seen
answer["responseStream"].close()

cloudwatch = boto3.client("cloudwatch")
for _ in range(100):
    points = cloudwatch.get_metric_statistics(
        Namespace="Tail", MetricName="Slow", StartTime=time.time() - 600, EndTime=time.time() + 60, Period=3600, Statistics=["Sum", "SampleCount"])["Datapoints"]
    if points:
        break
    time.sleep(0.2)
assert (points[0]["Sum"], points[0]["SampleCount"], points[0]["Unit"]) == (500, 2, "Milliseconds"), points

try:
    logs.start_live_tail(logGroupIdentifiers=["/nobody"])
except logs.exceptions.ResourceNotFoundException:
    pass
else:
    raise AssertionError("a group that is not there was tailed")
print("passed")
