#!/usr/bin/env python3
"""An asynchronous endpoint: requests and answers in S3, a queue between, no instance while there is nothing to do."""

from trained import bucket, create_model, deploy, questions, runtime, s3, sagemaker, unique, variant, wait

name = unique("asynchronous")
deploy(
    name,
    variant("AllTraffic", create_model(name)),
    AsyncInferenceConfig={
        "OutputConfig": {
            "S3OutputPath": f"s3://{bucket}/{name}/answers",
            "S3FailurePath": f"s3://{bucket}/{name}/failures",
        },
        "ClientConfig": {"MaxConcurrentInvocationsPerInstance": 4},
    },
)


def scale(instances):
    sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=name,
        DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": instances}],
    )
    wait(name)


# Requests that come while nothing runs are kept: each is answered at once with the place where its result will be.
scale(0)
places = []
for i, question in enumerate(questions[:20]):
    key = f"{name}/questions/{i}.csv"
    s3.put_object(Bucket=bucket, Key=key, Body=question)
    accepted = runtime.invoke_endpoint_async(
        EndpointName=name, InputLocation=f"s3://{bucket}/{key}", ContentType="text/csv", InferenceId=str(i)
    )
    places.append(accepted["OutputLocation"].split("/", 3)[3])
print(f"{len(places)} requests wait")

scale(1)
for place in places:
    s3.get_waiter("object_exists").wait(Bucket=bucket, Key=place, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
answer = s3.get_object(Bucket=bucket, Key=places[0])["Body"].read().decode().strip()
print(f"{len(places)} requests completed, the first: {answer}")
sagemaker.delete_endpoint(EndpointName=name)
