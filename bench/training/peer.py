"""Trains in Python's xgboost what the job trains: reads the same CSV files, with the same parameters, and prints the seconds."""

import json
import sys
import time

import numpy
import xgboost


def matrix(path):
    table = numpy.loadtxt(path, delimiter=",", dtype=numpy.float32)
    return xgboost.DMatrix(table[:, 1:], label=table[:, 0])


def main():
    folder, parameters = sys.argv[1], json.loads(sys.argv[2])
    rounds = int(parameters.pop("num_round"))
    started = time.perf_counter()
    train, validation = matrix(f"{folder}/train.csv"), matrix(f"{folder}/validation.csv")
    read = time.perf_counter()
    result = {}
    xgboost.train(
        parameters, train, rounds, evals=[(train, "train"), (validation, "validation")], evals_result=result, verbose_eval=False
    )
    ended = time.perf_counter()
    metric = next(iter(result["validation"]))
    print(json.dumps({"read": read - started, "train": ended - read, metric: result["validation"][metric][-1]}))


main()
