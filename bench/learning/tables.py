"""Learners on real tables beside scikit-learn's and XGBoost's: seconds, quality on rows held out, and the ratios of both.

Usage: bench/learning/run --tables [--rounds 1] [--datasets FOLDER] [names ...]
"""
import argparse
import json
import os
import subprocess
import tempfile
import time

import numpy as np
import pandas as pd
from sklearn.ensemble import (ExtraTreesClassifier, ExtraTreesRegressor, HistGradientBoostingClassifier,
                              HistGradientBoostingRegressor, RandomForestClassifier, RandomForestRegressor)
from sklearn.metrics import log_loss, r2_score, roc_auc_score
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.compose import make_column_transformer

TABLES = {
    "adult": ("adult.csv", "income", True),
    "bank": ("bank-additional-full.csv", "y", True),
    "california": ("california-housing.csv", "median_house_value", False),
}


def load(folder, name):
    """Rows in random order, names as numbers in the order of the alphabet, a fifth of the rows held out."""
    file, target, classes = TABLES[name]
    path = os.path.join(folder, file)
    with open(path) as source:
        separator = ";" if source.readline().count(";") > 3 else ","
    frame = pd.read_csv(path, sep=separator, skipinitialspace=True).sample(frac=1, random_state=1)
    y = frame.pop(target)
    y = pd.factorize(y, sort=True)[0].astype(np.float32) if classes else y.to_numpy(np.float32) / 1e5
    names = [i for i, kind in enumerate(frame.dtypes) if kind == object]
    for i in names:
        frame.isetitem(i, pd.factorize(frame.iloc[:, i], sort=True)[0])
    x = frame.fillna(frame.median()).to_numpy(np.float32)
    held = len(x) // 5
    return {"train.x": x[held:], "train.y": y[held:], "test.x": x[:held], "test.y": y[:held]}, names, 2 if classes else 0


def peers(classes, names):
    """Name of ours, name of the peer: what learns like it there."""
    one_hot = make_column_transformer((OneHotEncoder(handle_unknown="ignore", sparse_output=False), names), remainder=StandardScaler())
    yield "random forest", "scikit-learn", (RandomForestClassifier if classes else RandomForestRegressor)(n_jobs=-1, random_state=0)
    yield "extra trees", "scikit-learn", (ExtraTreesClassifier if classes else ExtraTreesRegressor)(n_jobs=-1, random_state=0)
    histogram = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
    settings = {"max_iter": 100, "learning_rate": 0.1, "max_leaf_nodes": 31, "early_stopping": False, "random_state": 0}
    yield "boosted trees", "scikit-learn hist", histogram(**settings)
    yield "boosted trees, categories", "scikit-learn hist", histogram(categorical_features=names, **settings)
    try:
        import xgboost
        yield "boosted trees", "xgboost hist", (xgboost.XGBClassifier if classes else xgboost.XGBRegressor)(
            n_estimators=100, learning_rate=0.1, tree_method="hist", grow_policy="lossguide", max_leaves=31, max_depth=0, n_jobs=os.cpu_count())
    except ImportError:
        pass
    network = (MLPClassifier if classes else MLPRegressor)(
        hidden_layer_sizes=(128, 64), batch_size=256, learning_rate_init=1e-3, early_stopping=True, max_iter=50, n_iter_no_change=5, random_state=0)
    yield "network", "scikit-learn MLP", make_pipeline(one_hot, network)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--datasets", default=os.environ.get("SAGEBRUSH_DATASETS", ""))
    parser.add_argument("--table", choices=TABLES, action="append")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_intermixed_args()
    print(f"{os.cpu_count()} processors, best of {arguments.rounds}; seconds to learn and to predict the fifth held out, quality ours / peer")
    for table in arguments.table or TABLES:
        data, names, classes = load(arguments.datasets, table)
        with tempfile.TemporaryDirectory() as folder:
            for name, values in data.items():
                np.ascontiguousarray(values, np.float32).tofile(os.path.join(folder, name))
            with open(os.path.join(folder, "categories"), "w") as file:
                file.write(" ".join(map(str, names)))
            for name, peer, model in peers(classes, names):
                if arguments.names and name not in arguments.names:
                    continue
                learning, predicting = [], []
                for _ in range(arguments.rounds):
                    start = time.perf_counter()
                    model.fit(data["train.x"], data["train.y"])
                    learning.append(time.perf_counter() - start)
                    start = time.perf_counter()
                    theirs = model.predict_proba(data["test.x"])[:, 1] if classes else model.predict(data["test.x"])
                    predicting.append(time.perf_counter() - start)
                ours = json.loads(subprocess.run([arguments.program, "tables", folder, name, str(classes), str(arguments.rounds)],
                                                 check=True, capture_output=True, text=True).stdout)
                mine = np.fromfile(os.path.join(folder, "predictions"), np.float32)
                mine = mine[1::2] if classes else mine
                truth = data["test.y"]
                quality = ([("AUC", roc_auc_score(truth, mine), roc_auc_score(truth, theirs)), ("log loss", log_loss(truth, mine), log_loss(truth, theirs))]
                           if classes else [("R2", r2_score(truth, mine), r2_score(truth, theirs))])
                shown = ", ".join(f"{unit} {a:.4f} / {b:.4f}" for unit, a, b in quality)
                print(f"{table:11}{name:26}{peer:18} learn {ours['learning']:7.2f}s {min(learning):7.2f}s {min(learning) / ours['learning']:6.1f}x"
                      f"   predict {ours['predicting']:6.3f}s {min(predicting):6.3f}s {min(predicting) / ours['predicting']:6.1f}x   {shown}", flush=True)


main()
