#!/usr/bin/env python3
"""Many models behind one endpoint: whatever lies below a prefix can be asked for by its name, also what comes later."""

from trained import XGBOOST, bucket, deploy, questions, role, runtime, s3, sagemaker, train, unique, variant

name = unique("multi-model")


def publish(model, rounds):
    """Trains a model and puts its archive below the prefix."""
    source = train(f"{name}-{model}", rounds).split("/", 3)[3]
    s3.copy_object(Bucket=bucket, CopySource={"Bucket": bucket, "Key": source}, Key=f"{name}/models/{model}.tar.gz")


publish("berlin", 10)
publish("paris", 20)
sagemaker.create_model(
    ModelName=name,
    ExecutionRoleArn=role,
    PrimaryContainer={"Image": XGBOOST, "Mode": "MultiModel", "ModelDataUrl": f"s3://{bucket}/{name}/models/"},
)
deploy(name, variant("AllTraffic", name))
publish("rome", 30)

for model in ("berlin", "paris", "rome"):
    answer = runtime.invoke_endpoint(
        EndpointName=name, TargetModel=f"{model}.tar.gz", ContentType="text/csv", Body=questions[0]
    )
    print(f"{model}: {answer['Body'].read().decode().strip()}")

try:
    runtime.invoke_endpoint(EndpointName=name, TargetModel="oslo.tar.gz", ContentType="text/csv", Body=questions[0])
except runtime.exceptions.ValidationError as error:
    print("oslo:", error.response["Error"]["Message"])
sagemaker.delete_endpoint(EndpointName=name)
