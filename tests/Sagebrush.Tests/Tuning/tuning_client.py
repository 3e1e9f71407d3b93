"""What boto3 users and the SageMaker SDK do with automatic model tuning, against AWS_ENDPOINT_URL."""

import copy
import random
import re
import sys
import time

import boto3
from botocore.exceptions import ClientError

sm, s3 = boto3.client("sagemaker"), boto3.client("s3")
BUCKET = "tuning-" + sys.argv[1]
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
METRIC = "validation:rmse"


def channel(name):
    return {"ChannelName": name, "ContentType": "text/csv", "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/{name}/"}}}


def definition(**changes):
    return {
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "StaticHyperParameters": {"num_round": "8", "objective": "reg:squarederror"},
        "RoleArn": "arn:aws:iam::000000000000:role/tuner",
        "InputDataConfig": [channel("train"), channel("validation")],
        "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/out/"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        **changes,
    }


CONFIG = {
    "Strategy": "Bayesian",
    "RandomSeed": 3,
    "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": METRIC},
    "ResourceLimits": {"MaxNumberOfTrainingJobs": 4, "MaxParallelTrainingJobs": 2},
    "ParameterRanges": {
        "ContinuousParameterRanges": [{"Name": "eta", "MinValue": "0.01", "MaxValue": "0.9", "ScalingType": "Logarithmic"}],
        "IntegerParameterRanges": [{"Name": "max_depth", "MinValue": "1", "MaxValue": "6"}],
    },
}
if "RandomSeed" not in sm.meta.service_model.shape_for("HyperParameterTuningJobConfig").members:  # Newer than Debian 12's boto3.
    del CONFIG["RandomSeed"]


def config(**changes):
    return {**copy.deepcopy(CONFIG), **changes}


def create(name, configuration, training=None, **more):
    training = {} if training is None and "TrainingJobDefinitions" in more else {"TrainingJobDefinition": training or definition()}
    return sm.create_hyper_parameter_tuning_job(HyperParameterTuningJobName=name, HyperParameterTuningJobConfig=configuration, **training, **more)


def refused(message, *arguments, code="ValidationException", **more):
    try:
        create("refused", *arguments, **more)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        assert message in error.response["Error"]["Message"], error
        return
    raise AssertionError(f"not refused: {message}")


def ended(name):
    while True:
        job = sm.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
        if job["HyperParameterTuningJobStatus"] in ("Completed", "Failed", "Stopped"):
            return job
        assert sum(job["TrainingJobStatusCounters"].values()) <= 20, job
        time.sleep(0.2)


def trials(name, **more):
    pages = sm.get_paginator("list_training_jobs_for_hyper_parameter_tuning_job").paginate(HyperParameterTuningJobName=name, **more)
    return [job for page in pages for job in page["TrainingJobSummaries"]]


def ranges(**kinds):
    return {"ParameterRanges": kinds}


def test_requests():
    refused("The objective metric [validation:speed] is not valid", config(HyperParameterTuningJobObjective={"Type": "Minimize", "MetricName": "validation:speed"}))
    refused("The objective type [Maximize] is not valid", config(HyperParameterTuningJobObjective={"Type": "Maximize", "MetricName": METRIC}))
    wide = ranges(ContinuousParameterRanges=[{"Name": "eta", "MinValue": "0.1", "MaxValue": "7"}])
    refused("outside of what the xgboost algorithm takes", config(**wide))
    refused("[nthread] of the xgboost algorithm is not tunable", config(**ranges(IntegerParameterRanges=[{"Name": "nthread", "MinValue": "1", "MaxValue": "2"}])))
    refused("[depth] is not a hyperparameter", config(**ranges(IntegerParameterRanges=[{"Name": "depth", "MinValue": "1", "MaxValue": "2"}])))
    refused("must not be greater than its MaxValue", config(**ranges(ContinuousParameterRanges=[{"Name": "eta", "MinValue": "0.4", "MaxValue": "0.1"}])))
    refused("is not an integer", config(**ranges(IntegerParameterRanges=[{"Name": "max_depth", "MinValue": "1.5", "MaxValue": "2"}])))
    refused("does not suit its ScalingType", config(**ranges(ContinuousParameterRanges=[{"Name": "eta", "MinValue": "0", "MaxValue": "1", "ScalingType": "Logarithmic"}])))
    refused("both in StaticHyperParameters and in", config(), definition(StaticHyperParameters={"num_round": "3", "eta": "0.1"}))
    refused("The hyperparameters are not valid", config(), definition(StaticHyperParameters={"objective": "reg:squarederror"}))
    refused("Grid search goes over categorical", config(Strategy="Grid"))
    refused("must be Off with the strategy Hyperband", config(Strategy="Hyperband", TrainingJobEarlyStoppingType="Auto"))
    refused("MaxParallelTrainingJobs must not be greater", config(ResourceLimits={"MaxNumberOfTrainingJobs": 1, "MaxParallelTrainingJobs": 2}))
    refused("750", config(ResourceLimits={"MaxNumberOfTrainingJobs": 751, "MaxParallelTrainingJobs": 2}), code="ResourceLimitExceeded")
    refused("does not exist", config(), WarmStartConfig={"WarmStartType": "TransferLearning", "ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": "nobody"}]})
    refused("needs a DefinitionName", {k: v for k, v in config().items() if k not in ("ParameterRanges", "HyperParameterTuningJobObjective")}, TrainingJobDefinitions=[definition()])
    refused("MetricDefinitions", config(), definition(AlgorithmSpecification={
        "TrainingImage": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3", "TrainingInputMode": "File"}))
    for call in (sm.describe_hyper_parameter_tuning_job, sm.stop_hyper_parameter_tuning_job, sm.list_training_jobs_for_hyper_parameter_tuning_job):
        try:
            call(HyperParameterTuningJobName="nobody")
            raise AssertionError("found")
        except ClientError as error:
            assert "Requested resource not found" in str(error), error


def test_jobs():
    s3.create_bucket(Bucket=BUCKET)
    draw = random.Random(1)
    for name in ("train", "validation"):
        rows = [[draw.random() for _ in range(3)] for _ in range(120)]
        s3.put_object(Bucket=BUCKET, Key=f"{name}/d.csv", Body="".join(f"{3 * a - b * c},{a},{b},{c}\n" for a, b, c in rows))

    # The parent of what follows.
    arn = create("bayes", config(), Tags=[{"Key": "team", "Value": "trees"}])["HyperParameterTuningJobArn"]
    assert arn.endswith(":hyper-parameter-tuning-job/bayes"), arn
    create("to-stop", config(ResourceLimits={"MaxNumberOfTrainingJobs": 100, "MaxParallelTrainingJobs": 1}))
    sm.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="to-stop")
    job = ended("bayes")
    assert job["HyperParameterTuningJobStatus"] == "Completed", job
    assert job["TrainingJobStatusCounters"] == {"Completed": 4, "InProgress": 0, "RetryableError": 0, "NonRetryableError": 0, "Stopped": 0}, job
    assert job["ObjectiveStatusCounters"] == {"Succeeded": 4, "Pending": 0, "Failed": 0}, job
    done = trials("bayes", SortBy="FinalObjectiveMetricValue", SortOrder="Ascending", MaxResults=3)
    values = [t["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] for t in done]
    assert len(done) == 4 and values == sorted(values), values
    best = job["BestTrainingJob"]
    assert best["TrainingJobName"] == done[0]["TrainingJobName"] and best["ObjectiveStatus"] == "Succeeded", best
    for trial in done:
        # What the SDK's HyperparameterTuningJobAnalytics makes its data frame of.
        assert re.fullmatch(r"bayes-00[1-4]-[0-9a-f]{8}", trial["TrainingJobName"]), trial
        assert 0.01 <= float(trial["TunedHyperParameters"]["eta"]) <= 0.9 and 1 <= int(trial["TunedHyperParameters"]["max_depth"]) <= 6, trial
        assert trial["TrainingEndTime"] >= trial["TrainingStartTime"], trial
        training = sm.describe_training_job(TrainingJobName=trial["TrainingJobName"])
        assert training["TuningJobArn"] == arn and training["HyperParameters"]["_tuning_objective_metric"] == METRIC, training
        final = {m["MetricName"]: m["Value"] for m in training["FinalMetricDataList"]}
        assert abs(final[METRIC] - trial["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]) < 1e-6, final
    assert sm.list_tags(ResourceArn=training["TrainingJobArn"])["Tags"] == [{"Key": "team", "Value": "trees"}]
    stopped = ended("to-stop")
    assert stopped["HyperParameterTuningJobStatus"] == "Stopped" and stopped["TrainingJobStatusCounters"]["InProgress"] == 0, stopped

    # A warm start knows the parent's best; a target that is already met ends it early.
    reached = values[0] + 10
    create("child", config(TuningJobCompletionCriteria={"TargetObjectiveMetricValue": reached}, ResourceLimits={"MaxNumberOfTrainingJobs": 9, "MaxParallelTrainingJobs": 1}),
           WarmStartConfig={"WarmStartType": "IdenticalDataAndAlgorithm", "ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": "bayes"}]})
    # All combinations of a grid, over two definitions.
    objective, words = CONFIG["HyperParameterTuningJobObjective"], [{"Name": "grow_policy", "Values": ["depthwise", "lossguide"]}]
    shared = {"TuningObjective": objective, "HyperParameterRanges": {"CategoricalParameterRanges": words}}
    create("grid", {"Strategy": "Grid", "ResourceLimits": {"MaxParallelTrainingJobs": 2}}, TrainingJobDefinitions=[
        definition(DefinitionName="plain", **shared), definition(DefinitionName="hist", **shared, StaticHyperParameters={"num_round": "5", "tree_method": "hist"})])
    child = ended("child")
    assert child["HyperParameterTuningJobStatus"] == "Completed" and child["TrainingJobStatusCounters"]["Completed"] == 1, child
    assert child["OverallBestTrainingJob"]["TuningJobName"] in ("bayes", "child"), child
    assert child["OverallBestTrainingJob"]["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] <= values[0], child
    grid = ended("grid")
    assert grid["TrainingJobStatusCounters"]["Completed"] == 4, grid
    tried = {(t["TrainingJobDefinitionName"], t["TunedHyperParameters"]["grow_policy"]) for t in trials("grid")}
    assert len(tried) == 4, tried

    # Every training job fails, and so does the tuning job.
    create("bad", config(ResourceLimits={"MaxNumberOfTrainingJobs": 2, "MaxParallelTrainingJobs": 2}), definition(InputDataConfig=[channel("nothing-here")]))
    bad = ended("bad")
    assert bad["HyperParameterTuningJobStatus"] == "Failed" and bad["TrainingJobStatusCounters"]["NonRetryableError"] == 2, bad
    assert bad["FailureReason"].startswith("All training jobs failed"), bad

    # Hyperband stops what lags behind.
    create("bands", config(Strategy="Hyperband", StrategyConfig={"HyperbandStrategyConfig": {"MinResource": 1, "MaxResource": 9}}), definition(
        StaticHyperParameters={"num_round": "4000", "objective": "reg:squarederror"}))
    bands = ended("bands")
    assert bands["HyperParameterTuningJobStatus"] == "Completed" and bands["TrainingJobStatusCounters"]["Stopped"] >= 1, bands

    names = [s["HyperParameterTuningJobName"] for s in sm.list_hyper_parameter_tuning_jobs(SortBy="Name", SortOrder="Ascending")["HyperParameterTuningJobSummaries"]]
    assert names == sorted(names) and {"bayes", "bad", "grid"} <= set(names), names
    sm.delete_hyper_parameter_tuning_job(HyperParameterTuningJobName="bad")
    try:
        sm.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName="bad")
        raise AssertionError("still there")
    except ClientError:
        pass


globals()["test_" + sys.argv[1]]()
print("passed")
