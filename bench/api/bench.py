"""Describe, List and Create calls a second of models, beside moto's server; see run. Only the standard library, and wrk for the load."""

import argparse
import datetime
import hashlib
import hmac
import json
import os
import pathlib
import re
import subprocess
import urllib.parse
import urllib.request

# Of moto_server 5.2 on two cores of an AMD EPYC, for machines without it.
KNOWN_PEER = {"DescribeModel": 262, "ListModels": 85, "CreateModel": 339}
AIMS = {"DescribeModel": 50, "ListModels": 50, "CreateModel": 10}
CREATED_A_SECOND = 30_000
REGION = "us-east-1"


class Signer:
    """Signs calls of SageMaker's API (signature version 4) as whole HTTP requests."""

    def __init__(self, endpoint, key, secret):
        self.host = urllib.parse.urlsplit(endpoint).netloc
        now = datetime.datetime.now(datetime.timezone.utc)
        self.time, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
        self.scope = f"{day}/{REGION}/sagemaker/aws4_request"
        self.credential = f"{key}/{self.scope}"
        self.key = ("AWS4" + secret).encode()
        for part in (day, REGION, "sagemaker", "aws4_request"):
            self.key = hmac.digest(self.key, part.encode(), "sha256")

    def request(self, operation, body):
        body = json.dumps(body)
        target = "SageMaker." + operation
        names = "content-type;host;x-amz-date;x-amz-target"
        canonical = "\n".join((
            "POST", "/", "", "content-type:application/x-amz-json-1.1", f"host:{self.host}", f"x-amz-date:{self.time}", f"x-amz-target:{target}", "",
            names, hashlib.sha256(body.encode()).hexdigest()))
        text = "\n".join(("AWS4-HMAC-SHA256", self.time, self.scope, hashlib.sha256(canonical.encode()).hexdigest()))
        signature = hmac.digest(self.key, text.encode(), "sha256").hex()
        return (f"POST / HTTP/1.1\r\nHost: {self.host}\r\nContent-Type: application/x-amz-json-1.1\r\nX-Amz-Date: {self.time}\r\nX-Amz-Target: {target}\r\n"
                f"Authorization: AWS4-HMAC-SHA256 Credential={self.credential}, SignedHeaders={names}, Signature={signature}\r\n"
                f"Content-Length: {len(body)}\r\n\r\n{body}").encode()


def model(name):
    return {"ModelName": name, "ExecutionRoleArn": "arn:aws:iam::000000000000:role/bench",
            "PrimaryContainer": {"Image": "000000000000.dkr.ecr.us-east-1.amazonaws.com/bench:1", "ContainerHostname": "one"}}


def send(endpoint, request):
    head, body = request.split(b"\r\n\r\n", 1)
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    with urllib.request.urlopen(urllib.request.Request(endpoint, body, headers)) as answer:
        return json.load(answer)


def rate(endpoint, folder, requests, connections, seconds):
    """Answers a second; every one must be a good one."""
    file = folder / "requests"
    with open(file, "wb") as output:
        for request in requests:
            output.write(b"%010d%s" % (len(request), request))
    report = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", pathlib.Path(__file__).with_name("load.lua"), endpoint],
        env={**os.environ, "REQUESTS": str(file)}, check=True, capture_output=True, text=True).stdout
    assert "Non-2xx" not in report, report
    assert int(re.search(r"(\d+) requests in", report).group(1)) > 0, report
    return float(re.search(r"Requests/sec:\s+([\d.]+)", report).group(1))


def measure(endpoint, folder, options, created_a_second):
    signer = Signer(endpoint, os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
    for number in range(options.models):
        send(endpoint, signer.request("CreateModel", model(f"there-{number:04}")))
    listing = {"MaxResults": 100, "SortBy": "Name", "SortOrder": "Ascending"}
    assert len(send(endpoint, signer.request("ListModels", listing))["Models"]) == min(options.models, 100)
    reads = {
        "DescribeModel": [signer.request("DescribeModel", {"ModelName": f"there-{number:04}"}) for number in range(options.models)],
        "ListModels": [signer.request("ListModels", listing)],
    }

    # A server that has just started is still being compiled: neither is measured cold.
    for requests in reads.values():
        rate(endpoint, folder, requests, options.connections, options.warm_up)
    rates = {operation: rate(endpoint, folder, requests, options.connections, options.seconds) for operation, requests in reads.items()}
    count = int(options.seconds * created_a_second)
    rates["CreateModel"] = rate(
        endpoint, folder, (signer.request("CreateModel", model(f"new-{number:07}")) for number in range(count)), options.connections, options.seconds)
    return rates


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--peer", help="where moto's server listens; without it figures of before stand for it")
    parser.add_argument("--seconds", type=int, default=6)
    parser.add_argument("--warm-up", type=int, default=4, help="seconds of each read before the measured ones")
    parser.add_argument("--models", type=int, default=100, help="models that are described and listed")
    parser.add_argument("--connections", type=int, default=32)
    options = parser.parse_args()

    ours = measure(os.environ["AWS_ENDPOINT_URL"], options.folder, options, CREATED_A_SECOND)
    peer = measure(options.peer, options.folder, options, 1_000) if options.peer else KNOWN_PEER
    print(f"{'a second':14} {'sagebrush':>10} {'moto':>8} {'ratio':>7} {'aim':>5}" + ("" if options.peer else "   (moto is not here: figures of before)"))
    for operation, aim in AIMS.items():
        print(f"{operation:14} {ours[operation]:10,.0f} {peer[operation]:8,.0f} {ours[operation] / peer[operation]:7.1f} {aim:5}")


if __name__ == "__main__":
    main()
