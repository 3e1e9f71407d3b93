"""Learns to read handwritten digits (MNIST, in its own file format) and leaves the model in SM_MODEL_DIR."""

import argparse
import gzip
import os
import pathlib
import struct

import joblib
import numpy
from sklearn.ensemble import RandomForestClassifier


def read(folder, pattern):
    """One IDX file: a header with the sizes, then bytes."""
    (path,) = pathlib.Path(folder).glob(pattern)
    data = gzip.decompress(path.read_bytes())
    dimensions = data[3]
    shape = struct.unpack(f">{dimensions}I", data[4 : 4 + 4 * dimensions])
    return numpy.frombuffer(data, numpy.uint8, offset=4 + 4 * dimensions).reshape(shape)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--trees", type=int, default=100)
    arguments.add_argument("--held-out", type=int, default=2000)
    options = arguments.parse_args()

    folder = os.environ.get("SM_CHANNEL_TRAINING", "/opt/ml/input/data/training")
    images, labels = read(folder, "*images*"), read(folder, "*labels*")
    rows = images.reshape(len(images), -1)
    print(f"{len(rows)} digits of {images.shape[1]} by {images.shape[2]} pixels", flush=True)

    cut = len(rows) - options.held_out
    model = RandomForestClassifier(options.trees, n_jobs=-1, random_state=0).fit(rows[:cut], labels[:cut])
    print(f"validation:accuracy={model.score(rows[cut:], labels[cut:]):.4f};", flush=True)

    target = pathlib.Path(os.environ.get("SM_MODEL_DIR", "/opt/ml/model"))
    joblib.dump(model, target / "model.joblib", compress=3)


main()
