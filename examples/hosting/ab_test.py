#!/usr/bin/env python3
"""Two variants of a model share an endpoint's traffic by weight; then the better one gets all of it."""

import collections

from trained import create_model, deploy, questions, runtime, sagemaker, unique, variant, wait

name = unique("ab-test")
deploy(
    name,
    variant("small", create_model(f"{name}-small", rounds=5), InitialVariantWeight=1),
    variant("large", create_model(f"{name}-large", rounds=80), InitialVariantWeight=3),
)


def ask(count, **more):
    """Sends requests and counts which variant answered."""
    answered = collections.Counter()
    for i in range(count):
        body = questions[i % len(questions)]
        answer = runtime.invoke_endpoint(EndpointName=name, ContentType="text/csv", Body=body, **more)
        answered[answer["InvokedProductionVariant"]] += 1
    return dict(sorted(answered.items()))


print("by weight 1 to 3:", ask(400))
print("TargetVariant:", ask(20, TargetVariant="small"))

sagemaker.update_endpoint_weights_and_capacities(
    EndpointName=name,
    DesiredWeightsAndCapacities=[
        {"VariantName": "small", "DesiredWeight": 0},
        {"VariantName": "large", "DesiredWeight": 1},
    ],
)
wait(name)
print("all to the large one:", ask(100))
sagemaker.delete_endpoint(EndpointName=name)
