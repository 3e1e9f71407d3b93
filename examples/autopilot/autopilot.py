"""Autopilot on a raw table: the best model, deployed and asked, in about two minutes.

Run it against a server that is up: eval "$(./sagebrush env)"; python3 examples/autopilot/autopilot.py
"""

import pathlib
import time

import boto3

sm, s3, runtime = boto3.client("sagemaker"), boto3.client("s3"), boto3.client("sagemaker-runtime")
name = f"autopilot-{int(time.time())}"
data = (pathlib.Path(__file__).parent.parent / "data" / "breast-cancer.csv").read_text()
target = data.splitlines()[0].split(",")[-1]

s3.create_bucket(Bucket=name)
s3.put_object(Bucket=name, Key="data/table.csv", Body=data)
sm.create_auto_ml_job(
    AutoMLJobName=name,
    InputDataConfig=[{"TargetAttributeName": target, "ContentType": "text/csv;header=present", "DataSource": {
        "S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{name}/data/"}}}],
    OutputDataConfig={"S3OutputPath": f"s3://{name}/output/"},
    AutoMLJobConfig={"CompletionCriteria": {"MaxCandidates": 5, "MaxAutoMLJobRuntimeInSeconds": 120}},
    ModelDeployConfig={"EndpointName": name},
    RoleArn="arn:aws:iam::000000000000:role/autopilot")

shown = None
while (job := sm.describe_auto_ml_job(AutoMLJobName=name))["AutoMLJobStatus"] == "InProgress":
    best = job.get("BestCandidate", {}).get("FinalAutoMLJobObjectiveMetric", {})
    step = (job["AutoMLJobSecondaryStatus"], best.get("MetricName"), best.get("Value"))
    if step != shown:
        print(*(part for part in step if part is not None))
        shown = step
    time.sleep(1)

print(job["AutoMLJobStatus"], job.get("FailureReason", ""))
for candidate in sm.list_candidates_for_auto_ml_job(AutoMLJobName=name, SortBy="FinalObjectiveMetricValue", SortOrder="Descending")["Candidates"]:
    print(f"{candidate['FinalAutoMLJobObjectiveMetric']['Value']:.4f}  {candidate['CandidateName']}")

row = data.splitlines()[1].split(",")
answer = runtime.invoke_endpoint(EndpointName=job["ModelDeployResult"]["EndpointName"], ContentType="text/csv", Body=",".join(row[:-1]))
print(f"observed {row[-1]}, predicted {answer['Body'].read().decode().strip()}")
