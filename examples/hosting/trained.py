"""What the examples of this folder begin with: clients, a bucket, a table, and models learnt from it."""

import csv
import io
import pathlib
import random
import tarfile
import time

import boto3

TABLE = pathlib.Path(__file__).resolve().parents[1] / "data" / "breast-cancer.csv"
REGION = boto3.Session().region_name
XGBOOST = f"683313688378.dkr.ecr.{REGION}.amazonaws.com/sagemaker-xgboost:1.7-1"
SCIKIT_LEARN = f"683313688378.dkr.ecr.{REGION}.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"

s3 = boto3.client("s3")
sagemaker = boto3.client("sagemaker")
runtime = boto3.client("sagemaker-runtime")

account = boto3.client("sts").get_caller_identity()["Account"]
role = f"arn:aws:iam::{account}:role/service-role/AmazonSageMaker-ExecutionRole"
bucket = f"sagemaker-{REGION}-{account}"
s3.create_bucket(Bucket=bucket)

# A table, shuffled and divided. The target comes first and is a number: 1 is malignant.
with TABLE.open(newline="") as file:
    rows = [["1" if row[-1] == "malignant" else "0", *row[:-1]] for row in list(csv.reader(file))[1:]]
random.Random(42).shuffle(rows)
training, held_out = rows[:456], rows[456:]


def lines(table):
    return "".join(",".join(row) + "\n" for row in table)


#: Requests: rows of held-out features, without the target.
questions = [",".join(row[1:]) for row in held_out]


def train(name, rounds=50):
    """Trains a model and returns where its archive is."""
    s3.put_object(Bucket=bucket, Key=f"{name}/train/train.csv", Body=lines(training))
    sagemaker.create_training_job(
        TrainingJobName=name,
        AlgorithmSpecification={"TrainingImage": XGBOOST, "TrainingInputMode": "File"},
        RoleArn=role,
        HyperParameters={"objective": "binary:logistic", "num_round": str(rounds), "max_depth": "3"},
        InputDataConfig=[
            {
                "ChannelName": "train",
                "ContentType": "text/csv",
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{bucket}/{name}/train/"}},
            }
        ],
        OutputDataConfig={"S3OutputPath": f"s3://{bucket}/{name}/output"},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
        StoppingCondition={"MaxRuntimeInSeconds": 600},
    )
    sagemaker.get_waiter("training_job_completed_or_stopped").wait(
        TrainingJobName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 600}
    )
    return sagemaker.describe_training_job(TrainingJobName=name)["ModelArtifacts"]["S3ModelArtifacts"]


def create_model(name, rounds=50):
    """Trains a model and makes it one that endpoints and transform jobs can name."""
    container = {"Image": XGBOOST, "ModelDataUrl": train(name, rounds)}
    sagemaker.create_model(ModelName=name, ExecutionRoleArn=role, PrimaryContainer=container)
    return name


def upload_script(name, script):
    """Puts handlers into an archive as their image wants them, and returns where it is."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        entry = tarfile.TarInfo("code/inference.py")
        entry.size = len(script)
        tar.addfile(entry, io.BytesIO(script.encode()))
    s3.put_object(Bucket=bucket, Key=f"{name}/script/model.tar.gz", Body=archive.getvalue())
    return f"s3://{bucket}/{name}/script/model.tar.gz"


def variant(name, model, **more):
    """A production variant on one instance."""
    return {"VariantName": name, "ModelName": model, "InstanceType": "ml.m5.large", "InitialInstanceCount": 1, **more}


def deploy(name, *variants, **more):
    """Creates an endpoint and waits until it is in service."""
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=list(variants), **more)
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    wait(name)


def wait(endpoint):
    """Waits until an endpoint is in service, also after an update."""
    waiter = sagemaker.get_waiter("endpoint_in_service")
    waiter.wait(EndpointName=endpoint, WaiterConfig={"Delay": 1, "MaxAttempts": 300})


def unique(kind):
    return time.strftime(f"{kind}-%Y%m%d-%H%M%S")
