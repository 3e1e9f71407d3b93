"""Splits, fits the peers, runs the product on the same files, and prints the scores side by side."""

import argparse
import json
import os
import pathlib
import subprocess
import tempfile
import time

import numpy
import pandas
import xgboost
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import accuracy_score, log_loss, mean_squared_error, roc_auc_score
from sklearn.model_selection import train_test_split

# file, target, objective, columns to drop, reference figure
DATASETS = {
    "adult": ("adult.csv", "income", "AUC", [], 0.9289),
    "bank": ("bank-additional-full.csv", "y", "AUC", [], 0.9508),
    "bank-without-duration": ("bank-additional-full.csv", "y", "AUC", ["duration"], 0.8045),
    "california": ("california-housing.csv", "median_house_value", "RMSE", [], 44977),
    "churn": ("customer-churn.csv", "Churn?", "AUC", [], 0.9893),
}


def folder():
    given = os.environ.get("SAGEBRUSH_DATASETS")
    places = [pathlib.Path(given)] if given else [parent / "shared" / "datasets" for parent in pathlib.Path(__file__).resolve().parents]
    found = [place for place in places if place.is_dir()]
    if not found:
        raise SystemExit("the data sets are not here: set SAGEBRUSH_DATASETS")
    return found[0]


def encode(train, test, target):
    """Numbers as they are, everything else in numbers by its order; rows with a missing value keep it."""
    columns = []
    for name in train.columns.drop(target):
        number = pandas.to_numeric(train[name].replace("?", ""), errors="coerce")
        if number.notna().mean() > 0.9:
            columns.append((number.to_numpy(float), pandas.to_numeric(test[name].replace("?", ""), errors="coerce").to_numpy(float)))
        elif train[name].nunique() < len(train) / 2:
            codes = {value: i for i, value in enumerate(sorted(train[name].unique()))}
            columns.append((train[name].map(codes).to_numpy(float), test[name].map(codes).to_numpy(float)))
    return numpy.column_stack([a for a, _ in columns]), numpy.column_stack([b for _, b in columns])


def scores(objective, truth, predicted):
    if objective == "RMSE":
        return {"RMSE": mean_squared_error(truth, predicted, squared=False)}
    return {"AUC": roc_auc_score(truth, predicted), "LogLoss": log_loss(truth, predicted), "Accuracy": accuracy_score(truth, predicted >= 0.5)}


def peers(train, test, target, objective):
    x, z = encode(train, test, target)
    if objective == "RMSE":
        y, w = train[target].astype(float).to_numpy(), test[target].astype(float).to_numpy()
        models = {"scikit-learn": HistGradientBoostingRegressor(max_iter=300, early_stopping=True, random_state=0),
                  "xgboost": xgboost.XGBRegressor(n_estimators=400, learning_rate=0.05, max_depth=6, subsample=0.8, colsample_bytree=0.8, tree_method="hist")}
        predict = lambda model: model.predict(z)
    else:
        positive = train[target].value_counts().index[-1]
        y, w = (train[target] == positive).to_numpy(int), (test[target] == positive).to_numpy(int)
        models = {"scikit-learn": HistGradientBoostingClassifier(max_iter=300, early_stopping=True, random_state=0),
                  "xgboost": xgboost.XGBClassifier(n_estimators=400, learning_rate=0.05, max_depth=5, subsample=0.8, colsample_bytree=0.8, tree_method="hist")}
        predict = lambda model: model.predict_proba(z)[:, 1]
    for name, model in models.items():
        start = time.perf_counter()
        model.fit(x, y)
        yield name, scores(objective, w, predict(model)), time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--seconds", type=int)
    parser.add_argument("--seeds", type=int)
    parser.add_argument("datasets", nargs="*")
    options = parser.parse_intermixed_args()
    names = options.datasets or (list(DATASETS) if options.full else ["california", "churn"])
    seconds, seeds = options.seconds or (600 if options.full else 60), options.seeds or (5 if options.full else 1)
    for name in names:
        file, target, objective, drop, reference = DATASETS[name]
        data = pandas.read_csv(folder() / file, dtype=str, keep_default_na=False).drop(columns=drop)
        results = {}
        for seed in range(seeds):
            train, test = train_test_split(data, test_size=0.2, random_state=seed, stratify=None if objective == "RMSE" else data[target])
            for peer, score, spent in peers(train, test, target, objective):
                results.setdefault(peer, []).append(dict(score, seconds=spent))
            with tempfile.TemporaryDirectory() as temporary:
                paths = [os.path.join(temporary, part) for part in ("train.csv", "test.csv")]
                train.to_csv(paths[0], index=False)
                test.to_csv(paths[1], index=False)
                answer = subprocess.run([options.program, *paths, target, objective, str(seconds), str(seed)], stdout=subprocess.PIPE, check=True).stdout
                results.setdefault("Autopilot", []).append(json.loads(answer))
        print(f"{name} ({objective}, {seeds} seed(s), {seconds} s; reference {reference})")
        for who, runs in results.items():
            shown = [key for key in ("RMSE", "AUC", "LogLoss", "Accuracy", "candidates", "seconds") if key in runs[0]]
            print(f"  {who:14}" + "  ".join(figure(key, [run[key] for run in runs]) for key in shown), flush=True)
            if who == "Autopilot" and seeds > 1:
                # A split's own luck is shared: what the product gains on each split tells more than the means.
                score = "RMSE" if objective == "RMSE" else "AUC"
                for peer in ("scikit-learn", "xgboost"):
                    gains = [run[score] - other[score] for run, other in zip(runs, results[peer])]
                    print(f"    {score} beside {peer} on the same splits: {min(gains):+.5g} to {max(gains):+.5g}", flush=True)


def figure(key, values):
    """A mean, and how far the seeds lie apart."""
    spread = f" (± {numpy.std(values, ddof=1):.2g})" if len(values) > 1 and key not in ("candidates", "seconds") else ""
    return f"{key} {numpy.mean(values):.5g}{spread}"


main()
