#!/usr/bin/env python3
"""A serverless endpoint: no instances, environments that start with the requests."""

import concurrent.futures

from trained import create_model, deploy, questions, runtime, sagemaker, unique

name = unique("serverless")
deploy(
    name,
    {
        "VariantName": "AllTraffic",
        "ModelName": create_model(name),
        "ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5},
    },
)


def ask(question):
    return runtime.invoke_endpoint(EndpointName=name, ContentType="text/csv", Body=question)["Body"].read()


# More requests at a time than the endpoint allows are throttled, and tried again by the SDK.
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    answers = list(pool.map(ask, questions))
print(f"{len(answers)} answers, the first: {answers[0].decode().strip()}")
sagemaker.delete_endpoint(EndpointName=name)
