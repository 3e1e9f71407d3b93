"""Microseconds that a model of trees takes for one row and for a batch, on one thread: Sagebrush beside libxgboost.

libxgboost is called through its C interface (XGBoosterPredictFromDense), without what Python's own wrapper adds. Rounds alternate; the
best of each counts, as whatever else the machine does only adds. Usage: bench/trees/run [--trees 100] [--depth 6] [--batch 100] [--rounds 3]
"""

import argparse
import ctypes
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

os.environ["OMP_NUM_THREADS"] = "1"
import numpy  # noqa: E402
import xgboost  # noqa: E402
from xgboost.core import _LIB  # noqa: E402


def best(call):
    """The best of several rounds, each long enough to be timed."""
    least = float("inf")
    for _ in range(20):
        calls, since = 0, time.perf_counter()
        while (elapsed := time.perf_counter() - since) < 0.05:
            call()
            calls += 1
        least = min(least, elapsed / calls)
    return least * 1e6


def predictor(booster, rows):
    """A call of the C interface with everything prepared."""
    rows = numpy.ascontiguousarray(rows)
    array = rows.__array_interface__
    values = json.dumps({"data": array["data"], "shape": array["shape"], "typestr": array["typestr"], "version": 3}).encode()
    options = json.dumps({"type": 0, "training": False, "iteration_begin": 0, "iteration_end": 0, "missing": float("nan"),
                          "strict_shape": True, "cache_id": 0}).encode()
    shape, dimension, result = ctypes.POINTER(ctypes.c_uint64)(), ctypes.c_uint64(), ctypes.POINTER(ctypes.c_float)()

    def call(keep=rows):
        if _LIB.XGBoosterPredictFromDense(booster.handle, values, options, None, ctypes.byref(shape), ctypes.byref(dimension),
                                          ctypes.byref(result)):
            raise SystemExit(_LIB.XGBGetLastError())

    call()
    given = numpy.array([result[i] for i in range(len(rows))])
    if not numpy.allclose(given, booster.predict(xgboost.DMatrix(rows)), atol=1e-6):
        raise SystemExit("the C interface answers otherwise than Python's")
    return call


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--trees", type=int, default=100)
    parser.add_argument("--depth", type=int, default=6)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    random = numpy.random.RandomState(1)
    x = random.rand(40000, 20).astype("float32")
    y = (x[:, :8].sum(axis=1) + random.rand(40000) > 4.5).astype("float32")
    booster = xgboost.train({"objective": "binary:logistic", "max_depth": arguments.depth, "nthread": 1}, xgboost.DMatrix(x, label=y), arguments.trees)
    booster.set_param({"nthread": 1})
    ours, theirs, python = [], [], []
    with tempfile.TemporaryDirectory(prefix="sagebrush-bench-") as name:
        folder = pathlib.Path(name)
        booster.save_model(str(folder / "model.json"))
        x.tofile(folder / "rows")
        for _ in range(arguments.rounds):
            output = subprocess.run([arguments.program, "trees", folder / "model.json", folder / "rows", str(arguments.batch)],
                                    check=True, capture_output=True, text=True).stdout
            ours.append(tuple(map(float, output.split())))
            theirs.append((best(predictor(booster, x[:1])), best(predictor(booster, x[:arguments.batch]))))
            python.append((best(lambda: booster.inplace_predict(x[:1])), best(lambda: booster.inplace_predict(x[:arguments.batch]))))
    print("%d trees of depth %d, one thread, microseconds" % (arguments.trees, arguments.depth))
    print("| | one row | %d rows |\n| --- | ---: | ---: |" % arguments.batch)
    for name, figures in (("Sagebrush", ours), ("libxgboost", theirs), ("Python's inplace_predict", python)):
        print("| %s | %.2f | %.1f |" % (name, *map(min, zip(*figures))))
    print("libxgboost takes %.1f times as long for one row, %.1f for %d" % (
        min(t[0] for t in theirs) / min(o[0] for o in ours), min(t[1] for t in theirs) / min(o[1] for o in ours), arguments.batch))


if __name__ == "__main__":
    sys.exit(main())
