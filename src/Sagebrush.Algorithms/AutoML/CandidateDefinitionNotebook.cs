using System.Text.Json;
using Sagebrush.Learning.AutoML;

namespace Sagebrush.Algorithms.AutoML;

/// <summary>The notebook that trains candidates one by one, and deploys the best of them: to read, to change and to run.</summary>
internal static class CandidateDefinitionNotebook
{
    private const int MostCandidates = 4;

    private static readonly string[] Own = ["name", "run", "candidate", "definitions_only", "max_candidates", "max_runtime_in_seconds", "max_candidate_runtime_in_seconds", "algorithms", "mode"];

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static byte[] Write(AutopilotAnalysis analysis, AutopilotSettings settings)
    {
        var given = settings.Given.Where(entry => !Own.Contains(entry.Key)).ToDictionary(StringComparer.Ordinal);
        given["problem_type"] = analysis.Task.Problem.ToString();
        given["objective"] = analysis.Objective.Name;
        return new NotebookDocument()
            .Text($"""
                # Candidates of {settings.Name}

                {analysis.Task.Problem} of **{analysis.Task.Target}** by **{analysis.Objective.Name}**. Each candidate below is a learner, the features it gets and its hyperparameters.
                The notebook trains each as a training job, compares them, and deploys the best. Change, add or remove candidates as you like.

                Features come in styles: `0` for trees (numbers as they are, a feature per frequent category), `1` for trees with categories by the mean of the target, made
                out of fold, `2` filled, unskewed and scaled for models that sum or measure distances, `3` with categories by number for learners that know them (`lightgbm`, `mlp`), and
                `4` the principal components of `2`. Combinations of columns that were found useful: {(analysis.Pairs.Count == 0 ? "none" : string.Join(", ", analysis.Pairs))}.
                """)
            .Code($$"""
                import boto3, json, os, time

                # Clients older than boto3 1.28 do not read the variable themselves.
                client = lambda service: boto3.client(service, endpoint_url=os.environ.get("AWS_ENDPOINT_URL"))
                sagemaker, runtime, s3 = client("sagemaker"), client("sagemaker-runtime"), client("s3")
                job = sagemaker.describe_auto_ml_job(AutoMLJobName={{NotebookDocument.Literal(settings.Name)}})
                region = sagemaker.meta.region_name
                image = f"683313688378.dkr.ecr.{region}.amazonaws.com/sagemaker-sklearn-automl:2.5-1-cpu-py3"
                name = f"{job['AutoMLJobName'][:32]}-nb-{int(time.time())}"
                output = job["OutputDataConfig"]["S3OutputPath"].rstrip("/") + f"/{name}"
                """)
            .Text("## Candidates")
            .Code($"""
                hyperparameters = json.loads(r'''{JsonSerializer.Serialize(given, Indented)}''')
                candidates = json.loads(r'''{JsonSerializer.Serialize(analysis.First.Take(MostCandidates), Indented)}''')
                """)
            .Code("""
                def train(number, candidate):
                    training = f"{name}-{number}"
                    channels = [{
                        "ChannelName": channel.get("ChannelType", "training"),
                        "ContentType": channel.get("ContentType", "text/csv;header=present"),
                        "CompressionType": channel.get("CompressionType", "None"),
                        "DataSource": {"S3DataSource": dict(channel["DataSource"]["S3DataSource"], S3DataDistributionType="FullyReplicated")},
                    } for channel in job["InputDataConfig"]]
                    sagemaker.create_training_job(
                        TrainingJobName=training, RoleArn=job["RoleArn"], InputDataConfig=channels,
                        AlgorithmSpecification={"TrainingImage": image, "TrainingInputMode": "File"},
                        HyperParameters=dict(hyperparameters, name=training[:32], candidate=json.dumps(candidate), max_candidates="1", max_runtime_in_seconds="600"),
                        OutputDataConfig={"S3OutputPath": output}, StoppingCondition={"MaxRuntimeInSeconds": 3600},
                        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10})
                    return training

                trainings = [train(number, candidate) for number, candidate in enumerate(candidates, 1)]
                for training in trainings:
                    sagemaker.get_waiter("training_job_completed_or_stopped").wait(TrainingJobName=training, WaiterConfig={"Delay": 1, "MaxAttempts": 3600})
                """)
            .Text("## The best")
            .Code($$"""
                results = [sagemaker.describe_training_job(TrainingJobName=training) for training in trainings]
                value = lambda result: next(metric["Value"] for metric in result["FinalMetricDataList"] if metric["MetricName"] == "validation:objective")
                results.sort(key=value, reverse={{(analysis.Objective.IsMaximized ? "True" : "False")}})
                for result in results:
                    candidate = json.loads(result["HyperParameters"]["candidate"])
                    print(f"{result['TrainingJobName']}: {value(result):.6g}  {candidate['Algorithm']} {candidate['Parameters']}")
                best = results[0]
                """)
            .Text("## Deployment\n\nThe model takes rows of the raw columns, without a header and without the target.")
            .Code("""
                model = dict(Image=image, ModelDataUrl=best["ModelArtifacts"]["S3ModelArtifacts"])
                if hyperparameters["problem_type"] != "Regression":
                    model["Environment"] = {"SAGEMAKER_INFERENCE_OUTPUT": "predicted_label,probability"}
                sagemaker.create_model(ModelName=name, PrimaryContainer=model, ExecutionRoleArn=job["RoleArn"])
                sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[
                    dict(VariantName="AllTraffic", ModelName=name, InstanceType="ml.m5.large", InitialInstanceCount=1)])
                sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
                sagemaker.get_waiter("endpoint_in_service").wait(EndpointName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 600})
                print(name, sagemaker.describe_endpoint(EndpointName=name)["EndpointStatus"])
                """)
            .Text("When you need the endpoint no more:")
            .Code("sagemaker.delete_endpoint(EndpointName=name)\nsagemaker.delete_endpoint_config(EndpointConfigName=name)")
            .Write();
    }
}
