#!/usr/bin/env python3
"""A pipeline of two containers: a script picks the features out of JSON, the built-in XGBoost scores them."""

import io
import json
import tarfile

from trained import SCIKIT_LEARN, XGBOOST, bucket, deploy, held_out, role, runtime, s3, sagemaker
from trained import train, unique, variant

SCRIPT = '''
import json


def model_fn(model_dir):
    return None


def transform_fn(model, body, content_type, accept):
    patient = json.loads(body)
    return ",".join(str(value) for value in patient["measurements"]), "text/csv"
'''

name = unique("inference-pipeline")
archive = io.BytesIO()
with tarfile.open(fileobj=archive, mode="w:gz") as tar:
    entry = tarfile.TarInfo("code/inference.py")
    entry.size = len(SCRIPT)
    tar.addfile(entry, io.BytesIO(SCRIPT.encode()))
s3.put_object(Bucket=bucket, Key=f"{name}/picker/model.tar.gz", Body=archive.getvalue())

sagemaker.create_model(
    ModelName=name,
    ExecutionRoleArn=role,
    Containers=[
        {"Image": SCIKIT_LEARN, "ModelDataUrl": f"s3://{bucket}/{name}/picker/model.tar.gz"},
        {"Image": XGBOOST, "ModelDataUrl": train(name)},
    ],
)
deploy(name, variant("AllTraffic", name))

patient = {"name": "a patient", "measurements": [float(cell) for cell in held_out[0][1:]]}
answer = runtime.invoke_endpoint(EndpointName=name, ContentType="application/json", Body=json.dumps(patient))
print(f"score {answer['Body'].read().decode().strip()}, and the label is {held_out[0][0]}")
sagemaker.delete_endpoint(EndpointName=name)
