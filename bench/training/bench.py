"""Create to Completed of an XGBoost training job, beside the same training in Python's xgboost; see run."""

import argparse
import csv
import json
import os
import pathlib
import random
import statistics
import subprocess
import tempfile
import time

import boto3

PARAMETERS = {
    "objective": "binary:logistic",
    "eval_metric": "auc",
    "num_round": "100",
    "max_depth": "6",
    "eta": "0.2",
    "subsample": "0.8",
    "seed": "1",
}
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
ROLE = "arn:aws:iam::000000000000:role/service-role/AmazonSageMaker-ExecutionRole"


def table(path, target):
    """The CSV as numbers: categories one-hot, the target first."""
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    columns = [c for c in rows[0] if c != target]
    classes = sorted({r[target] for r in rows})
    encoders = []
    for column in columns:
        values = sorted({r[column] for r in rows})
        try:
            [float(v) for v in values]
            encoders.append((column, None))
        except ValueError:
            encoders.append((column, values))
    for row in rows:
        line = [str(classes.index(row[target]))]
        for column, values in encoders:
            line += [row[column]] if values is None else ["1" if row[column] == v else "0" for v in values]
        yield line


def synthetic(rows, columns):
    generator = random.Random(7)
    for _ in range(rows):
        x = [generator.gauss(0, 1) for _ in range(columns)]
        y = x[0] * x[1] + x[2] + generator.gauss(0, 1) > 0
        yield [str(int(y))] + [f"{v:.4f}" for v in x]


def write_channels(lines, folder):
    lines = [",".join(line) + "\n" for line in lines]
    random.Random(1).shuffle(lines)
    cut = len(lines) * 8 // 10
    for name, part in (("train", lines[:cut]), ("validation", lines[cut:])):
        with open(folder / f"{name}.csv", "w") as file:
            file.writelines(part)
    return len(lines), lines[0].count(",")


def channel(bucket, name):
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{bucket}/{name}/", "S3DataDistributionType": "FullyReplicated"}
    return {"ChannelName": name, "ContentType": "text/csv", "DataSource": {"S3DataSource": source}}


def job(sagemaker, logs, bucket, name):
    """Runs one job; seconds until its first log line could be read, and until it was Completed by its own record."""
    started = time.time()
    sagemaker.create_training_job(
        TrainingJobName=name,
        RoleArn=ROLE,
        AlgorithmSpecification={"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        HyperParameters=PARAMETERS,
        InputDataConfig=[channel(bucket, "train"), channel(bucket, "validation")],
        OutputDataConfig={"S3OutputPath": f"s3://{bucket}/output"},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
        StoppingCondition={"MaxRuntimeInSeconds": 3600},
    )
    first_line = None
    while True:
        if first_line is None:
            try:
                events = logs.filter_log_events(
                    logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix=f"{name}/", limit=1
                )["events"]
            except logs.exceptions.ResourceNotFoundException:
                events = []
            if events:
                first_line = time.time() - started
        description = sagemaker.describe_training_job(TrainingJobName=name)
        if description["TrainingJobStatus"] not in ("InProgress", "Stopping"):
            break
        # Frequent questions would compete with the training for the processors once the first line is seen.
        time.sleep(0.005 if first_line is None else 0.25)
    if description["TrainingJobStatus"] != "Completed":
        raise SystemExit(f"{name} ended {description['TrainingJobStatus']}: {description.get('FailureReason')}")
    completed = description["SecondaryStatusTransitions"][-1]["StartTime"].timestamp()
    return first_line, completed - started


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--warm-up", type=int, default=2)
    arguments.add_argument("--csv")
    arguments.add_argument("--target", default="y")
    arguments.add_argument("--rows", type=int, help="of a synthetic table, instead of a file")
    arguments.add_argument("--columns", type=int, default=60, help="features of the synthetic table")
    arguments.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a hyperparameter, as tree_method=hist")
    arguments.add_argument("--datasets", required=True)
    arguments.add_argument("--peer", required=True)
    options = arguments.parse_args()
    PARAMETERS.update(setting.split("=", 1) for setting in options.set)
    path = pathlib.Path(options.csv or f"{options.datasets}/bank-additional-full.csv")

    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        from_file = options.rows is None and path.exists()
        lines = table(path, options.target) if from_file else synthetic(options.rows or 40_000, options.columns)
        rows, width = write_channels(lines, folder)
        print(f"{path.name if from_file else 'synthetic table'}: {rows} rows, {width} features, {PARAMETERS['num_round']} rounds, {os.cpu_count()} CPUs")

        s3, sagemaker, logs = (boto3.client(name) for name in ("s3", "sagemaker", "logs"))
        bucket = "bench-training"
        s3.create_bucket(Bucket=bucket)
        for name in ("train", "validation"):
            s3.upload_file(str(folder / f"{name}.csv"), bucket, f"{name}/{name}.csv")

        # .NET compiles a server's busiest code again, better, in the background of its first jobs: they are told apart.
        _, cold = job(sagemaker, logs, bucket, "first")
        for i in range(options.warm_up):
            job(sagemaker, logs, bucket, f"warm-up-{i}")
        first, whole, peer = [], [], []
        for i in range(options.rounds):
            line, total = job(sagemaker, logs, bucket, f"bench-{i}")
            first.append(line)
            whole.append(total)
            output = subprocess.run(
                ["/usr/bin/python3", options.peer, str(folder), json.dumps(PARAMETERS)], check=True, capture_output=True, text=True
            )
            peer.append(json.loads(output.stdout))

    training = statistics.median(p["train"] for p in peer)
    reading = statistics.median(p["read"] for p in peer)
    total = statistics.median(whole)
    print(f"job, Create to Completed    {total:7.3f} s   (each: {', '.join(f'{w:.3f}' for w in whole)})")
    print(f"first job of a new server   {cold:7.3f} s")
    print(f"job, Create to first line   {statistics.median(first):7.3f} s")
    print(f"Python's xgboost, training  {training:7.3f} s   and {reading:.3f} s to read the CSV with NumPy")
    print(f"over Python's training      {total - training:7.3f} s   (aim: under 0.5 s)")
    print(f"ratio                       {total / training:7.2f}   ({total / (training + reading):.2f} with Python's reading of the CSV)")


if __name__ == "__main__":
    main()
