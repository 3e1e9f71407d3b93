"""The peers' code as a handler of SageMaker's inference toolkit."""

import os

import numpy
import xgboost


def model_fn(model_dir):
    booster = xgboost.Booster({"nthread": 1})
    booster.load_model(os.path.join(model_dir, "xgboost-model"))
    return booster


def input_fn(body, content_type):
    text = (body.decode() if isinstance(body, (bytes, bytearray)) else body).strip()
    return numpy.fromstring(text.replace("\n", ","), dtype=numpy.float32, sep=",").reshape(text.count("\n") + 1, -1)


def predict_fn(table, booster):
    return booster.inplace_predict(table, validate_features=False)


def output_fn(predictions, accept):
    return "\n".join(map(str, predictions)), "text/csv"
