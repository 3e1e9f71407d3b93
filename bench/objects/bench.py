"""PUT and GET of large and small objects beside cp and the disk's own write and read; see run."""

import argparse
import concurrent.futures
import hashlib
import http.client
import os
import pathlib
import re
import sqlite3
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


class Copy:
    """The system's cp, from the page cache to the page cache: no flush, no checksum."""

    def __init__(self, folder, body):
        self.source, self.target = folder / "cp.from", folder / "cp.to"
        self.source.write_bytes(body)

    def put(self, name, body):
        subprocess.run(["cp", self.source, self.target], check=True)

    def get(self, name):
        self.put(name, None)


class Md5:
    """The digest that S3's ETag is, alone: one core, no way around it for an object in one piece."""

    def put(self, name, body):
        hashlib.md5(body).digest()


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

    def ask(self, operation, parameters, verb="GET", body=None):
        url = urllib.parse.urlsplit(self.s3.generate_presigned_url(operation, Params=parameters))
        self.connection.request(verb, f"{url.path}?{url.query}", body=body)
        return self.connection.getresponse()

    def put(self, name, body):
        answer = self.ask("put_object", {"Bucket": BUCKET, "Key": name}, "PUT", body)
        answer.read()
        assert answer.status == 200, answer.status

    def get(self, name):
        answer = self.ask("get_object", {"Bucket": BUCKET, "Key": name})
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


def row(title, medians, beside):
    """Prints medians, each with its speed as a part of that of the peer named."""
    cells = [f"{name} {value:8.2f} ms" + ("" if name == beside else f" ({medians[beside] / value:4.2f})") for name, value in medians.items()]
    print(f"{title:10} {' | '.join(cells)}, in brackets as parts of the speed of {beside}")


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


def fill(index, count):
    """Puts empty objects into the index of a server that does not run."""
    with sqlite3.connect(index) as database:
        (bucket,) = database.execute("SELECT id FROM bucket WHERE name = ?", (BUCKET,)).fetchone()
        (last,) = database.execute("SELECT max(id, content) FROM object ORDER BY 1 DESC LIMIT 1").fetchone()
        numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
        database.execute(
            "INSERT INTO object (id, bucket, key, version, latest, delete_marker, size, etag, modified, storage_class, content, layout, part_count) "
            f"{numbers} SELECT ? + i, ?, CAST(printf('list/%08d', i) AS BLOB), 'null', 1, 0, 0, 'd41d8cd98f00b204e9800998ecf8427e', ?, 'STANDARD', ? + i, 0, 0 FROM n",
            (count, last, bucket, int(time.time() * 1000), last))
        database.execute(f"INSERT INTO inline_content (id, data) {numbers} SELECT ? + i, x'' FROM n", (count, last))


def listing(count):
    """The first page of a list over many keys, by bare HTTP and by boto3, in milliseconds."""
    s3 = Boto3().s3
    plain = Plain(s3)
    question = {"Bucket": BUCKET, "Prefix": "list/"}

    def bare():
        answer = plain.ask("list_objects_v2", question)
        size = 0
        while taken := answer.readinto(plain.buffer):
            size += taken
        assert answer.status == 200 and size > min(count, 1000) * 100, (answer.status, size)

    assert len(s3.list_objects_v2(**question)["Contents"]) == min(count, 1000)
    through = lambda: s3.list_objects_v2(**question)
    bare_times, times = ([seconds(action) for _ in range(40)][10:] for action in (bare, through))
    print(f"First page of a list over {count:,} keys: {statistics.median(bare_times) * 1e3:.1f} ms by HTTP, {statistics.median(times) * 1e3:.1f} ms through boto3")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["measure", "fill", "list"])
    parser.add_argument("--folder", type=pathlib.Path)
    parser.add_argument("--index", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--keys", type=int, default=1_000_000, help="keys to list the first page of")
    options = parser.parse_args()
    if options.what == "measure":
        measure(options)
    elif options.what == "fill":
        fill(options.index, options.keys)
    else:
        listing(options.keys)


def measure(options):
    options.folder.mkdir(parents=True)

    client = Boto3()
    client.s3.create_bucket(Bucket=BUCKET)
    disk = Disk(options.folder)
    clients = {"plain HTTP": Plain(client.s3), "boto3": client}
    large, small = os.urandom(LARGE), os.urandom(SMALL)
    copy = Copy(options.folder, large)

    flushed = {"cp": copy, "write and flush": disk, "MD5 alone": Md5(), **clients}
    row("PUT 64 MB", median(flushed, lambda peer: peer.put("large", large), options.rounds), "cp")
    row("GET 64 MB", median({"cp": copy, **clients}, lambda peer: peer.get("large"), options.rounds), "cp")
    peers = {"disk": disk, **clients}
    row("PUT 1 KB", median(peers, lambda peer: peer.put("small", small), SMALL_ROUNDS), "disk")
    row("GET 1 KB", median(peers, lambda peer: peer.get("small"), SMALL_ROUNDS), "disk")
    alone, through = together(disk.put, small), together(client.put, small)
    print(f"PUT 1 KB by {CLIENTS} clients: disk {alone:,.0f}/s | boto3 {through:,.0f}/s ({through / alone:4.2f} of the disk's)")

    put = rate(client.s3, options.folder, "PUT", "put_object", 8)
    get = rate(client.s3, options.folder, "GET", "get_object", 8)
    print(f"1 KB by 32 connections of wrk beside the server: PUT {put:,.0f}/s | GET {get:,.0f}/s")


if __name__ == "__main__":
    main()
