#!/usr/bin/env python3
"""Trains train.py with PyTorch on two hosts together, deploys what they made, and asks it about a few rows."""

import io
import json
import pathlib
import tarfile
import time

import boto3

HERE = pathlib.Path(__file__).resolve().parent
TABLE = HERE.parent / "data" / "breast-cancer.csv"
REGION = boto3.Session().region_name
REGISTRY = f"763104351884.dkr.ecr.{REGION}.amazonaws.com"
TRAINING_IMAGE = f"{REGISTRY}/pytorch-training:1.13.1-cpu-py39"
INFERENCE_IMAGE = f"{REGISTRY}/pytorch-inference:1.13.1-cpu-py39"

s3 = boto3.client("s3")
sagemaker = boto3.client("sagemaker")
runtime = boto3.client("sagemaker-runtime")
account = boto3.client("sts").get_caller_identity()["Account"]

name = time.strftime("pytorch-example-%Y%m%d-%H%M%S")
bucket = f"sagemaker-{REGION}-{account}"
role = f"arn:aws:iam::{account}:role/service-role/AmazonSageMaker-ExecutionRole"

# 1. The data, and the script in an archive: what the SageMaker SDK does behind estimator.fit().
s3.create_bucket(Bucket=bucket)
s3.upload_file(str(TABLE), bucket, f"{name}/train/table.csv")
archive = io.BytesIO()
with tarfile.open(fileobj=archive, mode="w:gz") as tar:
    tar.add(HERE / "train.py", arcname="train.py")
s3.put_object(Bucket=bucket, Key=f"{name}/source/sourcedir.tar.gz", Body=archive.getvalue())
source = f"s3://{bucket}/{name}/source/sourcedir.tar.gz"

# 2. Train on two hosts: the launcher starts the script on each, and its processes find each other.
sagemaker.create_training_job(
    TrainingJobName=name,
    AlgorithmSpecification={
        "TrainingImage": TRAINING_IMAGE,
        "TrainingInputMode": "File",
        "MetricDefinitions": [{"Name": "validation:accuracy", "Regex": "validation accuracy: ([0-9.]+)"}],
    },
    RoleArn=role,
    HyperParameters={
        "sagemaker_program": json.dumps("train.py"),
        "sagemaker_submit_directory": json.dumps(source),
        "sagemaker_torch_distributed_enabled": "true",
        "epochs": "30",
    },
    InputDataConfig=[
        {
            "ChannelName": "train",
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{bucket}/{name}/train/"}},
        }
    ],
    OutputDataConfig={"S3OutputPath": f"s3://{bucket}/{name}/output"},
    ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 10},
    StoppingCondition={"MaxRuntimeInSeconds": 600},
)
waiter = sagemaker.get_waiter("training_job_completed_or_stopped")
waiter.wait(TrainingJobName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 600})
job = sagemaker.describe_training_job(TrainingJobName=name)
metrics = {metric["MetricName"]: round(metric["Value"], 4) for metric in job.get("FinalMetricDataList", [])}
print(f"{name}: {job['TrainingJobStatus']}, {metrics}")

# 3. Deploy: the same script holds the handlers.
sagemaker.create_model(
    ModelName=name,
    ExecutionRoleArn=role,
    PrimaryContainer={
        "Image": INFERENCE_IMAGE,
        "ModelDataUrl": job["ModelArtifacts"]["S3ModelArtifacts"],
        "Environment": {"SAGEMAKER_PROGRAM": "train.py", "SAGEMAKER_SUBMIT_DIRECTORY": source},
    },
)
sagemaker.create_endpoint_config(
    EndpointConfigName=name,
    ProductionVariants=[
        {"VariantName": "AllTraffic", "ModelName": name, "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    ],
)
sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
sagemaker.get_waiter("endpoint_in_service").wait(EndpointName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 120})

# 4. Predict.
rows = [[float(cell) for cell in line.split(",")[:-1]] for line in TABLE.read_text().splitlines()[1::100]]
answer = runtime.invoke_endpoint(
    EndpointName=name, ContentType="application/json", Accept="application/json", Body=json.dumps(rows)
)
print("probabilities:", [round(probability, 3) for probability in json.loads(answer["Body"].read())])

# 5. Tidy up: endpoints hold memory, this one a Python process.
sagemaker.delete_endpoint(EndpointName=name)
