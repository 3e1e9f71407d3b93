#!/usr/bin/env python3
"""Automatic model tuning: a Bayesian search over the hyperparameters of the built-in XGBoost."""

import csv
import pathlib
import random
import time

import boto3

TABLE = pathlib.Path(__file__).resolve().parents[1] / "data" / "breast-cancer.csv"
REGION = boto3.Session().region_name
IMAGE = f"683313688378.dkr.ecr.{REGION}.amazonaws.com/sagemaker-xgboost:1.7-1"

s3, sagemaker = boto3.client("s3"), boto3.client("sagemaker")
account = boto3.client("sts").get_caller_identity()["Account"]
name = time.strftime("tune-%Y%m%d-%H%M%S")
bucket = f"sagemaker-{REGION}-{account}"
s3.create_bucket(Bucket=bucket)

# 1. A table, shuffled and divided; the target comes first, 1 is malignant.
with TABLE.open(newline="") as file:
    rows = [["1" if row[-1] == "malignant" else "0", *row[:-1]] for row in list(csv.reader(file))[1:]]
random.Random(42).shuffle(rows)


def channel(part, table):
    body = "".join(",".join(row) + "\n" for row in table)
    s3.put_object(Bucket=bucket, Key=f"{name}/{part}/table.csv", Body=body)
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{bucket}/{name}/{part}/"}
    return {"ChannelName": part, "ContentType": "text/csv", "DataSource": {"S3DataSource": source}}


channels = [channel("train", rows[:380]), channel("validation", rows[380:])]

# 2. Twelve trials, two at a time; one that falls behind is stopped early.
sagemaker.create_hyper_parameter_tuning_job(
    HyperParameterTuningJobName=name,
    HyperParameterTuningJobConfig={
        "Strategy": "Bayesian",
        "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "validation:logloss"},
        "ResourceLimits": {"MaxNumberOfTrainingJobs": 12, "MaxParallelTrainingJobs": 2},
        "ParameterRanges": {
            "ContinuousParameterRanges": [
                {"Name": "eta", "MinValue": "0.01", "MaxValue": "0.5", "ScalingType": "Logarithmic"},
                {"Name": "subsample", "MinValue": "0.5", "MaxValue": "1"},
            ],
            "IntegerParameterRanges": [{"Name": "max_depth", "MinValue": "1", "MaxValue": "8"}],
        },
        "TrainingJobEarlyStoppingType": "Auto",
    },
    TrainingJobDefinition={
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "StaticHyperParameters": {"objective": "binary:logistic", "num_round": "100", "eval_metric": "logloss"},
        "RoleArn": f"arn:aws:iam::{account}:role/service-role/AmazonSageMaker-ExecutionRole",
        "InputDataConfig": channels,
        "OutputDataConfig": {"S3OutputPath": f"s3://{bucket}/{name}/output"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
    },
)

# 3. Watch (in a terminal: sagebrush tuning NAME --watch).
shown = None
while True:
    job = sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
    counts, best = job["TrainingJobStatusCounters"], job.get("BestTrainingJob")
    done = counts["Completed"] + counts["Stopped"]
    if done != shown and best:
        print(f"{done:2} trials done, the best log loss {best['FinalHyperParameterTuningJobObjectiveMetric']['Value']:.4f}")
        shown = done
    if job["HyperParameterTuningJobStatus"] not in ("InProgress", "Stopping"):
        break
    time.sleep(0.5)

# 4. The best of them, and the others.
trials = sagemaker.list_training_jobs_for_hyper_parameter_tuning_job(
    HyperParameterTuningJobName=name, SortBy="FinalObjectiveMetricValue", SortOrder="Ascending", MaxResults=3
)
for trial in trials["TrainingJobSummaries"]:
    value = trial["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]
    tuned = {key: round(float(number), 4) for key, number in sorted(trial["TunedHyperParameters"].items())}
    print(f"{value:.4f}  {trial['TrainingJobName']}  {tuned}")
model = sagemaker.describe_training_job(TrainingJobName=job["BestTrainingJob"]["TrainingJobName"])
print(f"{job['HyperParameterTuningJobStatus']}: the model is {model['ModelArtifacts']['S3ModelArtifacts']}")
