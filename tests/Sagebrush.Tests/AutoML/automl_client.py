"""What boto3 users do with Autopilot, against AWS_ENDPOINT_URL."""

import csv
import io
import json
import random
import sys
import time

import boto3
from botocore.exceptions import ClientError

sm, s3, runtime = boto3.client("sagemaker"), boto3.client("s3"), boto3.client("sagemaker-runtime")
BUCKET = "automl-bucket"
ROLE = "arn:aws:iam::000000000000:role/autopilot"
COLUMNS = ["age", "job, kind", "note", "balance", "id", "answer"]


def rows(count):
    chance = random.Random(4)
    for i in range(count):
        age, job, balance = chance.randint(18, 80), chance.choice(["clerk", "cook", "größer, als"]), chance.gauss(0, 1)
        score = (age - 50) / 20 + {"clerk": 1, "cook": -1}.get(job, 0) + chance.gauss(0, 0.5)
        yield [age, job, "free text" if i % 2 else "", round(balance, 3) if i % 9 else "", i, "ja" if score > 0 else "nein"]


def table(count, header=True):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows(([COLUMNS] if header else []) + list(rows(count)))
    return text.getvalue()


def channel(prefix="train/", **changes):
    return {"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/{prefix}"}}, "TargetAttributeName": "answer", **changes}


def create(name, **changes):
    return sm.create_auto_ml_job(**{
        "AutoMLJobName": name, "InputDataConfig": [channel()], "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/out/"}, "RoleArn": ROLE,
        "ProblemType": "BinaryClassification", "AutoMLJobObjective": {"MetricName": "AUC"},
        "AutoMLJobConfig": {"CompletionCriteria": {"MaxCandidates": 1, "MaxAutoMLJobRuntimeInSeconds": 300}}, **changes})


def refused(code, words, **changes):
    try:
        create("bad", **changes)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code and words in error.response["Error"]["Message"], error
        return
    raise AssertionError(f"not refused: {changes}")


def wait(name, until=lambda job: job["AutoMLJobStatus"] not in ("InProgress", "Stopping")):
    seen = []
    while True:
        job = sm.describe_auto_ml_job(AutoMLJobName=name)
        if job["AutoMLJobSecondaryStatus"] not in seen:
            seen.append(job["AutoMLJobSecondaryStatus"])
        if until(job) or job["AutoMLJobStatus"] == "Failed":
            return job, seen
        time.sleep(0.2)


def requests():
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="train/data.csv", Body=table(620))
    refused("ValidationException", "not supported for the problem type", ProblemType="Regression")
    refused("ValidationException", "no bucket that exists", OutputDataConfig={"S3OutputPath": "s3://nowhere-at-all/out"})
    refused("ValidationException", "exactly one channel", InputDataConfig=[channel(), channel()])
    refused("ValidationException", "AugmentedManifestFile", InputDataConfig=[{
        "DataSource": {"S3DataSource": {"S3DataType": "AugmentedManifestFile", "S3Uri": f"s3://{BUCKET}/m"}}, "TargetAttributeName": "answer"}])
    refused("ValidationException", "both AutoGenerateEndpointName", ModelDeployConfig={"AutoGenerateEndpointName": True, "EndpointName": "e"})
    try:
        sm.describe_auto_ml_job(AutoMLJobName="none")
    except ClientError as error:
        assert "not found" in error.response["Error"]["Message"], error
    print("passed")


def jobs():
    arn = create("first", Tags=[{"Key": "team", "Value": "blue"}])["AutoMLJobArn"]
    assert arn.endswith(":automl-job/first"), arn
    try:
        create("first")
        raise AssertionError("created twice")
    except ClientError as error:
        assert error.response["Error"]["Code"] == "ResourceInUse", error
    job, seen = wait("first")
    assert (job["AutoMLJobStatus"], job["AutoMLJobSecondaryStatus"]) == ("Completed", "MaxCandidatesReached"), job
    assert set(seen) <= {"Starting", "AnalyzingData", "FeatureEngineering", "ModelTuning", "GeneratingExplainabilityReport", "GeneratingModelInsightsReport", "MaxCandidatesReached"}, seen
    assert job["ResolvedAttributes"]["ProblemType"] == "BinaryClassification", job
    best = job["BestCandidate"]
    assert best["FinalAutoMLJobObjectiveMetric"]["MetricName"] == "AUC" and 0.8 < best["FinalAutoMLJobObjectiveMetric"]["Value"] <= 1, best
    assert {metric["StandardMetricName"] for metric in best["CandidateProperties"]["CandidateMetrics"]} >= {"AUC", "F1", "LogLoss"}, best
    assert sm.describe_training_job(TrainingJobName=best["CandidateSteps"][0]["CandidateStepName"])["AutoMLJobArn"] == arn
    listed = sm.list_candidates_for_auto_ml_job(AutoMLJobName="first", SortBy="FinalObjectiveMetricValue", SortOrder="Descending")["Candidates"]
    assert [candidate["CandidateName"] for candidate in listed] == [best["CandidateName"]], listed
    assert [summary["AutoMLJobName"] for summary in sm.list_auto_ml_jobs(NameContains="first")["AutoMLJobSummaries"]] == ["first"]
    for location in (*job["AutoMLJobArtifacts"].values(), best["CandidateProperties"]["CandidateArtifactLocations"]["Explainability"] + "/analysis.json",
                     best["CandidateProperties"]["CandidateArtifactLocations"]["ModelInsights"] + "/report.html"):
        bucket, _, key = location.removeprefix("s3://").partition("/")
        assert s3.head_object(Bucket=bucket, Key=key)["ContentLength"] > 100, location

    # The containers are what CreateModel takes; the answer's keys are chosen as the Developer Guide says.
    containers = best["InferenceContainers"]
    containers[0]["Environment"]["SAGEMAKER_INFERENCE_OUTPUT"] = "predicted_label,probability"
    sm.create_model(ModelName="first", Containers=containers, ExecutionRoleArn=ROLE)
    sm.create_endpoint_config(EndpointConfigName="first", ProductionVariants=[{"VariantName": "v", "ModelName": "first", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}])
    sm.create_endpoint(EndpointName="first", EndpointConfigName="first")
    while sm.describe_endpoint(EndpointName="first")["EndpointStatus"] == "Creating":
        time.sleep(0.1)
    answer = runtime.invoke_endpoint(EndpointName="first", ContentType="text/csv", Body='79,clerk,"any, words",0.1,77\n19,cook,,,78\n44,never seen,,x,79\n')["Body"].read().decode().splitlines()
    assert len(answer) == 3 and answer[0].startswith("ja,0.") and answer[1].startswith("nein,0."), answer
    print("passed")


def second_version():
    sm.create_auto_ml_job_v2(
        AutoMLJobName="second", RoleArn=ROLE, OutputDataConfig={"S3OutputPath": f"s3://{BUCKET}/out"},
        AutoMLJobInputDataConfig=[{"ChannelType": "training", "ContentType": "text/csv;header=present", "DataSource": channel()["DataSource"]}],
        AutoMLProblemTypeConfig={"TabularJobConfig": {"TargetAttributeName": "answer", "Mode": "HYPERPARAMETER_TUNING", "CompletionCriteria": {"MaxCandidates": 1}}},
        ModelDeployConfig={"EndpointName": "deployed"})
    job, _ = wait("second")
    assert job["AutoMLJobStatus"] == "Completed" and job["ModelDeployResult"]["EndpointName"] == "deployed", job
    assert sm.describe_auto_ml_job_v2(AutoMLJobName="second")["AutoMLProblemTypeConfigName"] == "Tabular"
    assert runtime.invoke_endpoint(EndpointName="deployed", ContentType="text/csv", Body="79,clerk,x,0.1,77")["Body"].read().decode().strip() == "ja"


def v2():
    if hasattr(sm, "create_auto_ml_job_v2"):  # Newer than Debian 12's boto3.
        second_version()

    # Fewer rows than SageMaker's limit, and a target that is not there.
    s3.put_object(Bucket=BUCKET, Key="few/data.csv", Body=table(40))
    create("few", InputDataConfig=[channel("few/")])
    create("absent", InputDataConfig=[channel(TargetAttributeName="nothing")])
    for name, words in (("few", "at least 500 rows"), ("absent", "'nothing' is not among the columns")):
        job, _ = wait(name)
        assert job["AutoMLJobStatus"] == "Failed" and words in job["FailureReason"], job
    print("passed")


def stop():
    create("long", AutoMLJobConfig={"CompletionCriteria": {"MaxAutoMLJobRuntimeInSeconds": 3000}})
    wait("long", lambda job: "BestCandidate" in job)
    sm.stop_auto_ml_job(AutoMLJobName="long")
    job, _ = wait("long")
    assert (job["AutoMLJobStatus"], job["AutoMLJobSecondaryStatus"]) == ("Stopped", "Stopped") and job["BestCandidate"]["InferenceContainers"], job
    print("passed")


def notebooks():
    """Brings the notebooks of a job that only wants them."""
    create("notes", GenerateCandidateDefinitionsOnly=True)
    job, _ = wait("notes")
    assert (job["AutoMLJobStatus"], job["AutoMLJobSecondaryStatus"]) == ("Completed", "CandidateDefinitionsGenerated"), job
    for name, location in job["AutoMLJobArtifacts"].items():
        bucket, _, key = location.removeprefix("s3://").partition("/")
        notebook = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        if "CandidateDefinition" in name:
            # Two of the candidates are enough to see it run.
            for cell in notebook["cells"]:
                if cell["source"].startswith("hyperparameters ="):
                    cell["source"] += "\ncandidates = candidates[:2]"
        open(f"{sys.argv[2]}/{name}.ipynb", "w").write(json.dumps(notebook))
    print("passed")


{"requests": requests, "jobs": jobs, "v2": v2, "stop": stop, "notebooks": notebooks}[sys.argv[1]]()
