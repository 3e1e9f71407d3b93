"""Latency of a warm model among many behind one multi-model endpoint, beside the same model on an endpoint of its own.

Every model is asked once, so that all of them are loaded; then one is put under load on both endpoints, and the many by turns. All run on this
machine with the load generator beside them; rounds alternate, and the medians count. Usage: bench/multi-model/run [--models 1000] [--rounds 3] [--seconds 8] [--connections 16]
"""

import argparse
import http.client
import pathlib
import statistics
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "bench" / "serving"))
from aws import signed_headers  # noqa: E402
from bench import ENDPOINT, IMAGE, archive, deploy, start, target, train  # noqa: E402

MANY = "bench-many"
TARGET_MODEL = "x-amzn-sagemaker-target-model"


def key(number):
    return "model-%04d.tar.gz" % number


def warm(client, row, models):
    """Asks every model once; returns the seconds of each first request."""
    path, times = "/endpoints/%s/invocations" % MANY, []
    for number in range(models):
        began = time.perf_counter()
        client.send("sagemaker", "POST", path, {"content-type": "text/csv", TARGET_MODEL: key(number)}, row)
        times.append(time.perf_counter() - began)
    return times


def by_turns(client, row, models, requests):
    """Latencies in milliseconds of single requests that go from model to model, and to the endpoint of one model."""
    connection, many, one = http.client.HTTPConnection(client.host), [], []
    for number in range(requests):
        for endpoint, more, times in ((MANY, {TARGET_MODEL: key(number * 7 % models)}, many), (ENDPOINT, {}, one)):
            path = "/endpoints/%s/invocations" % endpoint
            headers = signed_headers(client.credentials, "sagemaker", "POST", client.host, path, {"content-type": "text/csv", **more}, row)
            began = time.perf_counter()
            connection.request("POST", path, row, headers)
            answer = connection.getresponse()
            answer.read()
            times.append((time.perf_counter() - began) * 1e3)
            if answer.status != 200:
                raise SystemExit("%s answered %d" % (endpoint, answer.status))
    return many, one


def p99(values):
    return sorted(values)[int(len(values) * 0.99)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--requests", type=int, default=5000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sagebrush-bench-") as name:
        folder = pathlib.Path(name)
        model, row, _ = train(folder)
        packed = archive(model)
        process, client = start(folder)
        try:
            client.put("bench-models", "model.tar.gz", packed)
            for number in range(arguments.models):
                client.put_object("bench-models", "many/" + key(number), packed)
            deploy(client, ENDPOINT, Image=IMAGE, ModelDataUrl="s3://bench-models/model.tar.gz")
            deploy(client, MANY, Image=IMAGE, Mode="MultiModel", ModelDataUrl="s3://bench-models/many/")
            first = warm(client, row, arguments.models)
            print("a model's first request: %.1f ms in the median, %.1f ms at p99" % (statistics.median(first) * 1e3, p99(first) * 1e3))
            many, one = by_turns(client, row, arguments.models, arguments.requests)
            targets = [
                target("one of %d" % arguments.models, process, client, MANY, row, **{TARGET_MODEL: key(arguments.models // 2)}),
                target("a model alone", process, client, ENDPOINT, row),
            ]
            for number in range(arguments.rounds):
                print("round %d" % (number + 1))
                for each in targets:
                    each.measure(folder, arguments.seconds, arguments.connections)
            under_load = statistics.median(a / b for a, b in zip(targets[0].tails, targets[1].tails))
            print("\nWarm p99 among %d models: %.2f × that of a model alone when requests go from model to model (%.3f and %.3f ms), %.2f × under load."
                  % (arguments.models, p99(many) / p99(one), p99(many), p99(one), under_load))
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    sys.exit(main())
