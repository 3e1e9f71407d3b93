"""Each estimator beside its scikit-learn counterpart on the same rows: seconds, quality, and the ratios of both.

Usage: bench/learning/run [--rows 200000] [--features 50] [--rounds 3] [names ...]
"""
import argparse
import json
import os
import subprocess
import tempfile
import time

import numpy as np
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.linear_model import LogisticRegression, Ridge, SGDClassifier
from sklearn.metrics import log_loss, mean_squared_error, roc_auc_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

CLUSTERS, COMPONENTS, NEIGHBORS, QUERIES = 50, 10, 10, 2000


def table(rows, features, seed):
    """Correlated features around a few centers, with a number, a class and a rare anomaly to find."""
    fixed, own = np.random.default_rng(1), np.random.default_rng(seed)
    centers = fixed.normal(0, 3, (20, features))
    mix = fixed.normal(0, 1, (features, features)) / np.sqrt(features)
    group = own.integers(0, 20, rows)
    x = centers[group] + own.normal(0, 1, (rows, features)) @ mix
    slope = fixed.normal(0, 0.3, features)
    score = (x - centers.mean(0)) @ slope
    anomaly = own.random(rows) < 0.01
    odd = np.where(anomaly[:, None], x + own.normal(0, 3, (rows, features)), x)
    return {
        "x": x.astype(np.float32),
        "number": (score + own.normal(0, 1, rows)).astype(np.float32),
        "class": (own.random(rows) < 1 / (1 + np.exp(-score))).astype(np.float32),
        "group": group.astype(np.float32),
        "odd": odd.astype(np.float32),
        "anomaly": anomaly.astype(np.float32),
    }


def peers(train, test):
    """Name: what fits, what judges it, the quality's name, and whether less is better."""
    scaler = StandardScaler().fit(train["x"])
    scaled, held = scaler.transform(train["x"]), scaler.transform(test["x"])

    def knn():
        model = KNeighborsClassifier(NEIGHBORS, algorithm="brute", n_jobs=-1).fit(train["x"], train["group"])
        return model.predict(test["x"][:QUERIES])

    return {
        "linear regression": (lambda: Ridge(1e-3).fit(StandardScaler().fit_transform(train["x"]), train["number"]),
                              lambda m: mean_squared_error(test["number"], m.predict(held)), "squared error", True),
        "logistic regression": (lambda: LogisticRegression(C=1e3, n_jobs=-1).fit(StandardScaler().fit_transform(train["x"]), train["class"]),
                                lambda m: log_loss(test["class"], m.predict_proba(held)), "log loss", True),
        "sgd classifier": (lambda: SGDClassifier(loss="log_loss", n_jobs=-1, random_state=0).fit(StandardScaler().fit_transform(train["x"]), train["class"]),
                           lambda m: log_loss(test["class"], m.predict_proba(held)), "log loss", True),
        "k-means": (lambda: KMeans(CLUSTERS, n_init=1, random_state=0).fit(train["x"]),
                    lambda m: -m.score(test["x"]) / len(test["x"]), "squared distance", True),
        "mini-batch k-means": (lambda: MiniBatchKMeans(CLUSTERS, batch_size=5000, n_init=3, random_state=0).fit(train["x"]),
                               lambda m: -m.score(test["x"]) / len(test["x"]), "squared distance", True),
        "pca": (lambda: PCA(COMPONENTS, svd_solver="full").fit(train["x"]), lambda m: float((m.singular_values_ ** 2).sum()), "variance kept", False),
        "pca randomized": (lambda: PCA(COMPONENTS, svd_solver="randomized", random_state=0).fit(train["x"]),
                           lambda m: float((m.singular_values_ ** 2).sum()), "variance kept", False),
        "nearest neighbors": (knn, lambda predicted: float((predicted == test["group"][:QUERIES]).mean()), "accuracy", False),
        "random cut forest": (lambda: IsolationForest(random_state=0, n_jobs=-1).fit(train["x"]),
                              lambda m: roc_auc_score(test["anomaly"], -m.score_samples(test["odd"])), "ROC AUC", False),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--features", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    train, test = table(arguments.rows, arguments.features, 2), table(20_000, arguments.features, 3)
    with tempfile.TemporaryDirectory() as folder:
        for prefix, rows in (("train", train), ("test", test)):
            for name, values in rows.items():
                values.tofile(os.path.join(folder, f"{prefix}.{name}"))
        print(f"{arguments.rows} x {arguments.features}, {os.cpu_count()} processors, best of {arguments.rounds}; "
              "quality ratio above 1: better than the peer")
        print(f"{'':22}{'ours':>9}{'peer':>9}{'times':>8}   quality")
        for name, (fit, judge, unit, less) in peers(train, test).items():
            if arguments.names and name not in arguments.names:
                continue
            seconds, quality = [], None
            for _ in range(arguments.rounds):
                start = time.perf_counter()
                fitted = fit()
                seconds.append(time.perf_counter() - start)
                quality = judge(fitted)
            ours = json.loads(subprocess.run(
                [arguments.program, "estimators", folder, name, str(arguments.features), str(arguments.rounds)],
                check=True, capture_output=True, text=True).stdout)
            ratio = quality / ours["quality"] if less else ours["quality"] / quality
            print(f"{name:22}{ours['seconds']:8.2f}s{min(seconds):8.2f}s{min(seconds) / ours['seconds']:7.1f}x   "
                  f"{unit} {ours['quality']:.5g} and {quality:.5g}, ratio {ratio:.4f}", flush=True)


main()
