#!/usr/bin/env python3
"""Instances that follow the load, and a scheduled action that raises their least number."""

import datetime
import time

import boto3
from trained import create_model, deploy, sagemaker, unique, variant

name = unique("autoscaling")
deploy(name, variant("AllTraffic", create_model(name)))

scaling = boto3.client("application-autoscaling")
target = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": f"endpoint/{name}/variant/AllTraffic",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
scaling.register_scalable_target(MinCapacity=1, MaxCapacity=4, **target)
scaling.put_scaling_policy(
    PolicyName="follow-the-load",
    PolicyType="TargetTrackingScaling",
    TargetTrackingScalingPolicyConfiguration={
        "TargetValue": 600.0,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"},
    },
    **target,
)

soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=3)
scaling.put_scheduled_action(
    ScheduledActionName="rush-hour",
    Schedule=f"at({soon:%Y-%m-%dT%H:%M:%S})",
    ScalableTargetAction={"MinCapacity": 2},
    **target,
)


def instances():
    return sagemaker.describe_endpoint(EndpointName=name)["ProductionVariants"][0]["CurrentInstanceCount"]


print("instances before:", instances())
while instances() < 2:
    time.sleep(1)
print("instances after:", instances())
activity = scaling.describe_scaling_activities(ServiceNamespace="sagemaker", ResourceId=target["ResourceId"])
print(activity["ScalingActivities"][0]["Description"])
scaling.deregister_scalable_target(**target)
sagemaker.delete_endpoint(EndpointName=name)
