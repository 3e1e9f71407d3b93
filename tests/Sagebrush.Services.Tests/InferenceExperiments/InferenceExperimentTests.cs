using Sagebrush.Services.Tests.Hosting;
using Sagebrush.Testing;

namespace Sagebrush.Services.Tests.InferenceExperiments;

public sealed class InferenceExperimentTests(HostingFixture fixture)
{
    private const string Prelude = """
        def infra(name, model, count=1):
            return {"VariantName": name, "ModelName": model, "InfrastructureConfig": {"InfrastructureType": "RealTimeInference",
                    "RealTimeInferenceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": count}}}
        def experiment(name, endpoint, live, shadow, percent=100, **more):
            return sm.create_inference_experiment(
                Name=name, Type="ShadowMode", RoleArn=ROLE, EndpointName=endpoint, ModelVariants=[infra("AllTraffic", live), infra("Shadow", shadow)],
                ShadowModeConfig={"SourceModelVariantName": "AllTraffic", "ShadowModelVariants": [{"ShadowModelVariantName": "Shadow", "SamplingPercentage": percent}]}, **more)
        def until(name, *wanted):
            while True:
                e = sm.describe_inference_experiment(Name=name)
                if e["Status"] in wanted: return e
                assert e["Status"] not in ("Completed", "Cancelled"), e
                time.sleep(0.05)


        """;

    [Fact]
    public async Task ShadowVariant_OfAConfiguration_GetsCopiesAndIsCaptured()
    {
        await fixture.Server.Boto3Async(Prelude + $$$"""
        model("mirror", XGBOOST, "{{{fixture.XGBoostUrl}}}")
        sm.create_endpoint_config(EndpointConfigName="mirror", ProductionVariants=[variant("mirror", "Live")], ShadowProductionVariants=[variant("mirror", "Copy")],
            DataCaptureConfig={"EnableCapture": True, "InitialSamplingPercentage": 100, "DestinationS3Uri": "s3://models/mirrored",
                               "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}], "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"]}})
        sm.create_endpoint(EndpointName="mirror", EndpointConfigName="mirror")
        shown = settled("mirror")
        assert [v["VariantName"] for v in shown["ShadowProductionVariants"]] == ["Copy"], shown
        assert [v["VariantName"] for v in sm.describe_endpoint_config(EndpointConfigName="mirror")["ShadowProductionVariants"]] == ["Copy"]
        for i in range(5):
            assert invoke("mirror", "0.1,0.2,0.%d" % i)[2] == "Live"
        assert error(invoke, "mirror", "1,2,3", TargetVariant="Copy")["Error"]["Code"] == "ValidationError"
        two = error(sm.create_endpoint_config, EndpointConfigName="mirror-2", ProductionVariants=[variant("mirror", "A"), variant("mirror", "B")],
                    ShadowProductionVariants=[variant("mirror", "C")])
        assert "only one production variant" in two["Error"]["Message"], two
        """);
        await Eventually.TrueAsync(() => Captured("mirrored/mirror/Copy/") == 5, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Experiment_RunAndPromoted_LeavesTheShadowInProduction() => await fixture.Server.Boto3Async(Prelude + $$$"""
        deploy("trial", XGBOOST, "{{{fixture.XGBoostUrl}}}")
        model("trial-2", XGBOOST, "{{{fixture.XGBoostUrl}}}")
        arn = experiment("trial-test", "trial", "trial", "trial-2", DataStorageConfig={"Destination": "s3://models/trial"})["InferenceExperimentArn"]
        assert arn == "arn:aws:sagemaker:us-east-1:000000000000:inference-experiment/trial-test", arn
        assert error(experiment, "trial-test", "trial", "trial", "trial-2")["Error"]["Code"] == "ResourceInUse"
        running = until("trial-test", "Running")
        assert running["EndpointMetadata"]["EndpointStatus"] == "InService" and {v["Status"] for v in running["ModelVariants"]} == {"InService"}, running
        assert invoke("trial", "1,2,3")[2] == "AllTraffic"
        assert error(sm.delete_inference_experiment, Name="trial-test")["Error"]["Code"] == "ConflictException"
        sm.update_inference_experiment(Name="trial-test", ShadowModeConfig={"SourceModelVariantName": "AllTraffic",
            "ShadowModelVariants": [{"ShadowModelVariantName": "Shadow", "SamplingPercentage": 50}]})
        until("trial-test", "Running")
        weights = [v["CurrentWeight"] for v in sm.describe_endpoint(EndpointName="trial")["ShadowProductionVariants"]]
        assert weights == [0.5], weights
        left = error(sm.stop_inference_experiment, Name="trial-test", ModelVariantActions={"AllTraffic": "Remove", "Shadow": "Remove"})
        assert "left with one production variant" in left["Error"]["Message"], left
        sm.stop_inference_experiment(Name="trial-test", ModelVariantActions={"AllTraffic": "Remove", "Shadow": "Promote"}, Reason="better",
                                     DesiredModelVariants=[infra("Shadow", "trial-2", 2)])
        over = until("trial-test", "Completed")
        assert (over["StatusReason"], {v["VariantName"]: v["Status"] for v in over["ModelVariants"]}) == ("better", {"AllTraffic": "Deleted", "Shadow": "InService"}), over
        endpoint = sm.describe_endpoint(EndpointName="trial")
        assert [(v["VariantName"], v["CurrentInstanceCount"]) for v in endpoint["ProductionVariants"]] == [("Shadow", 2)] and "ShadowProductionVariants" not in endpoint, endpoint
        assert invoke("trial", "1,2,3")[2] == "Shadow"
        assert [e["Name"] for e in sm.list_inference_experiments(NameContains="trial", StatusEquals="Completed")["InferenceExperiments"]] == ["trial-test"]
        sm.delete_inference_experiment(Name="trial-test")
        assert error(sm.describe_inference_experiment, Name="trial-test")["Error"]["Code"] == "ResourceNotFound"
        """);

    [Fact]
    public async Task Experiment_ShadowThatCannotLoad_IsCancelledAndTheEndpointStays()
    {
        var broken = await fixture.Server.PutAsync("shadow-broken/model.tar.gz", "no archive"u8.ToArray());
        await fixture.Server.Boto3Async(Prelude + $$$"""
            deploy("steady", XGBOOST, "{{{fixture.XGBoostUrl}}}")
            model("steady-bad", XGBOOST, "{{{broken}}}")
            experiment("steady-test", "steady", "steady", "steady-bad")
            over = until("steady-test", "Cancelled")
            assert "Failed to extract" in over["StatusReason"], over
            assert sm.describe_endpoint(EndpointName="steady")["EndpointConfigName"] == "steady"
            assert invoke("steady", "1,2,3")[2] == "AllTraffic"
            import datetime
            later = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
            experiment("steady-later", "steady", "steady", "steady", Schedule={"StartTime": later})
            until("steady-later", "Created")
            sm.stop_inference_experiment(Name="steady-later", ModelVariantActions={"AllTraffic": "Retain", "Shadow": "Remove"}, DesiredState="Cancelled")
            until("steady-later", "Cancelled")
            for wrong, words in ((dict(name="w", endpoint="nobody", live="steady", shadow="steady"), "Could not find endpoint"),
                                 (dict(name="w", endpoint="steady", live="steady", shadow="nobody"), "Could not find model")):
                assert words in error(experiment, **wrong)["Error"]["Message"]
            """);
    }

    private int Captured(string prefix)
    {
        var records = 0;
        foreach (var file in fixture.Server.Objects.List(new() { Bucket = HostingServer.Bucket, Prefix = prefix }).Objects)
        {
            using var reader = fixture.Server.Objects.Open(HostingServer.Bucket, file.Key);
            using var text = new StreamReader(reader.OpenStream(0, reader.Info.Size));
            while (text.ReadLine() is not null)
            {
                records++;
            }
        }

        return records;
    }
}
