"""The peer: the model as a careful Python programmer would serve it, without SigV4."""

import os

import numpy
import xgboost
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse

booster = xgboost.Booster({"nthread": 1})
booster.load_model(os.environ["MODEL"])
app = FastAPI()


@app.post("/invocations")
async def invocations(request: Request):
    row = numpy.fromstring((await request.body()).decode(), dtype=numpy.float32, sep=",")
    return PlainTextResponse(str(booster.inplace_predict(row.reshape(1, -1), validate_features=False)[0]), media_type="text/csv")
