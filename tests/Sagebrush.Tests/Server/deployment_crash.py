"""One part of what is killed between its parts: STEP GATES PID."""
import io
import os
import signal
import sys
import tarfile
import threading
import time

import boto3
import botocore.exceptions
from botocore.config import Config

STEP, GATES, PID = sys.argv[1:]
IN_FLIGHT = 200
CONFIG = Config(retries={"max_attempts": 0}, max_pool_connections=IN_FLIGHT, read_timeout=300)
sm, rt, s3, cw = (boto3.client(name, config=CONFIG) for name in ("sagemaker", "sagemaker-runtime", "s3", "cloudwatch"))
OPEN = os.path.join(GATES, "open")
WAIT = 3
METRIC = dict(Namespace="Test", MetricName="errors")

LOADS_BEHIND_A_GATE = """
import os, time
def model_fn(d):
    while os.environ.get("GATE") and not os.path.exists(os.environ["GATE"]):
        open(os.environ["WAITING"], "w").close()
        time.sleep(0.02)
    return os.environ["NAME"]
def transform_fn(model, body, content_type, accept):
    return model, "text/plain"
"""

ANSWERS_BEHIND_A_GATE = """
import os, time
def model_fn(d):
    return None
def transform_fn(model, body, content_type, accept):
    while not os.path.exists(os.environ["GATE"]):
        time.sleep(0.02)
    return "answered", "text/plain"
"""


def blue_green(kind, wait, **sizes):
    routing = dict(Type=kind, WaitIntervalInSeconds=wait, **{name: dict(Type="CAPACITY_PERCENT", Value=50) for name in sizes})
    return dict(BlueGreenUpdatePolicy=dict(TrafficRoutingConfiguration=routing))


# Endpoints that get a new fleet, and one that is turned back by an alarm of CloudWatch.
GUARDED = "guarded"
POLICIES = {
    "canary": blue_green("CANARY", WAIT, CanarySize=50),
    "linear": blue_green("LINEAR", WAIT, LinearStepSize=50),
    "rolling": dict(RollingUpdatePolicy=dict(MaximumBatchSize=dict(Type="CAPACITY_PERCENT", Value=50), WaitIntervalInSeconds=WAIT)),
}
INSTANCES = {"rolling": 2}


def make(name, code, instances=1, **environment):
    """A model of handlers, and a configuration with it."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        entry = tarfile.TarInfo("code/inference.py")
        entry.size = len(code)
        tar.addfile(entry, io.BytesIO(code.encode()))
    s3.put_object(Bucket="models", Key=f"{name}.tar.gz", Body=archive.getvalue())
    sm.create_model(ModelName=name, ExecutionRoleArn="arn:aws:iam::000000000000:role/r", PrimaryContainer=dict(
        Image="683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3", ModelDataUrl=f"s3://models/{name}.tar.gz",
        Environment=dict(NAME=name.split("-")[-1], SAGEMAKER_MODEL_SERVER_WORKERS="1", **environment)))
    sm.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[
        dict(VariantName="A", ModelName=name, InstanceType="ml.m5.large", InitialInstanceCount=instances)])


def until(condition):
    end = time.time() + 120
    while not (result := condition()):
        assert time.time() < end, [describe(each["EndpointName"]) for each in sm.list_endpoints()["Endpoints"]]
        time.sleep(0.05)
    return result


def describe(name):
    return sm.describe_endpoint(EndpointName=name)


def in_service(name):
    return describe(name)["EndpointStatus"] == "InService"


def ask(name):
    return rt.invoke_endpoint(EndpointName=name, Body=b"x", ContentType="text/csv")["Body"].read().decode()


def first_answer(name):
    """The first answer after a start, when the endpoint is loaded again."""
    def tried():
        try:
            return ask(name)
        except rt.exceptions.ValidationError:
            return None
    return until(tried)


def baking_since(name):
    """When the step began whose instances bake now; None when none do."""
    pending = describe(name).get("PendingDeploymentSummary")
    statuses = pending["ProductionVariants"][0].get("VariantStatus", []) if pending else []
    return next((status["StartTime"] for status in statuses if status["Status"] == "Baking"), None)


def waiting(name):
    """The file that says that a new model is being loaded."""
    return os.path.join(GATES, "waiting-" + name)


def put_errors():
    cw.put_metric_data(Namespace=METRIC["Namespace"], MetricData=[dict(MetricName=METRIC["MetricName"], Value=100, StorageResolution=1)])


def begin():
    s3.create_bucket(Bucket="models")
    cw.put_metric_alarm(AlarmName="errors", Statistic="Sum", Period=10, EvaluationPeriods=1, Threshold=5, ComparisonOperator="GreaterThanThreshold", **METRIC)
    for name in (*POLICIES, GUARDED):
        gate = {} if name == GUARDED else dict(GATE=OPEN, WAITING=waiting(name))
        make(name + "-old", LOADS_BEHIND_A_GATE, INSTANCES.get(name, 1))
        make(name + "-new", LOADS_BEHIND_A_GATE, INSTANCES.get(name, 1), **gate)
        sm.create_endpoint(EndpointName=name, EndpointConfigName=name + "-old")
    for name in (*POLICIES, GUARDED):
        until(lambda: in_service(name))
        assert ask(name) == "old"
    for name, policy in POLICIES.items():
        sm.update_endpoint(EndpointName=name, EndpointConfigName=name + "-new", DeploymentConfig=policy)
    sm.update_endpoint(EndpointName=GUARDED, EndpointConfigName=GUARDED + "-new", DeploymentConfig=dict(
        blue_green("CANARY", 3600, CanarySize=50), AutoRollbackConfiguration=dict(Alarms=[dict(AlarmName="errors")])))
    until(lambda: all(os.path.exists(waiting(name)) for name in POLICIES) and baking_since(GUARDED))


def make_ready():
    for name in POLICIES:
        assert first_answer(name) == "old"
        assert {ask(name) for _ in range(10)} == {"old"} and describe(name)["EndpointStatus"] == "Updating"
    first_answer(GUARDED)
    assert baking_since(GUARDED)
    put_errors()
    open(OPEN, "w").close()
    until(lambda: all(baking_since(name) or in_service(name) for name in POLICIES))


def bake():
    # From the first answer on there is no request without one.
    began = {}
    for name in POLICIES:
        first_answer(name)
        began[name] = baking_since(name)

    def next_step():
        assert all(ask(name) in ("old", "new") for name in POLICIES)
        return all(in_service(name) or baking_since(name) not in (None, began[name]) for name in POLICIES)
    until(next_step)


def end():
    for name in (*POLICIES, GUARDED):
        first_answer(name)

    def over():
        put_errors()
        assert all(ask(name) in ("old", "new") for name in (*POLICIES, GUARDED))
        return all(in_service(name) for name in (*POLICIES, GUARDED))
    until(over)
    for name in POLICIES:
        endpoint = describe(name)
        assert endpoint["EndpointConfigName"] == name + "-new" and "FailureReason" not in endpoint, endpoint
        assert endpoint["ProductionVariants"][0]["CurrentInstanceCount"] == INSTANCES.get(name, 1), endpoint
        assert {ask(name) for _ in range(10)} == {"new"}
    endpoint = describe(GUARDED)
    assert endpoint["EndpointConfigName"] == GUARDED + "-old" and 'alarm "errors"' in endpoint["FailureReason"], endpoint
    assert {ask(GUARDED) for _ in range(10)} == {"old"}


def ask_at_once():
    """What became of so many requests at once, each in a thread of its own, and how many of them are on their way."""
    sent, ended = [], []
    rt.meta.events.register("before-send.sagemaker-runtime.InvokeEndpoint", lambda **_: sent.append(1))

    def one():
        try:
            ended.append(ask("slow"))
        except Exception as error:
            ended.append(error)
    threads = [threading.Thread(target=one) for _ in range(IN_FLIGHT)]
    for thread in threads:
        thread.start()
    return threads, sent, ended


def in_flight():
    s3.create_bucket(Bucket="models")
    make("slow", ANSWERS_BEHIND_A_GATE, GATE=OPEN)
    sm.create_endpoint(EndpointName="slow", EndpointConfigName="slow")
    until(lambda: in_service("slow"))
    threads, sent, ended = ask_at_once()
    until(lambda: len(sent) == IN_FLIGHT)
    os.kill(int(PID), signal.SIGKILL)
    for thread in threads:
        thread.join(60)
    assert len(ended) == IN_FLIGHT and all(isinstance(one, botocore.exceptions.HTTPClientError) for one in ended), ended


def in_flight_again():
    open(OPEN, "w").close()
    assert first_answer("slow") == "answered"
    threads, _, ended = ask_at_once()
    for thread in threads:
        thread.join(120)
    assert ended == ["answered"] * IN_FLIGHT, ended


{"begin": begin, "make-ready": make_ready, "bake": bake, "end": end, "in-flight": in_flight, "in-flight-again": in_flight_again}[STEP]()
