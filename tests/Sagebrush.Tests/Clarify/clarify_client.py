"""A model, a Clarify job over it with every method, and jobs that cannot be: judged by the rows themselves."""
import csv
import io
import json
import os
import random
import signal
import time

import boto3

sm, s3 = boto3.client("sagemaker"), boto3.client("s3")
ROLE = "arn:aws:iam::000000000000:role/clarify"
TRAINING = "382416733822.dkr.ecr.us-east-1.amazonaws.com/lightgbm-classification-model:1"
CLARIFY = "205585389593.dkr.ecr.us-east-1.amazonaws.com/sagemaker-clarify-processing:1.0"
HEADERS = ["target", "age", "sex", "income", "noise"]

random.seed(1)
rows = []
for _ in range(400):
    age, sex, income = random.randint(18, 80), random.randint(0, 1), round(random.gauss(50, 15), 3)
    rows.append([int(income + 12 * sex + random.gauss(0, 4) > 56), age, sex, income, round(random.random(), 3)])
text = "\n".join(",".join(map(str, row)) for row in rows)
s3.create_bucket(Bucket="clarify-bucket")
s3.put_object(Bucket="clarify-bucket", Key="train/data.csv", Body=text)


def wait(describe, status):
    while (answer := describe())[status] in ("InProgress", "Stopping"):
        time.sleep(0.1)
    return answer


def channel(name):
    return dict(ChannelName=name, ContentType="text/csv", DataSource=dict(S3DataSource=dict(S3DataType="S3Prefix", S3Uri="s3://clarify-bucket/train")))


sm.create_training_job(
    TrainingJobName="scorer", RoleArn=ROLE, AlgorithmSpecification=dict(TrainingImage=TRAINING, TrainingInputMode="File"),
    HyperParameters={"num_boost_round": "20", "num_leaves": "8"}, InputDataConfig=[channel("train"), channel("validation")],
    OutputDataConfig=dict(S3OutputPath="s3://clarify-bucket/models"),
    ResourceConfig=dict(InstanceType="ml.m5.large", InstanceCount=1, VolumeSizeInGB=1), StoppingCondition=dict(MaxRuntimeInSeconds=600))
job = wait(lambda: sm.describe_training_job(TrainingJobName="scorer"), "TrainingJobStatus")
assert job["TrainingJobStatus"] == "Completed", job
sm.create_model(ModelName="scorer", ExecutionRoleArn=ROLE, PrimaryContainer=dict(Image=TRAINING, ModelDataUrl=job["ModelArtifacts"]["S3ModelArtifacts"]))


def start(name, configuration, **changes):
    s3.put_object(Bucket="clarify-bucket", Key=f"{name}/analysis_config.json", Body=json.dumps(configuration))

    def source(kind, uri, path):
        return dict(InputName=kind, S3Input=dict(S3Uri=uri, S3DataType="S3Prefix", S3InputMode="File", LocalPath=path))

    sm.create_processing_job(**{**dict(
        ProcessingJobName=name, RoleArn=ROLE, AppSpecification=dict(ImageUri=CLARIFY),
        ProcessingInputs=[source("analysis_config", f"s3://clarify-bucket/{name}/analysis_config.json", "/opt/ml/processing/input/config"),
                          source("dataset", "s3://clarify-bucket/train/data.csv", "/opt/ml/processing/input/data")],
        ProcessingOutputConfig=dict(Outputs=[dict(OutputName="analysis_result", S3Output=dict(
            S3Uri=f"s3://clarify-bucket/{name}/result", LocalPath="/opt/ml/processing/output", S3UploadMode="EndOfJob"))]),
        ProcessingResources=dict(ClusterConfig=dict(InstanceCount=1, InstanceType="ml.m5.large", VolumeSizeInGB=1)),
        StoppingCondition=dict(MaxRuntimeInSeconds=600)), **changes})


def analyze(name, configuration, **changes):
    start(name, configuration, **changes)
    answer = wait(lambda: sm.describe_processing_job(ProcessingJobName=name), "ProcessingJobStatus")
    assert sm.list_endpoints()["Endpoints"] == [] and sm.list_endpoint_configs()["EndpointConfigs"] == [], "the shadow endpoint is left"
    return answer


def result(name, file):
    return s3.get_object(Bucket="clarify-bucket", Key=f"{name}/result/{file}")["Body"].read().decode()


predictor = dict(model_name="scorer", instance_type="ml.m5.large", initial_instance_count=1, accept_type="text/csv", content_type="text/csv", probability=1)
configuration = dict(
    dataset_type="text/csv", headers=HEADERS, label="target", label_values_or_threshold=[1], facet=[dict(name_or_index="sex", value_or_threshold=[0])],
    group_variable="age", predictor=predictor,
    methods=dict(pre_training_bias=dict(methods="all"), post_training_bias=dict(methods="all"), shap=dict(num_clusters=1, agg_method="mean_abs", seed=3),
                 pdp=dict(top_k_features=2, grid_resolution=5), report=dict(name="report", title="Who gets a loan")))
done = analyze("everything", configuration)
assert done["ProcessingJobStatus"] == "Completed", done
analysis = json.loads(result("everything", "analysis.json"))

facet = analysis["pre_training_bias_metrics"]["facets"]["sex"][0]
metrics = {metric["name"]: metric["value"] for metric in facet["metrics"]}
favored, sensitive = ([row[0] for row in rows if row[2] == sex] for sex in (1, 0))
assert abs(metrics["DPL"] - (sum(favored) / len(favored) - sum(sensitive) / len(sensitive))) < 1e-9, metrics
assert abs(metrics["CI"] - (len(favored) - len(sensitive)) / len(rows)) < 1e-9, metrics
after = {metric["name"]: metric["value"] for metric in analysis["post_training_bias_metrics"]["facets"]["sex"][0]["metrics"]}
assert 0 < after["DI"] < 1 and after["DPPL"] > 0.1 and abs(after["AD"]) < 0.2, after

shap = analysis["explanations"]["kernel_shap"]["label0"]
most = sorted(shap["global_shap_values"], key=lambda name: -shap["global_shap_values"][name])
assert most[:2] == ["income", "sex"], shap
local = list(csv.DictReader(io.StringIO(result("everything", "explanations_shap/out.csv"))))
assert len(local) == len(rows) and set(local[0]) == {f"{name}_label0" for name in HEADERS[1:]}
sums = [shap["expected_value"] + sum(map(float, row.values())) for row in local]
assert all(-1e-6 < value < 1 + 1e-6 for value in sums), (min(sums), max(sums))
assert sum((value > 0.5) == (row[0] == 1) for value, row in zip(sums, rows)) > 370
assert len(result("everything", "baseline.csv").split(",")) == 4
assert [curve["feature_name"] for curve in analysis["explanations"]["pdp"]] == ["income", "sex"]
income = analysis["explanations"]["pdp"][0]
assert len(income["feature_values"]) == 5 and income["model_predictions"][0][-1] > income["model_predictions"][0][0] + 0.5, income
page = result("everything", "report.html")
assert "Who gets a loan" in page and "<svg" in page and "Disparate Impact" in page
assert json.loads(result("everything", "report.ipynb"))["nbformat"] == 4

s3.put_object(Bucket="clarify-bucket", Key="base line/b.csv", Body="40,1,50,0.5\n50,0,60,0.25\n")
from_file = {**configuration, "methods": dict(shap=dict(baseline="s3://clarify-bucket/base line/b.csv", save_local_shap_values=False), report={})}
done = analyze("baseline-file", from_file)
assert done["ProcessingJobStatus"] == "Completed", done
assert result("baseline-file", "baseline.csv").split() == ["40,1,50,0.5", "50,0,60,0.25"]
gone = analyze("baseline-gone", {**from_file, "methods": dict(shap=dict(baseline="s3://clarify-bucket/nothing.csv"))})
assert gone["ProcessingJobStatus"] == "Failed" and "s3://clarify-bucket/nothing.csv cannot be read" in gone["ExitMessage"], gone

missing = analyze("no-model", {**configuration, "predictor": {**predictor, "model_name": "nobody"}})
assert missing["ProcessingJobStatus"] == "Failed" and "nobody" in missing["ExitMessage"], missing
wrong = analyze("no-column", {**configuration, "predictor": {**predictor, "probability": 7}})
assert wrong["ProcessingJobStatus"] == "Failed" and "has no column 7" in wrong["ExitMessage"], wrong
try:
    analyze("no-input", configuration, ProcessingInputs=[])
    raise SystemExit("a job without a dataset was taken")
except sm.exceptions.ClientError as error:
    assert error.response["Error"]["Code"] == "ValidationException" and "analysis_config" in str(error), error


def analysis_process():
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            words = open(f"/proc/{process}/cmdline").read().split("\0")
            if "run-clarify" in words and f"AWS_ENDPOINT_URL={os.environ['AWS_ENDPOINT_URL']}" in open(f"/proc/{process}/environ").read().split("\0"):
                return int(process)
        except OSError:
            pass


# An analysis that is killed, or stopped while its endpoint is being made, leaves none behind either.
for name, end in (("killed", lambda: os.kill(analysis_process(), signal.SIGKILL)), ("stopped", lambda: sm.stop_processing_job(ProcessingJobName="stopped"))):
    start(name, configuration)
    while not sm.list_endpoints()["Endpoints"]:
        time.sleep(0.005)
    end()
    ended = wait(lambda: sm.describe_processing_job(ProcessingJobName=name), "ProcessingJobStatus")
    assert ended["ProcessingJobStatus"] == {"killed": "Failed", "stopped": "Stopped"}[name], ended
    while sm.list_endpoints()["Endpoints"] or sm.list_endpoint_configs()["EndpointConfigs"]:
        time.sleep(0.05)
print("passed", end="")
