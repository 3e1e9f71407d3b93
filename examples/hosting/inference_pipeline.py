#!/usr/bin/env python3
"""A pipeline of two containers: a script picks the features out of JSON, the built-in XGBoost scores them."""

import json

from trained import SCIKIT_LEARN, XGBOOST, deploy, held_out, role, runtime, sagemaker, train, unique
from trained import upload_script, variant

SCRIPT = '''
import json


def model_fn(model_dir):
    return None


def transform_fn(model, body, content_type, accept):
    patient = json.loads(body)
    return ",".join(str(value) for value in patient["measurements"]), "text/csv"
'''

name = unique("inference-pipeline")
sagemaker.create_model(
    ModelName=name,
    ExecutionRoleArn=role,
    Containers=[
        {"Image": SCIKIT_LEARN, "ModelDataUrl": upload_script(name, SCRIPT)},
        {"Image": XGBOOST, "ModelDataUrl": train(name)},
    ],
)
deploy(name, variant("AllTraffic", name))

patient = {"name": "a patient", "measurements": [float(cell) for cell in held_out[0][1:]]}
answer = runtime.invoke_endpoint(EndpointName=name, ContentType="application/json", Body=json.dumps(patient))
print(f"score {answer['Body'].read().decode().strip()}, and the label is {held_out[0][0]}")
sagemaker.delete_endpoint(EndpointName=name)
