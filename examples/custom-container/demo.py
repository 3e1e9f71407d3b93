#!/usr/bin/env python3
"""Builds an image of one's own, tries it, pushes it, trains with it, deploys what it learnt and reads one digit.

The steps are functions: the notebook beside this file calls them one by one. Nothing but the base image and the place of the
data is special to this machine; against AWS the same calls work with the account's own registry.
"""

import argparse
import base64
import gzip
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import boto3

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FILES = ("mnist-t10k-images-idx3-ubyte.gz", "mnist-t10k-labels-idx1-ubyte.gz")
REPOSITORY = "digits"
LOCAL_IMAGE = f"localhost/{REPOSITORY}:latest"
BASE_IMAGE = "localhost/debian-base:12"


def engine():
    """The command that builds and pushes: podman or docker."""
    found = shutil.which("podman") or shutil.which("docker")
    if not found:
        raise SystemExit("This example builds an image: install podman (apt-get install podman buildah) or docker.")
    return found


def run(*command, **more):
    print("$", *command, flush=True)
    return subprocess.run([str(word) for word in command], check=True, **more)


def datasets():
    """The folder with MNIST's test files; where there is none, scikit-learn's own small digits are written in the same format."""
    for folder in (os.environ.get("SAGEBRUSH_DATASETS"), ROOT / "shared/datasets", ROOT.parent / "shared/datasets"):
        if folder and all((pathlib.Path(folder) / name).exists() for name in FILES):
            return pathlib.Path(folder)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="digits-"))
    script = (
        "import gzip, numpy, struct, sys; from sklearn.datasets import load_digits; d = load_digits();"
        "w = lambda p, a: gzip.open(p, 'wb').write(struct.pack('>HBB', 0, 8, a.ndim) + struct.pack('>%dI' % a.ndim, *a.shape) + a.astype(numpy.uint8).tobytes());"
        "w(sys.argv[1], d.images * 15); w(sys.argv[2], d.target)"
    )
    run("/usr/bin/python3", "-c", script, folder / FILES[0], folder / FILES[1])
    return folder


def base_image():
    """Debian 12: from its registry, or made from this machine's own package mirror."""
    if subprocess.run([engine(), "image", "inspect", BASE_IMAGE], capture_output=True).returncode == 0:
        return BASE_IMAGE
    if not os.environ.get("SAGEBRUSH_OFFLINE") and subprocess.run([engine(), "pull", "docker.io/library/debian:12-slim"]).returncode == 0:
        return "docker.io/library/debian:12-slim"
    if not shutil.which("mmdebstrap"):
        raise SystemExit("No registry has Debian for us: install mmdebstrap (apt-get install mmdebstrap) to make a base image from the package mirror.")
    mirror = debian_mirror()
    make = ["mmdebstrap", "--variant=minbase", "--include=ca-certificates", "--dpkgopt=force-unsafe-io", "bookworm", "-", *([mirror] if mirror else [])]
    print("$", *make, "|", engine(), "import -", BASE_IMAGE, flush=True)
    archive = subprocess.Popen(make, stdout=subprocess.PIPE)
    run(engine(), "import", "--change", 'CMD ["/bin/bash"]', "-", BASE_IMAGE, stdin=archive.stdout)
    if archive.wait() != 0:
        raise SystemExit("mmdebstrap could not make a base image: see above.")
    return BASE_IMAGE


def debian_mirror():
    """Where this machine has its packages from."""
    for path in [pathlib.Path("/etc/apt/sources.list"), *sorted(pathlib.Path("/etc/apt/sources.list.d").glob("*"))]:
        lines = path.read_text().splitlines() if path.exists() else []
        for word in (word for line in lines if not line.startswith("#") for word in line.split()):
            if word.startswith(("http://", "https://")) and word.rstrip("/").endswith("/debian"):
                return word
    return None


def build():
    """Builds the image."""
    run(engine(), "build", "--build-arg", f"BASE={base_image()}", "--tag", LOCAL_IMAGE, HERE / "image")


def try_locally():
    """Runs the image once as SageMaker would, without any service: the quickest way to find mistakes."""
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "model").mkdir()
        run(engine(), "run", "--rm", "--network=host", "-v", f"{datasets()}:/opt/ml/input/data/training:ro", "-v", f"{folder}/model:/opt/ml/model", LOCAL_IMAGE, "train")
        print("left:", *(path.name for path in pathlib.Path(folder, "model").iterdir()))


def push():
    """Pushes the image into the account's registry, logged in with a token.

    Returns the image's name as jobs know it.
    """
    ecr = boto3.client("ecr")
    try:
        ecr.create_repository(repositoryName=REPOSITORY)
    except ecr.exceptions.RepositoryAlreadyExistsException:
        pass
    access = ecr.get_authorization_token()["authorizationData"][0]
    user, password = base64.b64decode(access["authorizationToken"]).decode().split(":", 1)
    scheme, host = access["proxyEndpoint"].split("://")
    plain = ["--tls-verify=false"] if scheme == "http" and "podman" in engine() else []
    target = f"{host}/{REPOSITORY}:latest"
    run(engine(), "login", *plain, "--username", user, "--password-stdin", host, input=password.encode())
    run(engine(), "tag", LOCAL_IMAGE, target)
    run(engine(), "push", *plain, target)
    account, region = boto3.client("sts").get_caller_identity()["Account"], boto3.Session().region_name
    return f"{account}.dkr.ecr.{region}.amazonaws.com/{REPOSITORY}:latest"


def settings():
    account, region = boto3.client("sts").get_caller_identity()["Account"], boto3.Session().region_name
    return f"sagemaker-{region}-{account}", f"arn:aws:iam::{account}:role/service-role/AmazonSageMaker-ExecutionRole"


def train(image, name):
    """Uploads the data and trains; returns where the model is."""
    s3, sagemaker = boto3.client("s3"), boto3.client("sagemaker")
    bucket, role = settings()
    s3.create_bucket(Bucket=bucket)
    for file in FILES:
        s3.upload_file(str(datasets() / file), bucket, f"{name}/training/{file}")
    sagemaker.create_training_job(
        TrainingJobName=name,
        AlgorithmSpecification={
            "TrainingImage": image,
            "TrainingInputMode": "File",
            "MetricDefinitions": [{"Name": "validation:accuracy", "Regex": "validation:accuracy=([0-9.]+);"}],
        },
        RoleArn=role,
        HyperParameters={"trees": "60", "held-out": "500"},
        InputDataConfig=[{"ChannelName": "training", "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{bucket}/{name}/training/"}}}],
        OutputDataConfig={"S3OutputPath": f"s3://{bucket}/{name}/models"},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
        StoppingCondition={"MaxRuntimeInSeconds": 3600},
    )
    told = None
    while True:
        job = sagemaker.describe_training_job(TrainingJobName=name)
        message = job["SecondaryStatusTransitions"][-1]["StatusMessage"] if job.get("SecondaryStatusTransitions") else None
        if message != told:
            print(job["SecondaryStatus"], "-", message, flush=True)
            told = message
        if job["TrainingJobStatus"] not in ("InProgress", "Stopping"):
            break
        time.sleep(0.2)
    if job["TrainingJobStatus"] != "Completed":
        raise SystemExit(job["FailureReason"])
    print({metric["MetricName"]: round(metric["Value"], 4) for metric in job["FinalMetricDataList"]})
    return job["ModelArtifacts"]["S3ModelArtifacts"]


def deploy(image, model, name):
    """Serves the model with the same image; returns when it answers."""
    sagemaker = boto3.client("sagemaker")
    sagemaker.create_model(ModelName=name, ExecutionRoleArn=settings()[1], PrimaryContainer={"Image": image, "ModelDataUrl": model})
    sagemaker.create_endpoint_config(
        EndpointConfigName=name,
        ProductionVariants=[{"VariantName": "AllTraffic", "ModelName": name, "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}],
    )
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    while (endpoint := sagemaker.describe_endpoint(EndpointName=name))["EndpointStatus"] == "Creating":
        time.sleep(0.2)
    if endpoint["EndpointStatus"] != "InService":
        raise SystemExit(endpoint["FailureReason"])


def digit(number):
    """The pixels of a digit of the held-out rows, and what it is."""
    images = gzip.decompress((datasets() / FILES[0]).read_bytes())
    labels = gzip.decompress((datasets() / FILES[1]).read_bytes())
    height, width = (int.from_bytes(images[at : at + 4], "big") for at in (8, 12))
    count = int.from_bytes(images[4:8], "big")
    at = count - 1 - number
    pixels = images[16 + at * height * width : 16 + (at + 1) * height * width]
    return [pixels[row * width : (row + 1) * width] for row in range(height)], labels[8 + at]


def draw(picture):
    for row in picture:
        print("".join(" .:-=+*#%@"[pixel * 10 // 256] * 2 for pixel in row))


def predict(name, number=0):
    """Asks the endpoint what a digit is."""
    picture, truth = digit(number)
    draw(picture)
    body = ",".join(str(pixel) for row in picture for pixel in row)
    answer = boto3.client("sagemaker-runtime").invoke_endpoint(EndpointName=name, ContentType="text/csv", Body=body)
    said = answer["Body"].read().decode()
    print("the endpoint says", said, "and it is", truth)
    return said, truth


def clean_up(name):
    sagemaker = boto3.client("sagemaker")
    sagemaker.delete_endpoint(EndpointName=name)
    sagemaker.delete_endpoint_config(EndpointConfigName=name)
    sagemaker.delete_model(ModelName=name)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--image", help="an image that is there already, instead of building and pushing one")
    arguments.add_argument("--keep", action="store_true", help="leave the endpoint up")
    options = arguments.parse_args()
    image = options.image
    if image is None:
        build()
        try_locally()
        image = push()
    name = time.strftime("digits-%Y%m%d-%H%M%S")
    model = train(image, name)
    deploy(image, model, name)
    predict(name)
    if not options.keep:
        clean_up(name)


if __name__ == "__main__":
    main()
