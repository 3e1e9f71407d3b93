"""How soon a container job speaks beside `podman run`, and what an endpoint adds to its container's own answer; see containers."""

import argparse
import http.client
import json
import os
import statistics
import subprocess
import time

import boto3

IMAGE = "localhost/bench:1"
ROLE = "arn:aws:iam::000000000000:role/service-role/AmazonSageMaker-ExecutionRole"
BUCKET = "bench-containers"
GROUP = "/aws/sagemaker/TrainingJobs"


def bare():
    """Seconds from `podman run` to its first line, with the limits and the network that a job gets."""
    started = time.perf_counter()
    process = subprocess.Popen(
        ["podman", "run", "--rm", "--network=host", "--memory=2g", "--cpus=1", IMAGE, "train"], stdout=subprocess.PIPE, text=True
    )
    process.stdout.readline()
    took = time.perf_counter() - started
    process.wait()
    return took


def job(sagemaker, logs, name):
    """Seconds from CreateTrainingJob to the first line in its log."""
    started = time.perf_counter()
    sagemaker.create_training_job(
        TrainingJobName=name,
        RoleArn=ROLE,
        AlgorithmSpecification={"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        OutputDataConfig={"S3OutputPath": f"s3://{BUCKET}/output"},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        StoppingCondition={"MaxRuntimeInSeconds": 600},
    )
    while True:
        try:
            events = logs.filter_log_events(logGroupName=GROUP, logStreamNamePrefix=f"{name}/")["events"]
        except logs.exceptions.ResourceNotFoundException:
            events = []
        if events:
            took = time.perf_counter() - started
            break

        # Without a pause the client and its answers would keep both processors from the job.
        time.sleep(0.002)
    while sagemaker.describe_training_job(TrainingJobName=name)["TrainingJobStatus"] == "InProgress":
        time.sleep(0.02)
    return took


def deploy(sagemaker):
    sagemaker.create_model(ModelName="bench", ExecutionRoleArn=ROLE, PrimaryContainer={"Image": IMAGE})
    variant = {"VariantName": "AllTraffic", "ModelName": "bench", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    sagemaker.create_endpoint_config(EndpointConfigName="bench", ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName="bench", EndpointConfigName="bench")
    while (status := sagemaker.describe_endpoint(EndpointName="bench"))["EndpointStatus"] == "Creating":
        time.sleep(0.02)
    assert status["EndpointStatus"] == "InService", status


def signed(body):
    """One signed request that may be sent again and again within its minutes."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest

    session = boto3.Session()
    url = f"{os.environ['AWS_ENDPOINT_URL'].rstrip('/')}/endpoints/bench/invocations"
    request = AWSRequest("POST", url, data=body, headers={"Content-Type": "text/plain"})
    SigV4Auth(session.get_credentials(), "sagemaker", session.region_name).add_auth(request)
    return dict(request.headers)


def ask(host, path, body, headers, requests):
    """Milliseconds of each request over one kept connection."""
    connection = http.client.HTTPConnection(host)
    connection.connect()
    times = []
    for _ in range(requests):
        started = time.perf_counter()
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read()
        times.append((time.perf_counter() - started) * 1000)
        assert answer.status == 200, answer.status
    return times


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rounds", type=int, default=9)
    arguments.add_argument("--requests", type=int, default=3000)
    options = arguments.parse_args()
    s3, sagemaker, logs = (boto3.client(name) for name in ("s3", "sagemaker", "logs"))
    s3.create_bucket(Bucket=BUCKET)

    print(f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}")
    runs, jobs = [], []
    for i in range(options.rounds + 1):
        runs.append(bare())
        jobs.append(job(sagemaker, logs, f"bench-{i}"))
    run, first = (statistics.median(times[1:]) for times in (runs, jobs))
    print(f"first line: podman run {run * 1000:.0f} ms, training job {first * 1000:.0f} ms: {first / run:.2f} x   (aim: 1.2 x)")

    deploy(sagemaker)
    found = subprocess.run(["podman", "ps", "--quiet", "--filter", "label=sagebrush.purpose=model/AllTraffic/container_1"], stdout=subprocess.PIPE, text=True)
    ports = json.loads(subprocess.run(["podman", "inspect", found.stdout.strip()], stdout=subprocess.PIPE, text=True).stdout)[0]["NetworkSettings"]["Ports"]
    container = f"127.0.0.1:{ports['8080/tcp'][0]['HostPort']}"
    endpoint = os.environ["AWS_ENDPOINT_URL"].split("://")[1].rstrip("/")
    body = b"0.5," * 20
    headers = signed(body)
    alone, through = [], []
    for _ in range(4):
        alone.append(ask(container, "/invocations", body, {"Content-Type": "text/plain"}, options.requests // 4))
        through.append(ask(endpoint, "/endpoints/bench/invocations", body, headers, options.requests // 4))
    own, all_of_it = (statistics.median(time for times in parts[1:] for time in times) for parts in (alone, through))
    print(f"request: container {own:.3f} ms, endpoint {all_of_it:.3f} ms: {all_of_it - own:.3f} ms more at p50   (aim: 0.3 ms)")
    sagemaker.delete_endpoint(EndpointName="bench")


main()
