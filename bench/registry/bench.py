"""Push and pull of one image, by turns to the two registries; the medians and their ratio."""
import argparse
import hashlib
import json
import os
import pathlib
import statistics
import subprocess
import time

parser = argparse.ArgumentParser()
parser.add_argument("--folder", type=pathlib.Path, required=True)
parser.add_argument("--ours", required=True)
parser.add_argument("--peer", required=True)
parser.add_argument("--megabytes", type=int, default=200)
parser.add_argument("--rounds", type=int, default=3)
args = parser.parse_args()


def image(folder, seed):
    """An OCI layout with one layer of random bytes: nothing compresses it, and no registry has it yet."""
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True)

    def add(content):
        name = hashlib.sha256(content).hexdigest()
        (blobs / name).write_bytes(content)
        return {"digest": f"sha256:{name}", "size": len(content)}

    # A gzip member of stored blocks would do; Skopeo copies layers of a layout as they are.
    layer = add(os.urandom(args.megabytes * 1_000_000))
    config = add(json.dumps({"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": [layer["digest"]]}, "seed": seed}).encode())
    manifest = add(json.dumps({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **config},
        "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", **layer}]}).encode())
    (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [
        {"mediaType": "application/vnd.oci.image.manifest.v1+json", **manifest, "annotations": {"org.opencontainers.image.ref.name": "it"}}]}))
    return f"oci:{folder}:it"


def copy(source, target):
    started = time.perf_counter()
    subprocess.run(
        ["skopeo", "copy", "--quiet", "--insecure-policy", "--src-tls-verify=false", "--dest-tls-verify=false", source, target], check=True)
    return time.perf_counter() - started


times = {}
for number in range(args.rounds):
    source = image(args.folder / f"image{number}", number)
    order = [("sagebrush", args.ours), ("docker-registry", args.peer)]
    for name, host in order if number % 2 == 0 else order[::-1]:
        times.setdefault((name, "push"), []).append(copy(source, f"docker://{host}/bench/image:{number}"))
        times.setdefault((name, "pull"), []).append(copy(f"docker://{host}/bench/image:{number}", f"dir:{args.folder}/pulled-{name}-{number}"))
    subprocess.run(["rm", "-rf", *(str(path) for path in args.folder.glob("pulled-*")), str(args.folder / f"image{number}")], check=True)

print(f"{args.megabytes} MB in one layer, median of {args.rounds} rounds, {os.cpu_count()} processors")
for what in ("push", "pull"):
    ours, peer = (statistics.median(times[name, what]) for name in ("sagebrush", "docker-registry"))
    print(f"{what}  sagebrush {ours:6.2f} s  {args.megabytes / ours:6.0f} MB/s   docker-registry {peer:6.2f} s  {args.megabytes / peer:6.0f} MB/s   ratio {peer / ours:.2f}x")
