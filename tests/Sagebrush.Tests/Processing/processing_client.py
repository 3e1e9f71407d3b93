"""What boto3 users and the SageMaker SDK's processors do with processing jobs, against AWS_ENDPOINT_URL."""

import json
import time

import boto3
from botocore.exceptions import ClientError

sm, s3, logs = boto3.client("sagemaker"), boto3.client("s3"), boto3.client("logs")
BUCKET = "processing-bucket"
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
CODE = b"""
import json, os, sys, time
print("arguments", sys.argv[1:])
if sys.argv[1] == "fail":
    open("/opt/ml/output/message", "w").write("the rows are wrong") if os.path.isdir("/opt/ml/output") else None
    raise ValueError("no such column")
out = sys.argv[2]
if sys.argv[1] == "wait":
    open(out + "/early.txt", "w").write("early")
    time.sleep(600)
rows = [line.split(",") for line in open(sys.argv[3] + "/table.csv")]
job = json.load(open(os.path.join(os.path.dirname(os.path.dirname(out)), "config", "processingjobconfig.json")))
os.makedirs(out + "/deep")
open(out + "/sum.txt", "w").write(str(sum(int(row[1]) for row in rows)))
open(out + "/deep/about.json", "w").write(json.dumps([os.environ["COLOUR"], job["ProcessingJobName"], os.environ["PROCESSING_JOB_NAME"]]))
"""


def source(name, uri, path):
    return {"InputName": name, "S3Input": {"S3Uri": uri, "LocalPath": path, "S3DataType": "S3Prefix", "S3InputMode": "File"}}


def create(name, *arguments, mode="EndOfJob", **changes):
    return sm.create_processing_job(**{
        "ProcessingJobName": name,
        "ProcessingInputs": [
            source("code", f"s3://{BUCKET}/code/script.py", "/opt/ml/processing/input/code"),
            source("rows", f"s3://{BUCKET}/rows/", "/opt/ml/processing/input/rows")],
        "ProcessingOutputConfig": {"Outputs": [{"OutputName": "all", "S3Output": {
            "S3Uri": f"s3://{BUCKET}/{name}", "LocalPath": "/opt/ml/processing/output", "S3UploadMode": mode}}]},
        "ProcessingResources": {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}},
        "AppSpecification": {
            "ImageUri": IMAGE,
            "ContainerEntrypoint": ["python3", "/opt/ml/processing/input/code/script.py"],
            "ContainerArguments": [*arguments, "/opt/ml/processing/output", "/opt/ml/processing/input/rows"]},
        "Environment": {"COLOUR": "sage green"},
        "RoleArn": "arn:aws:iam::000000000000:role/processor",
        **changes})["ProcessingJobArn"]


def ended(name):
    while True:
        job = sm.describe_processing_job(ProcessingJobName=name)
        if job["ProcessingJobStatus"] not in ("InProgress", "Stopping"):
            return job
        time.sleep(0.1)


def read(key):
    return s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()


def refused(message, **changes):
    try:
        create("refused", "run", **changes)
    except ClientError as error:
        assert error.response["Error"]["Code"] == "ValidationException" and message in str(error), error
        return
    raise AssertionError(f"not refused: {message}")


s3.create_bucket(Bucket=BUCKET)
s3.put_object(Bucket=BUCKET, Key="code/script.py", Body=CODE)
s3.put_object(Bucket=BUCKET, Key="rows/table.csv", Body="a,1\nb,20\nc,300\n")

refused("ContainerEntrypoint", AppSpecification={"ImageUri": IMAGE})
refused("must be below /opt/ml/processing", ProcessingInputs=[source("etc", f"s3://{BUCKET}/rows", "/opt/ml/processing/../../../etc")])
refused("regular expression pattern", ProcessingInputs=[source("rows", "rows", "/opt/ml/processing/input")])
refused("must be unique", ProcessingInputs=[source("rows", f"s3://{BUCKET}/rows", "/opt/ml/processing/a")] * 2)
refused("one instance", ProcessingResources={"ClusterConfig": {"InstanceCount": 2, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}})

arn = create("sums", "run", Tags=[{"Key": "team", "Value": "tables"}])
assert arn.endswith(":processing-job/sums"), arn
try:
    create("sums", "run")
    raise AssertionError("twice")
except ClientError as error:
    assert error.response["Error"]["Code"] == "ResourceInUse", error
job = ended("sums")
assert job["ProcessingJobStatus"] == "Completed" and job["ProcessingEndTime"] >= job["ProcessingStartTime"], job
assert read("sums/sum.txt") == "321"
assert json.loads(read("sums/deep/about.json")) == ["sage green", "sums", "sums"]
assert sm.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "tables"}]
stream = logs.describe_log_streams(logGroupName="/aws/sagemaker/ProcessingJobs", logStreamNamePrefix="sums/algo-1-")["logStreams"][0]["logStreamName"]
events = logs.get_log_events(logGroupName="/aws/sagemaker/ProcessingJobs", logStreamName=stream, startFromHead=True)["events"]
assert "arguments ['run'" in events[0]["message"], events

create("fails", "fail")
create("empty", "run", ProcessingInputs=[source("rows", f"s3://{BUCKET}/nothing", "/opt/ml/processing/input/rows")])
create("waits", "wait", mode="Continuous")
failed = ended("fails")
assert failed["ProcessingJobStatus"] == "Failed" and failed["FailureReason"].startswith("AlgorithmError: ") and "exit code: 1" in failed["FailureReason"], failed
empty = ended("empty")
assert empty["ProcessingJobStatus"] == "Failed" and "No S3 objects found" in empty["FailureReason"], empty
while s3.list_objects_v2(Bucket=BUCKET, Prefix="waits/")["KeyCount"] == 0:
    assert sm.describe_processing_job(ProcessingJobName="waits")["ProcessingJobStatus"] == "InProgress"
    time.sleep(0.1)
assert read("waits/early.txt") == "early"
sm.stop_processing_job(ProcessingJobName="waits")
assert ended("waits")["ProcessingJobStatus"] == "Stopped"
names = [job["ProcessingJobName"] for job in sm.list_processing_jobs(SortBy="Name", SortOrder="Ascending")["ProcessingJobSummaries"]]
assert names == ["empty", "fails", "sums", "waits"], names
assert len(sm.list_processing_jobs(StatusEquals="Failed")["ProcessingJobSummaries"]) == 2
if hasattr(sm, "delete_processing_job"):  # Newer than Debian 12's boto3.
    sm.delete_processing_job(ProcessingJobName="empty")
    assert len(sm.list_processing_jobs(StatusEquals="Failed")["ProcessingJobSummaries"]) == 1
print("passed")
