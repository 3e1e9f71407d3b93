"""Batch transform of many rows, beside the same rows sent one by one and beside the bare evaluator.

The rows are those of bench/serving, repeated. One by one: a sample of them as signed InvokeEndpoint calls over one connection, extrapolated. The bare evaluator: the
same file's bytes through the same model in a program that does nothing else, on as many threads. Usage: bench/transform/run [--rows 1000000] [--rounds 3] [--sample 5000]
"""

import argparse
import http.client
import io
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "bench" / "serving"))
from aws import signed_headers  # noqa: E402
from bench import ENDPOINT, IMAGE, archive, deploy, start, table, train  # noqa: E402

BARE = ROOT / "bench" / "transform" / "BareEvaluator" / "bin" / "Release" / "net10.0" / "BareEvaluator.dll"


def lines(count):
    text = io.StringIO()
    numpy.savetxt(text, table()[1], fmt="%g", delimiter=",")
    rows = text.getvalue().splitlines()
    return [rows[number % len(rows)] for number in range(count)]


def transform(client, name):
    """Seconds of a job, from its request to its end as the client sees it."""
    began = time.perf_counter()
    client.sagemaker(
        "CreateTransformJob", TransformJobName=name, ModelName=ENDPOINT,
        TransformInput={"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bench-models/in/rows.csv"}}, "ContentType": "text/csv", "SplitType": "Line"},
        TransformOutput={"S3OutputPath": "s3://bench-models/" + name, "Accept": "text/csv", "AssembleWith": "Line"},
        TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1})
    while (job := client.sagemaker("DescribeTransformJob", TransformJobName=name))["TransformJobStatus"] == "InProgress":
        time.sleep(0.01)
    seconds = time.perf_counter() - began
    if job["TransformJobStatus"] != "Completed":
        raise SystemExit("the job failed: %s" % job)
    return seconds


def one_by_one(client, rows):
    """Seconds of a row sent by itself, and the answers."""
    connection, path, answers = http.client.HTTPConnection(client.host), "/endpoints/%s/invocations" % ENDPOINT, []
    signed = [(row.encode(), signed_headers(client.credentials, "sagemaker", "POST", client.host, path, {"content-type": "text/csv"}, row.encode())) for row in rows]
    began = time.perf_counter()
    for row, headers in signed:
        connection.request("POST", path, row, headers)
        answers.append(connection.getresponse().read().decode().strip())
    return (time.perf_counter() - began) / len(rows), answers


def bare(model, file):
    return float(subprocess.run(["dotnet", BARE, model, file], check=True, capture_output=True, text=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sample", type=int, default=5000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sagebrush-bench-") as name:
        folder = pathlib.Path(name)
        model, _, _ = train(folder)
        rows = lines(arguments.rows)
        file = folder / "rows.csv"
        file.write_text("\n".join(rows) + "\n")
        process, client = start(folder)
        try:
            client.put("bench-models", "model.tar.gz", archive(model))
            client.put_object("bench-models", "in/rows.csv", file.read_bytes())
            deploy(client, ENDPOINT, Image=IMAGE, ModelDataUrl="s3://bench-models/model.tar.gz")
            sample = rows[:min(arguments.sample, arguments.rows)]
            transform(client, "warm")
            single, evaluator = [], []
            for number in range(arguments.rounds):
                job, (row, answers), alone = transform(client, "round-%d" % number), one_by_one(client, sample), bare(model.parent, file)
                written = client.send("s3", "GET", "/bench-models/round-%d/rows.csv.out" % number, {}, b"").decode().split()
                if len(written) != len(rows) or written[:len(answers)] != answers:
                    raise SystemExit("the job's answers are not those of the endpoint")
                single.append(row * len(rows) / job)
                evaluator.append(alone / job)
                print("round %d: job %.2f s; one by one %.0f µs a row, %.1f s for all; bare evaluator %.2f s" % (number + 1, job, row * 1e6, row * len(rows), alone), flush=True)
            print("\nBatch transform of %d rows: %.1f × as fast as one by one, %.2f of the bare evaluator's speed."
                  % (len(rows), statistics.median(single), statistics.median(evaluator)))
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    sys.exit(main())
