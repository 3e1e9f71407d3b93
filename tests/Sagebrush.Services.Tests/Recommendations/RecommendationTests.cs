using Sagebrush.Compute.Capacity;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Recommendations;
using Sagebrush.Services.Tests.Hosting;

namespace Sagebrush.Services.Tests.Recommendations;

public sealed class RecommendationTests(HostingFixture fixture)
{
    private const string Prelude = """
        def container(payload):
            return {"Domain": "MACHINE_LEARNING", "Task": "CLASSIFICATION", "Framework": "XGBOOST",
                    "PayloadConfig": {"SamplePayloadUrl": payload, "SupportedContentTypes": ["text/csv"]}}
        def over(name):
            while True:
                job = sm.describe_inference_recommendations_job(JobName=name)
                if job["Status"] not in ("PENDING", "IN_PROGRESS", "STOPPING"): return job
                time.sleep(0.1)


        """;

    [Fact]
    public async Task Job_TwoMachines_MeasuresBothAndWritesTheTable()
    {
        var payload = await fixture.Server.PutAsync("samples/one.csv", "0.9,0.8,0.7"u8.ToArray());
        await fixture.Server.Boto3Async(Prelude + $$$"""
            model("bench", XGBOOST, "{{{fixture.XGBoostUrl}}}")
            arn = sm.create_inference_recommendations_job(
                JobName="bench", JobType="Advanced", RoleArn=ROLE,
                InputConfig={"ModelName": "bench", "ContainerConfig": container("{{{payload}}}"),
                    "EndpointConfigurations": [{"InstanceType": "ml.t2.medium"}, {"InstanceType": "ml.c5.large",
                        "EnvironmentParameterRanges": {"CategoricalParameterRanges": [{"Name": "OMP_NUM_THREADS", "Value": ["1"]}]}}],
                    "TrafficPattern": {"TrafficType": "STAIRS", "Stairs": {"DurationInSeconds": 1, "NumberOfSteps": 2, "UsersPerStep": 1} } },
                OutputConfig={"CompiledOutputConfig": {"S3OutputUri": "s3://models/recommended"}})["JobArn"]
            assert arn == "arn:aws:sagemaker:us-east-1:000000000000:inference-recommendations-job/bench", arn
            job = over("bench")
            assert job["Status"] == "COMPLETED", job
            assert {r["EndpointConfiguration"]["InstanceType"] for r in job["InferenceRecommendations"]} == {"ml.t2.medium", "ml.c5.large"}
            for r in job["InferenceRecommendations"]:
                m = r["Metrics"]
                assert m["MaxInvocations"] > 600 and 0 < m["ModelLatency"] < 10_000_000 and 0 <= m["CpuUtilization"] <= 100, m
                assert abs(m["CostPerInference"] - m["CostPerHour"] / 60 / m["MaxInvocations"]) < 1e-6 * m["CostPerHour"], m
            costs = [r["Metrics"]["CostPerInference"] for r in job["InferenceRecommendations"]]
            assert costs == sorted(costs)
            steps = sm.list_inference_recommendations_job_steps(JobName="bench")["Steps"]
            assert [s["Status"] for s in steps] == ["COMPLETED"] * 2, steps
            assert steps[1]["InferenceBenchmark"]["ModelConfiguration"]["EnvironmentParameters"] == [{"Key": "OMP_NUM_THREADS", "ValueType": "String", "Value": "1"}], steps[1]
            assert [j["JobName"] for j in sm.list_inference_recommendations_jobs(ModelNameEquals="bench")["InferenceRecommendationsJobs"]] == ["bench"]
            """);
        var table = System.Text.Encoding.UTF8.GetString(await fixture.Server.GetAsync("s3://models/recommended/bench/recommendations.csv"));
        Assert.Equal(4, table.Split('\n').Length);
        Assert.StartsWith("RecommendationId,InstanceType", table, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_LatencyTooHighOrPayloadWrong_FailsWithTheReason()
    {
        var payload = await fixture.Server.PutAsync("samples/wrong.csv", "not,a,number"u8.ToArray());
        await fixture.Server.Boto3Async(Prelude + $$$"""
            model("bench-bad", XGBOOST, "{{{fixture.XGBoostUrl}}}")
            def create(name, **input):
                return sm.create_inference_recommendations_job(JobName=name, JobType="Default", RoleArn=ROLE, InputConfig=dict(
                    {"ModelName": "bench-bad", "ContainerConfig": dict(container("{{{payload}}}"), SupportedInstanceTypes=["ml.t2.medium"])}, **input))
            create("bench-bad")
            job = over("bench-bad")
            assert job["Status"] == "FAILED" and "answered no sample request" in job["FailureReason"], job
            assert "Could not find model" in error(create, "b2", ModelName="nobody")["Error"]["Message"]
            assert "there is no object" in error(create, "b2", ContainerConfig=container("s3://models/nothing"))["Error"]["Message"]
            assert "JobType Advanced only" in error(create, "b2", EndpointConfigurations=[{"InstanceType": "ml.t2.medium"}])["Error"]["Message"]
            assert error(create, "bench-bad")["Error"]["Code"] == "ResourceInUse"
            assert error(sm.describe_inference_recommendations_job, JobName="nobody")["Error"]["Code"] == "ResourceNotFound"
            """);
    }

    [Fact]
    public async Task Job_OfAModelPackage_TestsWhatThePackageHolds()
    {
        var payload = await fixture.Server.PutAsync("samples/package.csv", "0.9,0.8,0.7"u8.ToArray());
        await fixture.Server.Boto3Async(Prelude + $$$"""
            sm.create_model_package_group(ModelPackageGroupName="bench-group")
            def register(**more):
                return sm.create_model_package(ModelPackageGroupName="bench-group", InferenceSpecification=dict(
                    Containers=[dict(Image=XGBOOST, ModelDataUrl="{{{fixture.XGBoostUrl}}}")], SupportedContentTypes=["text/csv"], SupportedResponseMIMETypes=["text/csv"],
                    SupportedRealtimeInferenceInstanceTypes=["ml.t2.medium"]), **more)["ModelPackageArn"]
            def create(name, **input):
                return sm.create_inference_recommendations_job(
                    JobName=name, JobType="Default", RoleArn=ROLE, InputConfig=input, StoppingConditions=dict(MaxInvocations=100))
            package = register(Domain="MACHINE_LEARNING", Task="CLASSIFICATION", SamplePayloadUrl="{{{payload}}}")
            create("bench-package", ModelPackageVersionArn=package)
            job = over("bench-package")
            assert job["Status"] == "COMPLETED" and job["InputConfig"]["ModelPackageVersionArn"] == package, job
            [best] = job["InferenceRecommendations"]
            assert best["EndpointConfiguration"]["InstanceType"] == "ml.t2.medium" and best["Metrics"]["MaxInvocations"] > 0, best
            [listed] = sm.list_inference_recommendations_jobs(ModelPackageVersionArnEquals=package)["InferenceRecommendationsJobs"]
            assert (listed["JobName"], listed["SamplePayloadUrl"]) == ("bench-package", "{{{payload}}}"), listed

            def refused(words, **input):
                said = error(create, "bench-refused", **input)["Error"]
                assert said["Code"] == "ValidationException" and words in said["Message"], said
            refused("does not exist", ModelPackageVersionArn=package[:-1] + "9")
            refused("has no SamplePayloadUrl", ModelPackageVersionArn=register())
            refused("only one", ModelPackageVersionArn=package, ModelName="bench")
            refused("only one")
            """);
    }

    [Fact]
    public async Task Job_WithAnEndpointAndServerlessCandidates_MeasuresThemBeside()
    {
        var payload = await fixture.Server.PutAsync("samples/beside.csv", "0.9,0.8,0.7"u8.ToArray());
        await fixture.Server.Boto3Async(Prelude + $$$"""
            def variant(name, **more):
                return dict(dict(VariantName=name, ModelName="beside", InstanceType="ml.m5.large", InitialInstanceCount=2, InitialVariantWeight=1), **more)
            def deploy(name, *variants):
                sm.create_endpoint_config(EndpointConfigName=name, ProductionVariants=list(variants))
                sm.create_endpoint(EndpointName=name, EndpointConfigName=name)
                sm.get_waiter("endpoint_in_service").wait(EndpointName=name, WaiterConfig={"Delay": 1})
            def create(name, **input):
                return sm.create_inference_recommendations_job(JobName=name, JobType="Advanced", RoleArn=ROLE, StoppingConditions={"MaxInvocations": 100}, InputConfig=dict(
                    {"ModelName": "beside", "ContainerConfig": container("{{{payload}}}"), "Endpoints": [{"EndpointName": "beside"}],
                     "EndpointConfigurations": [{"InstanceType": "ml.t2.medium"}, {"ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 3}}]}, **input))
            model("beside", XGBOOST, "{{{fixture.XGBoostUrl}}}")
            deploy("beside", variant("all"))
            create("beside")
            job = over("beside")
            assert job["Status"] == "COMPLETED", job
            [there] = job["EndpointPerformances"]
            assert there["EndpointInfo"]["EndpointName"] == "beside" and there["Metrics"]["MaxInvocations"] > 600 and there["Metrics"]["ModelLatency"] > 0, there
            by_kind = {r["EndpointConfiguration"].get("InstanceType"): r for r in job["InferenceRecommendations"]}
            assert set(by_kind) == {"ml.t2.medium", None}, by_kind
            serverless = by_kind[None]
            assert serverless["EndpointConfiguration"]["ServerlessConfig"] == {"MemorySizeInMB": 2048, "MaxConcurrency": 3}, serverless
            assert "InitialInstanceCount" not in serverless["EndpointConfiguration"] and "CostPerHour" not in serverless["Metrics"], serverless
            metrics = serverless["Metrics"]
            assert abs(metrics["CostPerInference"] / (2 * 0.00002 * metrics["ModelLatency"] / 1e6) - 1) < 1e-3, metrics
            steps = sm.list_inference_recommendations_job_steps(JobName="beside")["Steps"]
            first = steps[0]["InferenceBenchmark"]
            assert first["EndpointMetrics"] == there["Metrics"] and "Metrics" not in first, first
            assert first["EndpointConfiguration"] == {"EndpointName": "beside", "VariantName": "all", "InstanceType": "ml.m5.large", "InitialInstanceCount": 2}, first

            def refused(words, **input):
                said = error(create, "beside-refused", **input)["Error"]
                assert said["Code"] == "ValidationException" and words in said["Message"], said
            refused("could not find endpoint", Endpoints=[{"EndpointName": "nobody"}])
            deploy("beside-ab", variant("a"), variant("b"))
            refused("several variants", Endpoints=[{"EndpointName": "beside-ab"}])
            refused("must be one of 1024", EndpointConfigurations=[{"ServerlessConfig": {"MemorySizeInMB": 1500, "MaxConcurrency": 3}}])
            refused("either an InstanceType or a ServerlessConfig", EndpointConfigurations=[{}])
            boto3.client("application-autoscaling").register_scalable_target(
                ServiceNamespace="sagemaker", ResourceId="endpoint/beside/variant/all", ScalableDimension="sagemaker:variant:DesiredInstanceCount", MinCapacity=1, MaxCapacity=2)
            refused("scaled automatically")
            """);
    }

    [Fact]
    public void Candidates_Default_AreThoseTheMachineCanEmulate()
    {
        var small = Candidates.Of(new RecommendationJobInputConfig(), isAdvanced: false, new ComputeResources(2, 5L << 30, 0), [], canBeServerless: true);
        Assert.Equal(["ml.t2.medium", "ml.c5.large", "1024", "2048"], small.Select(benchmark => benchmark.InstanceType ?? $"{benchmark.Serverless!.MemorySizeInMB}"));
        var wish = new RecommendationJobInputConfig { ContainerConfig = new RecommendationJobContainerConfig { SupportedEndpointType = RecommendationJobSupportedEndpointType.Serverless } };
        var serverless = Candidates.Of(wish, isAdvanced: false, new ComputeResources(2, 5L << 30, 0), [], canBeServerless: true);
        Assert.Equal([1024, 2048, 4096], serverless.Select(benchmark => benchmark.Serverless!.MemorySizeInMB));
        Assert.Equal(2, Candidates.Of(new RecommendationJobInputConfig(), isAdvanced: false, new ComputeResources(2, 5L << 30, 0), [], canBeServerless: false).Count);
        Assert.False(Candidates.Fits("ml.g5.xlarge", new ComputeResources(64, 1L << 40, 0)));
    }

    [Fact]
    public void Candidates_Advanced_TryEveryCombinationOfTheEnvironment()
    {
        var input = new RecommendationJobInputConfig
        {
            EndpointConfigurations =
            [
                new EndpointInputConfiguration
                {
                    InstanceType = "ml.m5.large",
                    EnvironmentParameterRanges = new EnvironmentParameterRanges
                    {
                        CategoricalParameterRanges =
                        [
                            new CategoricalParameter { Name = "A", Value = ["1", "2"] },
                            new CategoricalParameter { Name = "B", Value = ["x", "y", "z"] },
                        ],
                    },
                },
            ],
        };
        var all = Candidates.Of(input, isAdvanced: true, new ComputeResources(2, 16L << 30, 0), [], canBeServerless: false);
        Assert.Equal(6, all.Select(benchmark => string.Join(',', benchmark.Environment.OrderBy(pair => pair.Key))).Distinct().Count());
        input.ResourceLimit = new RecommendationJobResourceLimit { MaxNumberOfTests = 4 };
        Assert.Equal(4, Candidates.Of(input, isAdvanced: true, new ComputeResources(2, 16L << 30, 0), [], canBeServerless: false).Count);
    }

    [Fact]
    public void LoadWindow_Percentile_IsTheNearestRank()
    {
        var window = new LoadWindow([.. Enumerable.Range(1, 100).Select(i => TimeSpan.FromMilliseconds(i))], 0, null, TimeSpan.FromSeconds(2));
        Assert.Equal(TimeSpan.FromMilliseconds(95), window.Percentile(0.95));
        Assert.Equal(TimeSpan.FromMilliseconds(100), window.Percentile(1));
        Assert.Equal(3000, window.PerMinute);
    }
}
