"""The peers' model and formats, as a careful Python programmer would write them."""

import os

import numpy
import xgboost

booster = xgboost.Booster({"nthread": 1})
booster.load_model(os.environ["MODEL"])


def answer(body):
    """Predictions of rows of CSV, one a line."""
    text = body.decode().strip()
    table = numpy.fromstring(text.replace("\n", ","), dtype=numpy.float32, sep=",").reshape(text.count("\n") + 1, -1)
    return "\n".join(map(str, booster.inplace_predict(table, validate_features=False)))
