#!/usr/bin/env python3
"""An update that an alarm turns back, and one that goes through: a tenth of the traffic first, then all of it."""

import boto3
from trained import create_model, deploy, questions, runtime, sagemaker, unique, variant, wait

name = unique("canary")
first, second = create_model(f"{name}-1", 20), create_model(f"{name}-2", 40)
deploy(name, variant("AllTraffic", first))
sagemaker.create_endpoint_config(EndpointConfigName=f"{name}-new", ProductionVariants=[variant("AllTraffic", second)])

cloudwatch = boto3.client("cloudwatch")
cloudwatch.put_metric_alarm(
    AlarmName=name,
    Namespace="AWS/SageMaker",
    MetricName="Invocation5XXErrors",
    Dimensions=[{"Name": "EndpointName", "Value": name}, {"Name": "VariantName", "Value": "AllTraffic"}],
    Statistic="Sum",
    Period=60,
    EvaluationPeriods=1,
    Threshold=0,
    ComparisonOperator="GreaterThanThreshold",
    TreatMissingData="notBreaching",
)


def update():
    """Moves the endpoint to its new configuration and tells which one it ends with."""
    sagemaker.update_endpoint(
        EndpointName=name,
        EndpointConfigName=f"{name}-new",
        DeploymentConfig={
            "BlueGreenUpdatePolicy": {
                "TrafficRoutingConfiguration": {
                    "Type": "CANARY",
                    "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 10},
                    "WaitIntervalInSeconds": 5,
                },
                "TerminationWaitInSeconds": 0,
            },
            "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": name}]},
        },
    )
    wait(name)
    endpoint = sagemaker.describe_endpoint(EndpointName=name)
    return endpoint["EndpointConfigName"].removeprefix(name) or "the old one", endpoint.get("FailureReason", "")


# The alarm goes off while the canary bakes (here by hand): the update is turned back.
cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="an example")
print("with an alarm:", *update())

cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="an example")
print("without:", *update())
answer = runtime.invoke_endpoint(EndpointName=name, ContentType="text/csv", Body=questions[0])
print("the new model says", answer["Body"].read().decode().strip())
sagemaker.delete_endpoint(EndpointName=name)
cloudwatch.delete_alarms(AlarmNames=[name])
