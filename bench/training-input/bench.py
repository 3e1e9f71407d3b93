"""Staging and pipes of training jobs, beside links and files; see run."""

import argparse
import io
import os
import pathlib
import statistics
import tarfile
import time

import boto3

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
ROLE = "arn:aws:iam::000000000000:role/service-role/AmazonSageMaker-ExecutionRole"
OBJECTS = 40

# Prints bytes per second: of the pipes in Pipe mode, else of the files.
SCRIPT = """
import os, sys, time
folder = os.environ["SM_CHANNEL_TRAIN"]
buffer = bytearray(1 << 20)
def read(paths):
    start, total = time.perf_counter(), 0
    for path in paths:
        with open(path, "rb", buffering=0) as file:
            while count := file.readinto(buffer): total += count
    return total / (time.perf_counter() - start)
if os.path.isdir(folder):
    files = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    read(files)
    print("RATE", read(files))
else:
    read([folder + "_0"])
    print("RATE", read([folder + "_1"]))
"""


def wait(sagemaker, name):
    while True:
        job = sagemaker.describe_training_job(TrainingJobName=name)
        if job["TrainingJobStatus"] in ("Completed", "Failed", "Stopped"):
            assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
            return job
        time.sleep(0.05)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--scratch", required=True)
    parser.add_argument("--gigabytes", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    endpoint = os.environ["AWS_ENDPOINT_URL"]
    s3, sagemaker, logs = (boto3.client(name, endpoint_url=endpoint) for name in ("s3", "sagemaker", "logs"))
    s3.create_bucket(Bucket="bench")
    size = int(options.gigabytes * 1e9 / OBJECTS)
    body = os.urandom(1 << 20) * (size // (1 << 20) + 1)
    for i in range(OBJECTS):
        s3.put_object(Bucket="bench", Key=f"data/{i:03}", Body=body[:size])
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        entry = tarfile.TarInfo("read.py")
        entry.size = len(SCRIPT)
        tar.addfile(entry, io.BytesIO(SCRIPT.encode()))
    s3.put_object(Bucket="bench", Key="sourcedir.tar.gz", Body=archive.getvalue())

    def run(name, mode):
        sagemaker.create_training_job(
            TrainingJobName=name,
            RoleArn=ROLE,
            AlgorithmSpecification={"TrainingImage": IMAGE, "TrainingInputMode": mode},
            HyperParameters={"sagemaker_program": "read.py", "sagemaker_submit_directory": "s3://bench/sourcedir.tar.gz"},
            InputDataConfig=[{"ChannelName": "train", "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bench/data/"}}}],
            OutputDataConfig={"S3OutputPath": "s3://bench/out"},
            ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
            StoppingCondition={"MaxRuntimeInSeconds": 3600},
        )
        job = wait(sagemaker, name)
        step = next(step for step in job["SecondaryStatusTransitions"] if step["Status"] == "Downloading")
        streams = logs.describe_log_streams(logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix=name)["logStreams"]
        events = logs.get_log_events(logGroupName="/aws/sagemaker/TrainingJobs", logStreamName=streams[0]["logStreamName"])["events"]
        rate = next(float(event["message"].split()[1]) for event in events if event["message"].startswith("RATE"))
        return (step["EndTime"] - step["StartTime"]).total_seconds(), rate

    links, staging, files, pipes = [], [], [], []
    for round in range(options.rounds):
        # As many links between two folders of the same disk.
        source, target = pathlib.Path(options.scratch, f"from-{round}"), pathlib.Path(options.scratch, f"to-{round}")
        source.mkdir()
        target.mkdir()
        for i in range(OBJECTS):
            (source / f"{i:03}").touch()
        start = time.perf_counter()
        for name in os.listdir(source):
            os.link(source / name, target / name)
        links.append(time.perf_counter() - start)
        seconds, rate = run(f"file-{round}", "File")
        staging.append(seconds)
        files.append(rate)
        pipes.append(run(f"pipe-{round}", "Pipe")[1])

    print(f"{OBJECTS} objects, {options.gigabytes:g} GB, medians of {options.rounds} rounds")
    print(f"staging (the whole Downloading step)  {statistics.median(staging) * 1000:9.1f} ms")
    print(f"as many bare links                    {statistics.median(links) * 1000:9.1f} ms")
    print(f"a script reads its files              {statistics.median(files) / 1e9:9.2f} GB/s")
    print(f"a script reads its pipe               {statistics.median(pipes) / 1e9:9.2f} GB/s, {statistics.median(pipes) / statistics.median(files):.2f} x the files")


main()
