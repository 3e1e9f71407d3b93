"""PutLogEvents over the wire, against writing the same lines to a plain file with a flush for each batch.

A million lines by several boto3 processes at once, each into a stream of its own, and as many again by bare HTTP with
requests signed beforehand, since boto3 takes longer to write a batch than the server to keep it; then the newest page, a
page from the middle, and a search for a word that one line has. The server's memory is printed before and after: it must
not grow with the lines. All on one machine, in one run. Usage: bench/logs/run [--lines 1000000] [--writers 2]
"""

import argparse
import http.client
import json
import multiprocessing
import os
import pathlib
import statistics
import sys
import time
import urllib.parse

import boto3

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "serving"))
from aws import signed_headers  # noqa: E402

BATCH = 8000
GROUP = "/bench"


def line(i):
    return f"[{i}] #011train-auc:0.92731 validation-auc:0.91127 and some words of a usual length"


def batches(lines):
    now = int(time.time() * 1000)
    for first in range(0, lines, BATCH):
        yield [{"timestamp": now + (i - first) // 100, "message": line(i)} for i in range(first, min(lines, first + BATCH))]


def write(stream, lines):
    logs = boto3.client("logs")
    for batch in batches(lines):
        logs.put_log_events(logGroupName=GROUP, logStreamName=stream, logEvents=batch)


def signed(host, stream, events):
    body = json.dumps({"logGroupName": GROUP, "logStreamName": stream, "logEvents": events}).encode()
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "Logs_20140328.PutLogEvents"}
    return body, signed_headers(os.environ, "logs", "POST", host, "/", headers, body)


def write_signed(stream, lines, ready):
    host = urllib.parse.urlsplit(os.environ["AWS_ENDPOINT_URL"]).netloc
    requests = [signed(host, stream, batch) for batch in batches(lines)]
    connection = http.client.HTTPConnection(host)
    connection.connect()
    ready.wait()
    for body, headers in requests:
        connection.request("POST", "/", body, headers)
        with connection.getresponse() as response:
            answer = response.read()
            assert response.status == 200, answer


def plain(path, lines):
    with open(path, "wb") as file:
        for batch in batches(lines):
            file.write("".join(f"{event['timestamp']} {event['message']}\n" for event in batch).encode())
            file.flush()
            os.fsync(file.fileno())


def memory(process):
    for status in pathlib.Path(f"/proc/{process}/status").read_text().splitlines():
        if status.startswith("VmRSS"):
            return int(status.split()[1]) / 1024
    raise SystemExit("the server is gone")


def timed(call):
    started = time.perf_counter()
    result = call()
    return time.perf_counter() - started, result


def median(call, times=9):
    return statistics.median(timed(call)[0] for _ in range(times)) * 1000


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", required=True)
    parser.add_argument("--server", required=True, type=int)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--writers", type=int, default=2)
    options = parser.parse_args()
    logs = boto3.client("logs")
    logs.create_log_group(logGroupName=GROUP)
    streams = [f"writer-{i}" for i in range(options.writers)]
    for stream in streams:
        logs.create_log_stream(logGroupName=GROUP, logStreamName=stream)

    share = options.lines // options.writers
    before = memory(options.server)
    file, _ = timed(lambda: plain(f"{options.folder}/plain.log", options.lines))
    writers = [multiprocessing.Process(target=write, args=(stream, share)) for stream in streams]
    started = time.perf_counter()
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    wire = time.perf_counter() - started
    ready = multiprocessing.Barrier(options.writers + 1)
    bare = []
    for i in range(options.writers):
        stream = f"bare-{i}"
        logs.create_log_stream(logGroupName=GROUP, logStreamName=stream)
        bare.append(multiprocessing.Process(target=write_signed, args=(stream, share, ready)))
        bare[-1].start()
    ready.wait()
    started = time.perf_counter()
    for writer in bare:
        writer.join()
    http_wire = time.perf_counter() - started
    assert all(writer.exitcode == 0 for writer in writers + bare)
    logs.put_log_events(logGroupName=GROUP, logStreamName=streams[0], logEvents=[{"timestamp": int(time.time() * 1000), "message": "needle"}])
    print(f"plain file, one process:  {options.lines / file:12,.0f} lines/s")
    print(f"PutLogEvents, boto3 x {options.writers}:  {options.lines / wire:12,.0f} lines/s   ratio to the plain file {file / wire:.2f}")
    print(f"PutLogEvents, HTTP x {options.writers}:   {options.lines / http_wire:12,.0f} lines/s   ratio to the plain file {file / http_wire:.2f}")

    newest = median(lambda: logs.get_log_events(logGroupName=GROUP, logStreamName=streams[0], limit=100))
    first = logs.get_log_events(logGroupName=GROUP, logStreamName=streams[0], startFromHead=True, limit=1)["events"][0]["timestamp"]
    last = logs.get_log_events(logGroupName=GROUP, logStreamName=streams[0], limit=1)["events"][0]["timestamp"]
    middle = median(lambda: logs.get_log_events(
        logGroupName=GROUP, logStreamName=streams[0], limit=100, startFromHead=True, startTime=(first + last) // 2))
    search, found = timed(lambda: sum(
        len(page["events"]) for page in logs.get_paginator("filter_log_events").paginate(logGroupName=GROUP, filterPattern="needle")))
    after = memory(options.server)
    assert found == 1, found
    print(f"newest 100 lines:         {newest:12.1f} ms\n100 lines from the middle:{middle:12.1f} ms")
    print(f"search through all:       {search:12.2f} s   {2 * options.lines / search:,.0f} lines/s")
    print(f"server's memory:          {before:12.0f} MB before, {after:.0f} MB after")


if __name__ == "__main__":
    main()
