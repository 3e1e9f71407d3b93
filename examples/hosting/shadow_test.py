#!/usr/bin/env python3
"""An inference experiment: a new model gets a copy of each request, its answers are compared, then it is promoted."""

import json
import time

from trained import bucket, create_model, deploy, questions, role, runtime, s3, sagemaker, unique, variant, wait

name = unique("shadow-test")
models = {"live": create_model(f"{name}-live", 20), "shadow": create_model(f"{name}-shadow", 60)}
deploy(name, variant("live", models["live"]))

machines = {
    "InfrastructureType": "RealTimeInference",
    "RealTimeInferenceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
}
sagemaker.create_inference_experiment(
    Name=name,
    Type="ShadowMode",
    RoleArn=role,
    EndpointName=name,
    ModelVariants=[
        {"VariantName": variant_name, "ModelName": model, "InfrastructureConfig": machines}
        for variant_name, model in models.items()
    ],
    ShadowModeConfig={
        "SourceModelVariantName": "live",
        "ShadowModelVariants": [{"ShadowModelVariantName": "shadow", "SamplingPercentage": 100}],
    },
    DataStorageConfig={
        "Destination": f"s3://{bucket}/{name}/captured",
        "ContentType": {"CsvContentTypes": ["text/csv"]},
    },
)
while (status := sagemaker.describe_inference_experiment(Name=name)["Status"]) in ("Creating", "Starting"):
    time.sleep(1)
print("experiment:", status)

# Callers are answered by the live model and notice nothing.
for i, question in enumerate(questions[:50]):
    runtime.invoke_endpoint(EndpointName=name, ContentType="text/csv", Body=question, InferenceId=str(i))


def captured():
    """The answers of each variant by the request's id."""
    answers = {"live": {}, "shadow": {}}
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{name}/captured/"):
        for entry in page.get("Contents", []):
            variant_name = next(part for part in entry["Key"].split("/") if part in answers)
            for line in s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read().decode().splitlines():
                record = json.loads(line)
                data = record["captureData"]["endpointOutput"]
                answers[variant_name][record["eventMetadata"]["inferenceId"]] = float(data["data"])
    return answers


while min(len(answers) for answers in captured().values()) < 50:
    time.sleep(1)
answers = captured()
apart = max(abs(score - answers["shadow"][i]) for i, score in answers["live"].items())
print(f"{len(answers['shadow'])} requests answered by both, scores at most {apart:.3f} apart")

sagemaker.stop_inference_experiment(Name=name, ModelVariantActions={"live": "Remove", "shadow": "Promote"})
while sagemaker.describe_inference_experiment(Name=name)["Status"] not in ("Completed", "Cancelled"):
    time.sleep(1)
wait(name)
variants = sagemaker.describe_endpoint(EndpointName=name)["ProductionVariants"]
print("in service now:", [v["VariantName"] for v in variants])
sagemaker.delete_endpoint(EndpointName=name)
