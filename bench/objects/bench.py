"""PUT and GET of large and small objects beside the disk's own write and read; see run."""

import argparse
import concurrent.futures
import http.client
import os
import pathlib
import re
import statistics
import subprocess
import time
import urllib.parse

import boto3
from botocore.config import Config

LARGE = 64 * 1024 * 1024
SMALL = 1024
CLIENTS = 8
SMALL_ROUNDS = 200
KEYS_UNDER_LOAD = 2000
BUCKET = "bench-objects"


def seconds(action):
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


class Disk:
    """What the disk does when nobody is in between: durable writes, and reads of what was just written."""

    def __init__(self, folder):
        self.folder = folder
        self.buffer = bytearray(1024 * 1024)

    def put(self, name, body):
        temporary = self.folder / (name + ".new")
        with open(temporary, "wb", buffering=0) as file:
            file.write(body)
            os.fsync(file.fileno())
        os.rename(temporary, self.folder / name)

    def get(self, name):
        with open(self.folder / name, "rb", buffering=0) as file:
            while file.readinto(self.buffer):
                pass


class Boto3:
    """AWS's own client, as it comes: it makes and checks checksums."""

    def __init__(self):
        self.s3 = boto3.client("s3", config=Config(max_pool_connections=CLIENTS))

    def put(self, name, body):
        self.s3.put_object(Bucket=BUCKET, Key=name, Body=body)

    def get(self, name):
        body = self.s3.get_object(Bucket=BUCKET, Key=name)["Body"]
        while body.read(1024 * 1024):
            pass


class Plain:
    """Bare HTTP by presigned URL: next to no client at all."""

    def __init__(self, s3):
        self.s3 = s3
        self.buffer = bytearray(1024 * 1024)
        self.connection = http.client.HTTPConnection(urllib.parse.urlsplit(s3.meta.endpoint_url).netloc)

    def _send(self, verb, operation, name, body=None):
        url = urllib.parse.urlsplit(self.s3.generate_presigned_url(operation, Params={"Bucket": BUCKET, "Key": name}))
        self.connection.request(verb, f"{url.path}?{url.query}", body=body)
        return self.connection.getresponse()

    def put(self, name, body):
        answer = self._send("PUT", "put_object", name, body)
        answer.read()
        assert answer.status == 200, answer.status

    def get(self, name):
        answer = self._send("GET", "get_object", name)
        assert answer.status == 200, answer.status
        while answer.readinto(self.buffer):
            pass


def median(peers, action, rounds):
    """Medians in milliseconds, the peers taking turns so that a noisy moment hits all."""
    times = {name: [] for name in peers}
    for round_number in range(rounds + 1):
        for name, peer in peers.items():
            taken = seconds(lambda: action(peer))
            if round_number > 0:
                times[name].append(taken)
    return {name: statistics.median(values) * 1e3 for name, values in times.items()}


def row(title, medians, size):
    disk = medians["disk"]
    cells = [f"{name} {value:8.2f} ms ({disk / value:4.2f} of the disk's speed)" for name, value in medians.items() if name != "disk"]
    rate = f", {size / disk / 1e3:,.0f} MB/s" if size == LARGE else ""
    print(f"{title:10} disk {disk:8.2f} ms{rate} | " + " | ".join(cells))


def together(put, body):
    """Durable small writes a second by several clients at once."""
    count = SMALL_ROUNDS * 4
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        taken = seconds(lambda: list(pool.map(lambda i: put(f"many-{i}", body), range(count))))
    return count / taken


def rate(s3, folder, verb, operation, seconds_long):
    """Requests a second of 1 KB over many keys, made by wrk on the same processors."""
    addresses = folder / f"{operation}.txt"
    with open(addresses, "w") as file:
        for number in range(KEYS_UNDER_LOAD):
            url = urllib.parse.urlsplit(s3.generate_presigned_url(operation, Params={"Bucket": BUCKET, "Key": f"load/{number}"}))
            file.write(f"{url.path}?{url.query}\n")
    script = pathlib.Path(__file__).with_name("load.lua")
    environment = {**os.environ, "ADDRESSES": str(addresses), "METHOD": verb, "BODY_BYTES": str(SMALL)}
    report = subprocess.run(
        ["wrk", "-t1", "-c32", f"-d{seconds_long}s", "-s", script, s3.meta.endpoint_url], env=environment, check=True, capture_output=True, text=True).stdout
    assert "Non-2xx" not in report, report
    return float(re.search(r"Requests/sec:\s+([\d.]+)", report).group(1))


def listing(s3, count):
    """The first page of a list over many keys, in milliseconds."""
    def fill(worker):
        plain = Plain(s3)
        for number in range(worker, count, CLIENTS):
            plain.put(f"list/{number:08}", b"")

    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(fill, range(CLIENTS)))
    page = lambda **more: s3.list_objects_v2(Bucket=BUCKET, Prefix="list/", **more)
    assert len(page()["Contents"]) == min(count, 1000)
    times = [seconds(page) for _ in range(20)]
    empty = [seconds(lambda: page(MaxKeys=1)) for _ in range(20)]
    return statistics.median(times) * 1e3, statistics.median(empty) * 1e3


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--keys", type=int, default=20_000, help="keys to list the first page of; a million takes a quarter of an hour to put")
    options = parser.parse_args()
    options.folder.mkdir(parents=True)

    client = Boto3()
    client.s3.create_bucket(Bucket=BUCKET)
    disk = Disk(options.folder)
    peers = {"disk": disk, "boto3": client, "plain HTTP": Plain(client.s3)}
    large, small = os.urandom(LARGE), os.urandom(SMALL)

    row("PUT 64 MB", median(peers, lambda peer: peer.put("large", large), options.rounds), LARGE)
    row("GET 64 MB", median(peers, lambda peer: peer.get("large"), options.rounds), LARGE)
    row("PUT 1 KB", median(peers, lambda peer: peer.put("small", small), SMALL_ROUNDS), SMALL)
    row("GET 1 KB", median(peers, lambda peer: peer.get("small"), SMALL_ROUNDS), SMALL)
    alone, through = together(disk.put, small), together(client.put, small)
    print(f"PUT 1 KB by {CLIENTS} clients: disk {alone:,.0f}/s | boto3 {through:,.0f}/s ({through / alone:4.2f} of the disk's)")

    put = rate(client.s3, options.folder, "PUT", "put_object", 8)
    get = rate(client.s3, options.folder, "GET", "get_object", 8)
    print(f"1 KB by 32 connections of wrk beside the server: PUT {put:,.0f}/s | GET {get:,.0f}/s")
    page, one = listing(client.s3, options.keys)
    print(f"First page of a list over {options.keys:,} keys: {page:.1f} ms through boto3, of which {page - one:.1f} ms for the 1,000 entries")


if __name__ == "__main__":
    main()
