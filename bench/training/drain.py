"""How fast a queue drains, and how soon a job says something; see drain.

Two hundred jobs that do nothing are created at once on a machine that holds only a few of them. Measured are the gaps in which
a place is free though jobs wait, as the jobs' own times tell them, and the time from Create to the first line in the log.
"""

import argparse
import concurrent.futures
import io
import os
import statistics
import tarfile
import time

import boto3

SKLEARN = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
ROLE = "arn:aws:iam::000000000000:role/service-role/AmazonSageMaker-ExecutionRole"
BUCKET = "bench-queue"


def code(script):
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        entry = tarfile.TarInfo("train.sh")
        entry.size = len(script)
        tar.addfile(entry, io.BytesIO(script.encode()))
    return archive.getvalue()


def create(sagemaker, name, image, hyperparameters, channels=()):
    sagemaker.create_training_job(
        TrainingJobName=name,
        RoleArn=ROLE,
        AlgorithmSpecification={"TrainingImage": image, "TrainingInputMode": "File"},
        HyperParameters=hyperparameters,
        **({"InputDataConfig": list(channels)} if channels else {}),
        OutputDataConfig={"S3OutputPath": f"s3://{BUCKET}/output"},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        StoppingCondition={"MaxRuntimeInSeconds": 600},
    )


def ended(sagemaker, name):
    while True:
        job = sagemaker.describe_training_job(TrainingJobName=name)
        if job["TrainingJobStatus"] not in ("InProgress", "Stopping"):
            if job["TrainingJobStatus"] != "Completed":
                raise SystemExit(f"{name}: {job.get('FailureReason')}")
            return job
        time.sleep(0.01)


def first_line(logs, name, started):
    while True:
        try:
            events = logs.filter_log_events(logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix=f"{name}/", limit=1)["events"]
        except logs.exceptions.ResourceNotFoundException:
            events = []
        if events:
            return time.perf_counter() - started
        time.sleep(0.002)


def gaps(jobs):
    """Seconds between one job's end and the next one's start, where there is one place and jobs wait."""
    spans = sorted((job["TrainingStartTime"].timestamp(), job["TrainingEndTime"].timestamp()) for job in jobs)
    return [max(0.0, later[0] - earlier[1]) for earlier, later in zip(spans, spans[1:])]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--jobs", type=int, default=200)
    arguments.add_argument("--rounds", type=int, default=7)
    options = arguments.parse_args()
    s3, sagemaker, logs = (boto3.client(name) for name in ("s3", "sagemaker", "logs"))
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="code.tar.gz", Body=code("#!/bin/sh\necho hello\n"))
    s3.put_object(Bucket=BUCKET, Key="train/rows.csv", Body=b"0,1,2\n1,2,3\n" * 50)
    script = {"sagemaker_program": '"train.sh"', "sagemaker_submit_directory": f'"s3://{BUCKET}/code.tar.gz"'}
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/train/", "S3DataDistributionType": "FullyReplicated"}
    channel = {"ChannelName": "train", "ContentType": "text/csv", "DataSource": {"S3DataSource": source}}

    print(f"{os.cpu_count()} CPUs")
    for kind, image, hyperparameters, channels in (
        ("a script", SKLEARN, script, ()),
        ("a built-in", XGBOOST, {"num_round": "1"}, (channel,)),
    ):
        times = []
        for i in range(options.rounds + 1):
            name = f"first-{kind.split()[1]}-{i}"
            started = time.perf_counter()
            create(sagemaker, name, image, hyperparameters, channels)
            times.append(first_line(logs, name, started))
            ended(sagemaker, name)
        print(f"Create to first line, {kind:10}  median {statistics.median(times[1:]) * 1000:6.0f} ms   (aim: under 150 ms)")

    names = [f"drain-{i}" for i in range(options.jobs)]
    started = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda name: create(sagemaker, name, SKLEARN, script), names))
    jobs = [ended(sagemaker, name) for name in names]
    took = time.perf_counter() - started
    between = gaps(jobs)
    idle = [gap for gap in between if gap > 0.02]
    print(f"{options.jobs} jobs, one at a time: {took:.1f} s, {took / options.jobs * 1000:.0f} ms each")
    print(f"gaps between jobs: median {statistics.median(between) * 1000:.1f} ms, longest {max(between) * 1000:.1f} ms; over 20 ms: {len(idle)}   (aim: none)")


main()
