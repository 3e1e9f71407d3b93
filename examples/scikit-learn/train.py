"""A training script as SageMaker's scikit-learn container runs it, with the handlers that serve its model.

Hyperparameters arrive as arguments, folders as SM_* variables. What is left in SM_MODEL_DIR becomes model.tar.gz.
"""

import argparse
import os

import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import cross_val_score


def train():
    parser = argparse.ArgumentParser()
    parser.add_argument("--trees", type=int, default=100)
    parser.add_argument("--target", default="diagnosis")
    parser.add_argument("--model-dir", default=os.environ.get("SM_MODEL_DIR"))
    parser.add_argument("--train", default=os.environ.get("SM_CHANNEL_TRAIN"))
    arguments = parser.parse_args()

    files = [os.path.join(arguments.train, name) for name in sorted(os.listdir(arguments.train))]
    table = pd.concat(pd.read_csv(file) for file in files)
    features, target = table.drop(columns=arguments.target), table[arguments.target]

    model = RandomForestClassifier(arguments.trees, random_state=0)
    print(f"accuracy: {cross_val_score(model, features, target, cv=5).mean():.4f}")
    joblib.dump(model.fit(features.to_numpy(), target), os.path.join(arguments.model_dir, "model.joblib"))


def model_fn(model_dir):
    """Loads the model; the container's defaults read the input and write the output."""
    return joblib.load(os.path.join(model_dir, "model.joblib"))


if __name__ == "__main__":
    train()
