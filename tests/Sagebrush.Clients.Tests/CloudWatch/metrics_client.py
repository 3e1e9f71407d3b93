"""What boto3 users do with CloudWatch metrics, in each protocol the service speaks, against AWS_ENDPOINT_URL."""

import datetime
import json
import os
import urllib.error
import urllib.request

import boto3
import botocore.loaders
import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ClientError

NOW = datetime.datetime.now(datetime.timezone.utc)
START = NOW.replace(second=0, microsecond=0) - datetime.timedelta(minutes=30)
MINUTE = datetime.timedelta(minutes=1)


def client(protocol=None):
    """A client that speaks one protocol: the model's list is cut down to it."""
    session = botocore.session.get_session()
    if protocol:
        loader = botocore.loaders.create_loader()
        load = loader.load_service_model

        def cut(service, kind, api_version=None):
            model = load(service, kind, api_version)
            if service == "cloudwatch" and kind == "service-2":
                model = {**model, "metadata": {**model["metadata"], "protocol": protocol, "protocols": [protocol]}}
            return model

        loader.load_service_model = cut
        session.register_component("data_loader", loader)
    return session.create_client("cloudwatch")


def fails(code, message, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        assert message in error.response["Error"]["Message"], error
        return
    raise AssertionError(f"{code} expected")


def one_protocol(cloudwatch, space):
    dimensions = [{"Name": "EndpointName", "Value": "churn"}, {"Name": "VariantName", "Value": "A"}]
    cloudwatch.put_metric_data(
        Namespace=space,
        MetricData=[
            {"MetricName": "Latency", "Dimensions": dimensions, "Timestamp": START, "Values": [10.0, 20.0, 1000.0], "Counts": [50, 49, 1], "Unit": "Microseconds"},
            {"MetricName": "Latency", "Dimensions": dimensions[::-1], "Timestamp": START + MINUTE, "Value": 7, "Unit": "Microseconds"},
            {"MetricName": "Set", "Timestamp": START, "StatisticValues": {"SampleCount": 4, "Sum": 10, "Minimum": 1, "Maximum": 4}},
        ],
    )
    answer = cloudwatch.get_metric_statistics(
        Namespace=space, MetricName="Latency", Dimensions=dimensions, StartTime=START, EndTime=NOW, Period=60,
        Statistics=["SampleCount", "Sum", "Average", "Minimum", "Maximum"],
    )
    first, second = sorted(answer["Datapoints"], key=lambda point: point["Timestamp"])
    assert answer["Label"] == "Latency", answer
    assert (first["SampleCount"], first["Sum"], first["Minimum"], first["Maximum"], first["Unit"]) == (100, 2480, 10, 1000, "Microseconds"), first
    assert first["Timestamp"] == START and abs(first["Average"] - 24.8) < 1e-9, first
    assert second["Sum"] == 7, second
    answer = cloudwatch.get_metric_statistics(
        Namespace=space, MetricName="Latency", Dimensions=dimensions, StartTime=START, EndTime=START + MINUTE, Period=60,
        ExtendedStatistics=["p50", "p99", "p100", "tm99", "TC(15:)"],
    )
    extended = answer["Datapoints"][0]["ExtendedStatistics"]
    assert extended == {"p50": 10, "p99": 20, "p100": 1000, "tm99": 1480 / 99, "TC(15:)": 50}, extended
    answer = cloudwatch.get_metric_statistics(
        Namespace=space, MetricName="Set", StartTime=START, EndTime=NOW, Period=3600, ExtendedStatistics=["p50"])
    assert all("ExtendedStatistics" not in point or not point["ExtendedStatistics"] for point in answer["Datapoints"]), answer

    listed = cloudwatch.list_metrics(Namespace=space)["Metrics"]
    assert [metric["MetricName"] for metric in listed] == ["Latency", "Set"], listed
    assert listed[0]["Dimensions"] == dimensions, listed
    assert cloudwatch.list_metrics(Namespace=space, Dimensions=[{"Name": "VariantName", "Value": "B"}])["Metrics"] == []

    stat = {"Metric": {"Namespace": space, "MetricName": "Latency", "Dimensions": dimensions}, "Period": 60, "Stat": "Sum"}
    queries = [
        {"Id": "sum", "MetricStat": stat, "Label": "total ${MAX} of ${PROP('Dim.EndpointName')}"},
        {"Id": "count", "MetricStat": {**stat, "Stat": "SampleCount"}, "ReturnData": False},
        {"Id": "mean", "Expression": "sum / count"},
        {"Id": "filled", "Expression": "FILL(METRICS('coun'), 0)", "Label": "calls"},
        {"Id": "found", "Expression": "SEARCH('{%s,EndpointName,VariantName} MetricName=\"Latency\" churn', 'Maximum', 60)" % space},
        {"Id": "steps", "Expression": "IF(sum > 100, RUNNING_SUM(sum), -1 * ABS(DIFF(sum)))"},
    ]
    answer = cloudwatch.get_metric_data(MetricDataQueries=queries, StartTime=START, EndTime=START + 5 * MINUTE, ScanBy="TimestampAscending")
    results = {result["Id"]: result for result in answer["MetricDataResults"]}
    assert results["sum"]["Values"] == [2480, 7] and results["sum"]["StatusCode"] == "Complete", results["sum"]
    assert results["sum"]["Label"] == "total 2480 of churn", results["sum"]
    assert results["sum"]["Timestamps"] == [START, START + MINUTE], results["sum"]
    assert results["mean"]["Values"] == [24.8, 7] and results["mean"]["Label"] == "mean", results["mean"]
    assert results["filled"]["Values"] == [100, 1, 0, 0, 0], results["filled"]
    assert results["found"]["Values"] == [1000, 7], results["found"]
    assert results["steps"]["Values"] == [2480, -2473], results["steps"]
    assert "count" not in results

    newest_first = cloudwatch.get_metric_data(MetricDataQueries=queries[:1], StartTime=START, EndTime=NOW)
    assert newest_first["MetricDataResults"][0]["Values"] == [7, 2480]
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=queries, StartTime=START, EndTime=START + 5 * MINUTE, ScanBy="TimestampAscending", MaxDatapoints=3)
    values = [value for page in pages for result in page["MetricDataResults"] for value in result["Values"]]
    assert values == [value for result in answer["MetricDataResults"] for value in result["Values"]], values


def refusals(cloudwatch):
    def put(**datum):
        return {"Namespace": "Bad", "MetricData": [{"MetricName": "m", **datum}]}

    fails("InvalidParameterValue", "MetricData.member.1.Value is invalid", cloudwatch.put_metric_data, **put(Value=float("nan")))
    fails("InvalidParameterValue", "MetricData.member.1.Value is invalid", cloudwatch.put_metric_data, **put(Value=float("inf")))
    fails("InvalidParameterValue", "out of range", cloudwatch.put_metric_data, **put(Value=1e300))
    fails("InvalidParameterValue", "two weeks", cloudwatch.put_metric_data, **put(Value=1, Timestamp=NOW - datetime.timedelta(days=15)))
    fails("InvalidParameterValue", "two hours", cloudwatch.put_metric_data, **put(Value=1, Timestamp=NOW + datetime.timedelta(hours=3)))
    fails("InvalidParameterValue", "same size", cloudwatch.put_metric_data, **put(Values=[1, 2], Counts=[1]))
    fails("InvalidParameterCombination", "mutually exclusive", cloudwatch.put_metric_data, **put(Value=1, Values=[1]))
    fails("MissingParameter", "At least one", cloudwatch.put_metric_data, **put())
    fails("MissingParameter", "MetricData", cloudwatch.put_metric_data, Namespace="Bad")
    fails("InvalidParameterValue", "StorageResolution", cloudwatch.put_metric_data, **put(Value=1, StorageResolution=7))
    fails("InvalidParameterValue", "twice", cloudwatch.put_metric_data, **put(Value=1, Dimensions=[{"Name": "a", "Value": "1"}, {"Name": "a", "Value": "2"}]))
    assert cloudwatch.list_metrics(Namespace="Bad")["Metrics"] == []

    statistics = {"Namespace": "Bad", "MetricName": "m", "StartTime": START, "EndTime": NOW, "Period": 60}
    fails("InvalidParameterCombination", "1440", cloudwatch.get_metric_statistics, **{**statistics, "StartTime": NOW - datetime.timedelta(days=3)}, Statistics=["Sum"])
    fails("InvalidParameterValue", "StartTime", cloudwatch.get_metric_statistics, **{**statistics, "EndTime": START}, Statistics=["Sum"])
    fails("InvalidParameterValue", "Period", cloudwatch.get_metric_statistics, **{**statistics, "Period": 61}, Statistics=["Sum"])
    fails("MissingParameter", "Statistics", cloudwatch.get_metric_statistics, **statistics)
    fails("InvalidParameterValue", "p101", cloudwatch.get_metric_statistics, **statistics, ExtendedStatistics=["p101"])

    def data(*expressions, **more):
        queries = [{"Id": f"e{i}", "Expression": expression} for i, expression in enumerate(expressions)]
        return {"MetricDataQueries": queries, "StartTime": START, "EndTime": NOW, **more}

    for expression, message in [
        ("m1 +", "ends too early"), ("nothing * 2", "Undefined identifier: nothing"), ("e0 + 1", "refers to itself"), ("1 + 2", "must be a time series"),
        ("ANOMALY_DETECTION_BAND(METRICS())", "not available"), ("FOO(1)", "no function FOO"), ("(" * 500 + "1", "nesting"), ("RATE(5)", "does not take"),
    ]:
        fails("ValidationError", message, cloudwatch.get_metric_data, **data(expression))
    fails("ValidationError", "refers to itself", cloudwatch.get_metric_data, **data("e1 * 2", "e0 * 2"))
    fails("InvalidNextToken", "NextToken", cloudwatch.get_metric_data, **data("FILL(METRICS(), 0)", NextToken="bm9uc2Vuc2U"))


def raw(headers, body, path="/"):
    """A signed request that no model has seen."""
    session = botocore.session.get_session()
    request = AWSRequest("POST", os.environ["AWS_ENDPOINT_URL"] + path, data=body, headers=headers)
    SigV4Auth(session.get_credentials(), "monitoring", "us-east-1").add_auth(request)
    prepared = request.prepare()
    try:
        with urllib.request.urlopen(urllib.request.Request(prepared.url, body, dict(prepared.headers), method="POST")) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def hostile():
    json_headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "GraniteServiceVersion20100801.PutMetricData"}
    for body in [b"", b"[]", b"{", b'{"Namespace": 5}', b'{"Namespace": "a", "MetricData": [{"MetricName": "m", "Value": 1, "Timestamp": "yesterday"}]}',
                 b'{"Namespace": "a", "MetricData": [{"MetricName": "m", "Value": 1, "Timestamp": 1e300}]}', b'{"Namespace": "a", "MetricData": [null]}',
                 b'{"Namespace": ":a", "MetricData": [{"MetricName": "m", "Value": 1}]}', b'{"Namespace": "a", "MetricData": [{"MetricName": "m", "Value": "NaN"}]}']:
        status, answer = raw(json_headers, body)
        assert status == 400, (body, status, answer)
    status, answer = raw({"Content-Type": "application/x-www-form-urlencoded"}, b"Action=PutMetricData&Version=2010-08-01&Namespace=a&MetricData.member.1.MetricName=m&MetricData.member.1.Value=1&MetricData.member.1.Timestamp=never")
    assert status == 400 and b"MalformedInput" in answer or b"Error" in answer, (status, answer)
    cbor = {"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}
    for body in [b"", b"\xff", b"\xbf", b"\xa1aN\x00", b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff", bytes([0x81] * 5000)]:
        status, answer = raw(cbor, body, "/service/GraniteServiceVersion20100801/operation/PutMetricData")
        assert status == 400, (body, status, answer)
    status, answer = raw({"Content-Type": "application/grpc"}, b"\0\0\0\0\0")
    assert 400 <= status < 500, (status, answer)
    status, answer = raw({"X-Amz-Target": "GraniteServiceVersion20100801.Nothing"}, b"{}")
    assert 400 <= status < 500, (status, answer)


one_protocol(client("query"), "Query")
one_protocol(client("json"), "Json")
one_protocol(client("smithy-rpc-v2-cbor"), "Cbor")
one_protocol(boto3.client("cloudwatch"), "Default")
for protocol in ["query", "json", "smithy-rpc-v2-cbor"]:
    refusals(client(protocol))
hostile()
print("passed")
