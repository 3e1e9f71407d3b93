"""What an endpoint adds to a container that answers at once: p50 through the endpoint beside p50 of the container itself.

The image is one small C program, built here: it needs a container engine that answers (see docs/containers.md), its command, and a C compiler, but no registry. A connection
each asks by turns through the endpoint and directly, so that both meet the same machine. Usage: bench/container/run [--requests 5000] [--engine podman]
"""

import argparse
import http.client
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "bench" / "serving"))
from aws import signed_headers  # noqa: E402
from bench import ENDPOINT, deploy, start  # noqa: E402

IMAGE = "localhost/sagebrush-bench-container:1"
ROW = b"1,2,3"


def ask(connection, path, headers):
    """Milliseconds of one request."""
    began = time.perf_counter()
    connection.request("POST", path, ROW, headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise SystemExit("%s: %d %s" % (path, answer.status, body))
    return (time.perf_counter() - began) * 1e3


def port_of(engine):
    """The port at which the endpoint's container listens on this machine."""
    listed = subprocess.run(
        [engine, "ps", "--filter", "ancestor=" + IMAGE, "--format", "{{.Ports}}"], check=True, capture_output=True, text=True).stdout
    return int(listed.split("->")[0].rsplit(":", 1)[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=5000)
    parser.add_argument("--image", required=True, help="the folder to build the image from")
    parser.add_argument("--engine", default="podman", help="the engine's command: podman or docker")
    arguments = parser.parse_args()
    subprocess.run([arguments.engine, "build", "--quiet", "--tag", IMAGE, arguments.image], check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory(prefix="sagebrush-bench-") as name:
        process, client = start(pathlib.Path(name))
        try:
            deploy(client, ENDPOINT, Image=IMAGE)
            path = "/endpoints/%s/invocations" % ENDPOINT
            through, direct = http.client.HTTPConnection(client.host), http.client.HTTPConnection("127.0.0.1", port_of(arguments.engine))
            around, alone = [], []
            for _ in range(arguments.requests):
                headers = signed_headers(client.credentials, "sagemaker", "POST", client.host, path, {"content-type": "text/csv"}, ROW)
                around.append(ask(through, path, headers))
                alone.append(ask(direct, "/invocations", {"content-type": "text/csv"}))
            warm = len(around) // 10
            one, other = statistics.median(around[warm:]), statistics.median(alone[warm:])
            print("p50 through the endpoint %.3f ms, of the container itself %.3f ms: the endpoint adds %.3f ms" % (one, other, one - other))
        finally:
            client.sagemaker("DeleteEndpoint", EndpointName=ENDPOINT)
            while client.sagemaker("ListEndpoints")["Endpoints"]:
                time.sleep(0.05)
            process.terminate()
            process.wait()


if __name__ == "__main__":
    sys.exit(main())
