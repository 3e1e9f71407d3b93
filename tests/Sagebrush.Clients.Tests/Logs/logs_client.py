"""What boto3 users and the SageMaker SDK do with CloudWatch Logs, against AWS_ENDPOINT_URL."""

import time

import boto3
from botocore.exceptions import ClientError

GROUP = "/aws/sagemaker/TrainingJobs"
JOB = "xgboost-2026"


def fails(code, message, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        assert message in error.response["Error"]["Message"], error
        return
    raise AssertionError(f"{code} expected")


def stream_like_the_sdk(logs):
    """The calls the SageMaker SDK makes for `estimator.logs()`: find the streams, then read each from its token."""
    streams = logs.describe_log_streams(
        logGroupName=GROUP, logStreamNamePrefix=JOB + "/", orderBy="LogStreamName", limit=2
    )
    names = [stream["logStreamName"] for stream in streams["logStreams"]]
    while "nextToken" in streams:
        streams = logs.describe_log_streams(
            logGroupName=GROUP,
            logStreamNamePrefix=JOB + "/",
            orderBy="LogStreamName",
            limit=2,
            nextToken=streams["nextToken"],
        )
        names += [stream["logStreamName"] for stream in streams["logStreams"]]

    lines = {}
    for name in names:
        token, lines[name] = None, []
        while True:
            extra = {"nextToken": token} if token else {}
            answer = logs.get_log_events(
                logGroupName=GROUP, logStreamName=name, startTime=0, startFromHead=True, limit=100, **extra
            )
            lines[name] += [event["message"] for event in answer["events"]]
            if answer["nextForwardToken"] == token:
                break
            token = answer["nextForwardToken"]
    return lines


def main():
    logs = boto3.client("logs")
    fails("ResourceNotFoundException", "The specified log group does not exist.",
          logs.describe_log_streams, logGroupName=GROUP)
    logs.create_log_group(logGroupName=GROUP, tags={"team": "ml"})
    fails("ResourceAlreadyExistsException", "already exists", logs.create_log_group, logGroupName=GROUP)
    fails("InvalidParameterException", "logGroupName", logs.create_log_group, logGroupName="not a name!")

    now = int(time.time() * 1000)
    for host in (1, 2, 3):
        stream = f"{JOB}/algo-{host}-1700000000"
        logs.create_log_stream(logGroupName=GROUP, logStreamName=stream)
        logs.put_log_events(
            logGroupName=GROUP,
            logStreamName=stream,
            logEvents=[{"timestamp": now - 250 + i, "message": f"[{host}] line {i} ä"} for i in range(250)],
        )

    lines = stream_like_the_sdk(logs)
    assert len(lines) == 3, lines.keys()
    for host in (1, 2, 3):
        assert lines[f"{JOB}/algo-{host}-1700000000"] == [f"[{host}] line {i} ä" for i in range(250)]

    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=GROUP, logStreamNamePrefix=JOB, filterPattern='"line 24"', PaginationConfig={"PageSize": 7}
    )
    found = [event for page in pages for event in page["events"]]
    numbers = [i for i in range(250) if str(i).startswith("24")]
    expected = sorted(f"[{host}] line {i} ä" for host in (1, 2, 3) for i in numbers)
    assert sorted(event["message"] for event in found) == expected, found
    assert [event["timestamp"] for event in found] == sorted(event["timestamp"] for event in found)
    assert len({event["eventId"] for event in found}) == len(found)

    pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix="/aws/")
    groups = [group for page in pages for group in page["logGroups"]]
    assert [group["logGroupName"] for group in groups] == [GROUP]
    assert groups[0]["storedBytes"] > 0
    assert logs.list_tags_for_resource(resourceArn=groups[0]["logGroupArn"])["tags"] == {"team": "ml"}

    logs.put_retention_policy(logGroupName=GROUP, retentionInDays=30)
    assert logs.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"][0]["retentionInDays"] == 30
    rejected = logs.put_log_events(
        logGroupName=GROUP,
        logStreamName=f"{JOB}/algo-1-1700000000",
        logEvents=[{"timestamp": now - 15 * 24 * 3600 * 1000, "message": "old"}],
    )
    assert rejected["rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 1}, rejected

    logs.delete_log_stream(logGroupName=GROUP, logStreamName=f"{JOB}/algo-3-1700000000")
    assert len(logs.describe_log_streams(logGroupName=GROUP)["logStreams"]) == 2
    logs.delete_log_group(logGroupName=GROUP)
    assert logs.describe_log_groups(logGroupNamePrefix="/aws/")["logGroups"] == []
    print("passed")


main()
