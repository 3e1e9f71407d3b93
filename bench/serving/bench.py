"""Requests per second and latency of signed CSV rows to an XGBoost endpoint, beside peers.

Peers: the same model behind FastAPI and uvicorn and behind Flask and gunicorn, each with two workers, and a bare Kestrel handler that answers a
constant (what the web server alone can do). An endpoint of a Python handler with the peers' own code stands beside them. All run on this machine with
the load generator beside them; rounds alternate, and the medians count. The server's processor time per request is printed too: it says the same on a
busy machine. Usage: bench/serving/run [--rows 1] [--trees 50] [--depth 5] [--rounds 3] [--seconds 8] [--connections 64]
"""

import argparse
import csv
import io
import json
import os
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.request

import numpy
import xgboost

from aws import Client, signed_headers

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
ENDPOINT = "bench"
HANDLER = "bench-handler"


def table():
    """Features and labels: bank-additional with its categories numbered, or a random table of that size."""
    folder = os.environ.get("SAGEBRUSH_DATASETS", ROOT.parent / "shared" / "datasets")
    path = pathlib.Path(folder) / "bank-additional-full.csv"
    if not path.exists():
        random = numpy.random.RandomState(1)
        x = random.rand(40000, 20).astype("float32").round(3)
        return "a random table", x, (x.sum(axis=1) + random.rand(40000) > 10.5).astype("float32")
    with open(path, newline="") as file:
        head = file.readline()
        rows = list(csv.reader(file, delimiter=";" if ";" in head else ","))
    columns = []
    for column in zip(*rows):
        try:
            columns.append(numpy.array(column, dtype="float32"))
        except ValueError:
            columns.append(numpy.unique(column, return_inverse=True)[1].astype("float32"))
    return "bank-additional", numpy.column_stack(columns[:-1]), columns[-1]


def train(folder, rows=1, trees=50, depth=5):
    name, x, y = table()
    booster = xgboost.train({"objective": "binary:logistic", "max_depth": depth, "eta": 0.2}, xgboost.DMatrix(x, label=y), trees)
    path = folder / "xgboost-model"
    booster.save_model(str(path) + ".json")
    os.rename(str(path) + ".json", path)
    body = "\n".join(",".join("%g" % value for value in row) for row in x[17:17 + rows])
    expected = booster.inplace_predict(x[17:17 + rows])
    print("model: %d trees of depth %d on %s, %d features; %d rows a request: %d bytes" % (trees, depth, name, x.shape[1], rows, len(body)))
    return path, body.encode(), expected


def archive(model, *code):
    """A model archive, with code if there is any."""
    bytes_ = io.BytesIO()
    with tarfile.open(fileobj=bytes_, mode="w:gz") as tar:
        tar.add(model, "xgboost-model")
        for file in code:
            tar.add(file, "code/inference.py")
    return bytes_.getvalue()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, process):
    for _ in range(600):
        if process.poll() is not None:
            raise SystemExit("a server ended before it was ready: " + " ".join(map(str, process.args)))
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("a server was not ready in time: " + " ".join(map(str, process.args)))


def processor_seconds(pid):
    """Processor time of a process and its children so far."""
    try:
        fields = pathlib.Path("/proc/%d/stat" % pid).read_text().rsplit(")", 1)[1].split()
        children = pathlib.Path("/proc/%d/task/%d/children" % (pid, pid)).read_text().split()
    except FileNotFoundError:
        return 0.0
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(processor_seconds(int(child)) for child in children)


class Target:
    """A server under load: where it listens and what is sent to it."""

    def __init__(self, name, process, port, path, headers, body):
        self.name, self.process, self.port, self.path, self.headers, self.body = name, process, port, path, headers, body
        self.rates, self.medians, self.tails, self.costs = [], [], [], []

    @property
    def url(self):
        return "http://127.0.0.1:%d%s" % (self.port, self.path)

    def ask(self):
        headers = {"Content-Type": "text/csv", **self.headers()}
        return urllib.request.urlopen(urllib.request.Request(self.url, data=self.body, headers=headers)).read().decode()

    def load(self, folder, seconds, connections):
        script = folder / "request.lua"
        lines = ['wrk.method = "POST"', "wrk.body = %s" % json.dumps(self.body.decode())]
        for header, value in {"content-type": "text/csv", **self.headers()}.items():
            if header == "host":  # wrk and urllib send it themselves
                continue
            lines.append("wrk.headers[%s] = %s" % (json.dumps(header), json.dumps(value)))
        script.write_text("\n".join(lines))
        command = ["wrk", "-t2", "-c%d" % connections, "-d%ds" % seconds, "--latency", "-s", str(script), self.url]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        if "Non-2xx" in output or "Socket errors" in output:
            raise SystemExit("%s failed under load:\n%s" % (self.name, output))
        return (float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1]), milliseconds(output, "50%"), milliseconds(output, "99%"))

    def measure(self, folder, seconds, connections):
        before = processor_seconds(self.process.pid)
        rate, median, tail = self.load(folder, seconds, connections)
        cost = (processor_seconds(self.process.pid) - before) * 1e6 / (rate * seconds)
        self.costs.append(cost)
        self.rates.append(rate)
        self.medians.append(median)
        self.tails.append(tail)
        print("  %-16s %9.0f req/s   p50 %7.3f ms   p99 %7.3f ms   %6.1f µs of processor each"
              % (self.name, rate, median, tail, cost), flush=True)


def milliseconds(output, percentile):
    value, unit = re.search(r"\s%s\s+([\d.]+)(us|ms|s)\s" % re.escape(percentile), output).groups()
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def start(folder):
    """Starts Sagebrush, and returns the process and a client of it."""
    port, data = free_port(), str(folder / "data")
    process = subprocess.Popen([ROOT / "sagebrush", "up", "--data", data, "--port", str(port)], stdout=subprocess.DEVNULL)
    wait_for(port, process)
    credentials = json.loads(subprocess.run(
        [ROOT / "sagebrush", "env", "--data", data, "--format", "json"], check=True, capture_output=True, text=True).stdout)
    return process, Client("http://127.0.0.1:%d" % port, credentials)


def deploy(client, endpoint, **container):
    """Makes an endpoint of one model, each named after it, and waits until it is in service."""
    client.sagemaker("CreateModel", ModelName=endpoint, ExecutionRoleArn="arn:aws:iam::000000000000:role/bench", PrimaryContainer=container)
    client.sagemaker("CreateEndpointConfig", EndpointConfigName=endpoint, ProductionVariants=[
        {"VariantName": "AllTraffic", "ModelName": endpoint, "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}])
    client.sagemaker("CreateEndpoint", EndpointName=endpoint, EndpointConfigName=endpoint)
    while (status := client.sagemaker("DescribeEndpoint", EndpointName=endpoint))["EndpointStatus"] == "Creating":
        time.sleep(0.05)
    if status["EndpointStatus"] != "InService":
        raise SystemExit("the endpoint failed: %s" % status)


def target(name, process, client, endpoint, row, **more):
    """An endpoint under load, its requests signed anew for each round: a signature is good for 15 minutes."""
    path = "/endpoints/%s/invocations" % endpoint

    def headers():
        return signed_headers(client.credentials, "sagemaker", "POST", client.host, path, {"content-type": "text/csv", **more}, row)

    return Target(name, process, int(client.host.split(":")[1]), path, headers, row)


def sagebrush(folder, model, row):
    """Starts Sagebrush, makes two endpoints through its API, and returns the process and the targets."""
    process, client = start(folder)
    client.put("bench-models", "model.tar.gz", archive(model))
    client.put("bench-models", "handler.tar.gz", archive(model, HERE / "handler.py"))
    deploy(client, ENDPOINT, Image=IMAGE, ModelDataUrl="s3://bench-models/model.tar.gz")
    deploy(client, HANDLER, Image=IMAGE, ModelDataUrl="s3://bench-models/handler.tar.gz", Environment={"SAGEMAKER_PROGRAM": "inference.py"})
    return process, [target("Sagebrush", process, client, ENDPOINT, row), target("Python handler", process, client, HANDLER, row)]


def python(name, model, row, *server):
    """Starts the model behind one of Python's web servers."""
    port = free_port()
    environment = {**os.environ, "MODEL": str(model), "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    process = subprocess.Popen(["/usr/bin/python3", "-m", *(part.format(port=port) for part in server)], cwd=HERE, env=environment)
    wait_for(port, process)
    return process, [Target(name, process, port, "/invocations", dict, row)]


def fastapi(model, row):
    return python("FastAPI ×2", model, row, "uvicorn", "peer:app", "--port", "{port}", "--workers", "2", "--no-access-log", "--log-level", "warning")


def flask(model, row):
    return python("Flask ×2", model, row, "gunicorn", "flask_peer:app", "--bind", "127.0.0.1:{port}", "--workers", "2", "--log-level", "warning")


def kestrel(row):
    port = free_port()
    program = HERE / "BareKestrel" / "bin" / "Release" / "net10.0" / "BareKestrel.dll"
    process = subprocess.Popen(["dotnet", program, str(port)], stdout=subprocess.DEVNULL)
    wait_for(port, process)
    return process, [Target("bare Kestrel", process, port, "/", dict, row)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1, help="rows in a request")
    parser.add_argument("--trees", type=int, default=50)
    parser.add_argument("--depth", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--connections", type=int, default=64)
    arguments = parser.parse_args()
    processes = []
    with tempfile.TemporaryDirectory(prefix="sagebrush-bench-") as name:
        folder = pathlib.Path(name)
        try:
            model, row, expected = train(folder, arguments.rows, arguments.trees, arguments.depth)
            targets = []
            for begin in (lambda: sagebrush(folder, model, row), lambda: fastapi(model, row), lambda: flask(model, row), lambda: kestrel(row)):
                process, more = begin()
                processes.append(process)
                targets.extend(more)
            for target in targets[:-1]:
                answer = numpy.array(re.split(r"[\n,]", target.ask().strip()), dtype=float)
                if answer.shape != expected.shape or not numpy.allclose(answer, expected, rtol=1e-5):
                    raise SystemExit("%s answered %s instead of %s" % (target.name, answer, expected))
            for target in targets:
                target.load(folder, max(2, arguments.seconds // 2), arguments.connections)
            for number in range(arguments.rounds):
                print("round %d" % (number + 1))
                for target in targets:
                    target.measure(folder, arguments.seconds, arguments.connections)
            report(*targets)
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait()


def report(ours, handler, fast, slow, bare):
    print("\nmedians of the rounds")
    print("| server | req/s | p50 | p99 | processor time per request |\n| --- | ---: | ---: | ---: | ---: |")
    for target in (ours, handler, fast, slow, bare):
        print("| %s | %.0f | %.2f ms | %.2f ms | %.1f µs |" % (
            target.name, statistics.median(target.rates), statistics.median(target.medians), statistics.median(target.tails),
            statistics.median(target.costs)))

    def ratio(one, other, values):
        return statistics.median(a / b for a, b in zip(getattr(one, values), getattr(other, values)))

    print("\nSagebrush serves %.1f × FastAPI's requests, %.1f × Flask's and %.2f of bare Kestrel's; its p99 is %.2f of FastAPI's.\n"
          "A request costs FastAPI %.1f × the processor time it costs Sagebrush, and bare Kestrel %.2f of it.\n"
          "A Python handler with FastAPI's code serves %.2f × FastAPI's requests."
          % (ratio(ours, fast, "rates"), ratio(ours, slow, "rates"), ratio(ours, bare, "rates"), ratio(ours, fast, "tails"),
             ratio(fast, ours, "costs"), ratio(bare, ours, "costs"), ratio(handler, fast, "rates")))


if __name__ == "__main__":
    sys.exit(main())
