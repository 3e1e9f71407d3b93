#!/usr/bin/env python3
"""A Clarify job: is a model fair, and what does it decide by? Bias metrics, SHAP values, partial dependence, a report.

usage: who_gets_a_loan.py [FOLDER]    where the report goes; by default here
"""

import json
import pathlib
import random
import sys
import time

import boto3

REGION = boto3.Session().region_name
XGBOOST = f"683313688378.dkr.ecr.{REGION}.amazonaws.com/sagemaker-xgboost:1.7-1"
CLARIFY = f"205585389593.dkr.ecr.{REGION}.amazonaws.com/sagemaker-clarify-processing:1.0"
HEADERS = ["loan", "age", "sex", "income", "years_employed"]

s3, sagemaker = boto3.client("s3"), boto3.client("sagemaker")
account = boto3.client("sts").get_caller_identity()["Account"]
role = f"arn:aws:iam::{account}:role/service-role/AmazonSageMaker-ExecutionRole"
name = time.strftime("who-gets-a-loan-%Y%m%d-%H%M%S")
bucket = f"sagemaker-{REGION}-{account}"
prefix = f"s3://{bucket}/{name}"
s3.create_bucket(Bucket=bucket)

# 1. Past decisions, made up: by income, by years in a job, and, as they should not have been, by sex.
dice = random.Random(7)
rows = []
for _ in range(1000):
    age, sex, income = dice.randint(18, 75), dice.randint(0, 1), round(dice.gauss(50, 15), 1)
    years = min(age - 18, round(dice.expovariate(0.15)))
    rows.append([int(income + years + 10 * sex + dice.gauss(0, 5) > 62), age, sex, income, years])
s3.put_object(Bucket=bucket, Key=f"{name}/data/loans.csv", Body="\n".join(",".join(map(str, row)) for row in rows))

# 2. A model that learns from them.
sagemaker.create_training_job(
    TrainingJobName=name,
    AlgorithmSpecification={"TrainingImage": XGBOOST, "TrainingInputMode": "File"},
    RoleArn=role,
    HyperParameters={"objective": "binary:logistic", "num_round": "50", "max_depth": "3"},
    InputDataConfig=[
        {
            "ChannelName": "train",
            "ContentType": "text/csv",
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"{prefix}/data/"}},
        }
    ],
    OutputDataConfig={"S3OutputPath": f"{prefix}/output"},
    ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
    StoppingCondition={"MaxRuntimeInSeconds": 600},
)
waiter = sagemaker.get_waiter("training_job_completed_or_stopped")
waiter.wait(TrainingJobName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 600})
artifact = sagemaker.describe_training_job(TrainingJobName=name)["ModelArtifacts"]["S3ModelArtifacts"]
sagemaker.create_model(
    ModelName=name, ExecutionRoleArn=role, PrimaryContainer={"Image": XGBOOST, "ModelDataUrl": artifact}
)

# 3. What Clarify is to find out, and the job that does.
analysis = {
    "dataset_type": "text/csv",
    "headers": HEADERS,
    "label": "loan",
    "label_values_or_threshold": [1],
    "facet": [{"name_or_index": "sex", "value_or_threshold": [0]}],
    "probability_threshold": 0.5,
    "predictor": {
        "model_name": name,
        "instance_type": "ml.m5.large",
        "initial_instance_count": 1,
        "content_type": "text/csv",
        "accept_type": "text/csv",
    },
    "methods": {
        "pre_training_bias": {"methods": "all"},
        "post_training_bias": {"methods": "all"},
        "shap": {"num_clusters": 1, "agg_method": "mean_abs"},
        "pdp": {"top_k_features": 2},
        "report": {"name": "report", "title": "Who gets a loan"},
    },
}
s3.put_object(Bucket=bucket, Key=f"{name}/analysis_config.json", Body=json.dumps(analysis))


def source(kind, uri, folder):
    path = f"/opt/ml/processing/input/{folder}"
    s3_input = {"S3Uri": uri, "S3DataType": "S3Prefix", "S3InputMode": "File", "LocalPath": path}
    return {"InputName": kind, "S3Input": s3_input}


result = {"S3Uri": f"{prefix}/result", "LocalPath": "/opt/ml/processing/output", "S3UploadMode": "EndOfJob"}
sagemaker.create_processing_job(
    ProcessingJobName=name,
    RoleArn=role,
    AppSpecification={"ImageUri": CLARIFY},
    ProcessingInputs=[
        source("analysis_config", f"{prefix}/analysis_config.json", "config"),
        source("dataset", f"{prefix}/data/loans.csv", "data"),
    ],
    ProcessingOutputConfig={"Outputs": [{"OutputName": "analysis_result", "S3Output": result}]},
    ProcessingResources={"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}},
)
waiter = sagemaker.get_waiter("processing_job_completed_or_stopped")
waiter.wait(ProcessingJobName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 600})

# 4. Some of what it found; the report has it all, with pictures.
found = json.load(s3.get_object(Bucket=bucket, Key=f"{name}/result/analysis.json")["Body"])
for kind in ("pre_training_bias_metrics", "post_training_bias_metrics"):
    for metric in found[kind]["facets"]["sex"][0]["metrics"]:
        if metric["name"] in ("DPL", "DPPL", "DI"):
            print(f"{metric['name']:5} {metric['value']:+.3f}  {metric['description']}")
shap = found["explanations"]["kernel_shap"]["label0"]["global_shap_values"]
for feature, value in sorted(shap.items(), key=lambda pair: -pair[1]):
    print(f"{feature:15} {'#' * round(value * 100)} {value:.3f}")
report = pathlib.Path(*sys.argv[1:]) / f"{name}.html"
s3.download_file(bucket, f"{name}/result/report.html", str(report))
print("the report:", report.resolve())
