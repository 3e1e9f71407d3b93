#!/usr/bin/env python3
"""Trains the built-in XGBoost on a small table, deploys the model and asks it about rows it never saw.

Nothing here knows of Sagebrush: the endpoint and the keys come from the environment,
so the same program runs against AWS.
"""

import csv
import pathlib
import random
import time

import boto3

TABLE = pathlib.Path(__file__).resolve().parents[1] / "data" / "breast-cancer.csv"
REGION = boto3.Session().region_name
IMAGE = f"683313688378.dkr.ecr.{REGION}.amazonaws.com/sagemaker-xgboost:1.7-1"

s3 = boto3.client("s3")
sagemaker = boto3.client("sagemaker")
runtime = boto3.client("sagemaker-runtime")
account = boto3.client("sts").get_caller_identity()["Account"]

name = time.strftime("xgboost-example-%Y%m%d-%H%M%S")
bucket = f"sagemaker-{REGION}-{account}"
role = f"arn:aws:iam::{account}:role/service-role/AmazonSageMaker-ExecutionRole"


def upload(part, rows):
    """Stores rows as CSV, the target first, as the built-in XGBoost wants them."""
    body = "\n".join(",".join([label, *features]) for features, label in rows)
    s3.put_object(Bucket=bucket, Key=f"{name}/{part}/{part}.csv", Body=body.encode())
    return {
        "ChannelName": part,
        "ContentType": "text/csv",
        "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{bucket}/{name}/{part}/"}},
    }


# 1. A table, shuffled and divided. The target becomes a number: 1 is malignant.
with TABLE.open(newline="") as file:
    rows = [(row[:-1], "1" if row[-1] == "malignant" else "0") for row in list(csv.reader(file))[1:]]
random.Random(42).shuffle(rows)
train, validation, held_out = rows[:399], rows[399:456], rows[456:]

# 2. Upload.
s3.create_bucket(Bucket=bucket)
channels = [upload("train", train), upload("validation", validation)]

# 3. Train.
sagemaker.create_training_job(
    TrainingJobName=name,
    AlgorithmSpecification={"TrainingImage": IMAGE, "TrainingInputMode": "File"},
    RoleArn=role,
    HyperParameters={
        "objective": "binary:logistic",
        "eval_metric": "auc",
        "num_round": "200",
        "early_stopping_rounds": "20",
        "max_depth": "4",
        "eta": "0.1",
    },
    InputDataConfig=channels,
    OutputDataConfig={"S3OutputPath": f"s3://{bucket}/{name}/output"},
    ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
    StoppingCondition={"MaxRuntimeInSeconds": 600},
)
waiter = sagemaker.get_waiter("training_job_completed_or_stopped")
waiter.wait(TrainingJobName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 600})
job = sagemaker.describe_training_job(TrainingJobName=name)
metrics = {metric["MetricName"]: round(metric["Value"], 4) for metric in job.get("FinalMetricDataList", [])}
print(f"{name}: {job['TrainingJobStatus']}, {metrics}")

# 4. Deploy.
sagemaker.create_model(
    ModelName=name,
    ExecutionRoleArn=role,
    PrimaryContainer={"Image": IMAGE, "ModelDataUrl": job["ModelArtifacts"]["S3ModelArtifacts"]},
)
sagemaker.create_endpoint_config(
    EndpointConfigName=name,
    ProductionVariants=[
        {"VariantName": "AllTraffic", "ModelName": name, "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    ],
)
sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
sagemaker.get_waiter("endpoint_in_service").wait(EndpointName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})

# 5. Predict.
body = "\n".join(",".join(features) for features, _ in held_out)
answer = runtime.invoke_endpoint(EndpointName=name, ContentType="text/csv", Accept="text/csv", Body=body)
scores = [float(score) for score in answer["Body"].read().decode().replace(",", "\n").split()]
right = sum((score > 0.5) == (label == "1") for score, (_, label) in zip(scores, held_out, strict=True))
print(f"{right} of {len(held_out)} held-out rows right ({right / len(held_out):.1%})")

# 6. Tidy up: endpoints hold memory.
sagemaker.delete_endpoint(EndpointName=name)
