namespace Sagebrush.Services.Tests.Hosting;

public sealed class EndpointReconcilerTests(HostingFixture fixture)
{
    [Fact]
    public async Task Create_ModelThatCannotLoad_FailsWithTheReason()
    {
        var broken = await fixture.Server.TrainAsync("broken/model.tar.gz", """
            os.mkdir("code")
            open("code/serve.py", "w").write("def model_fn(d): raise ValueError('no weights')")
            open("xgboost-model", "w").write("junk")
            """);
        var text = await fixture.Server.PutAsync("text/model.tar.gz", "no archive"u8.ToArray());
        await fixture.Server.Boto3Async($"""
            def reason(name, image, url, **environment):
                endpoint = deploy(name, image, url, **environment)
                assert endpoint["EndpointStatus"] == "Failed", endpoint
                return endpoint["FailureReason"]

            why = reason("fail-python", SKLEARN, "{broken}", SAGEMAKER_PROGRAM="serve.py")
            assert why == ("The primary container for production variant AllTraffic did not pass the ping health check: "
                           "model_fn failed: ValueError: no weights. Please check CloudWatch logs for this endpoint."), why
            why = reason("fail-xgboost", XGBOOST, "{broken}")
            assert "did not pass the ping health check" in why, why
            why = reason("fail-text", XGBOOST, "{text}")
            assert why.startswith('Failed to extract model data archive for container "container_1" from URL: "{text}"'), why
            why = reason("fail-image", "000000000000.dkr.ecr.us-east-1.amazonaws.com/mine:1", "{broken}")
            assert "The image '000000000000.dkr.ecr.us-east-1.amazonaws.com/mine:1' " in why, why
            assert "ProductionVariants" not in sm.describe_endpoint(EndpointName="fail-text")
            assert error(invoke, "fail-text", "1")["Error"]["Code"] == "ValidationError"
            for name in ("fail-python", "fail-xgboost", "fail-text", "fail-image"):
                sm.delete_endpoint(EndpointName=name)
            while sm.list_endpoints(NameContains="fail-")["Endpoints"]:
                time.sleep(0.02)
            """);
    }

    [Fact]
    public async Task Create_ArchiveGoneMeanwhile_FailsInAwsWords()
    {
        await fixture.Server.TrainAsync("gone/model.tar.gz", HostingFixture.XGBoost);
        await fixture.Server.Boto3Async("""model("gone", XGBOOST, "s3://models/gone/model.tar.gz"); config_of("gone", variant("gone"))""");
        await fixture.Server.Objects.DeleteAsync(HostingServer.Bucket, ["gone/model.tar.gz"], TestContext.Current.CancellationToken);
        await fixture.Server.Boto3Async("""
            sm.create_endpoint(EndpointName="gone", EndpointConfigName="gone")
            why = settled("gone")["FailureReason"]
            assert why == ('Failed to download model data for container "container_1" from URL: "s3://models/gone/model.tar.gz". '
                           'Please ensure that there is an object located at the URL and that the role passed to CreateModel has '
                           'permissions to download the object.'), why
            """);
    }

    [Fact]
    public async Task Update_NewFleetLoads_TakesOverWithoutALostRequest() => await fixture.Server.Boto3Async($"""
        import threading
        deploy("swap", XGBOOST, "{fixture.XGBoostUrl}")
        config_of("swap-2", variant("swap", "Second"))
        stop, failures, seen = False, [], set()
        def load():
            while not stop:
                try:
                    seen.add(invoke("swap", "1,2,3")[2])
                except Exception as e:
                    failures.append(e)
        threads = [threading.Thread(target=load) for _ in range(3)]
        for t in threads: t.start()
        sm.update_endpoint(EndpointName="swap", EndpointConfigName="swap-2")
        endpoint = settled("swap")
        while "Second" not in seen: time.sleep(0.01)
        stop = True
        for t in threads: t.join()
        assert not failures, failures
        assert (endpoint["EndpointStatus"], endpoint["EndpointConfigName"]) == ("InService", "swap-2"), endpoint
        assert [v["VariantName"] for v in endpoint["ProductionVariants"]] == ["Second"]
        """);

    [Fact]
    public async Task Update_NewFleetFails_LeavesTheOldInService()
    {
        var text = await fixture.Server.PutAsync("worse/model.tar.gz", "no archive"u8.ToArray());
        await fixture.Server.Boto3Async($"""
            deploy("keep", XGBOOST, "{fixture.XGBoostUrl}")
            model("keep-bad", XGBOOST, "{text}")
            config_of("keep-bad", variant("keep-bad"))
            sm.update_endpoint(EndpointName="keep", EndpointConfigName="keep-bad")
            endpoint = settled("keep")
            assert (endpoint["EndpointStatus"], endpoint["EndpointConfigName"]) == ("InService", "keep"), endpoint
            assert "Failed to extract" in endpoint["FailureReason"], endpoint
            assert invoke("keep", "1,2,3")[2] == "AllTraffic"
            """);
    }

    [Fact]
    public async Task Restart_EndpointsInService_ComeBackByThemselves()
    {
        await using var server = await HostingServer.StartAsync();
        var xgboost = await server.TrainAsync("xgboost/model.tar.gz", HostingFixture.XGBoost);
        var sklearn = await server.TrainAsync("sklearn/model.tar.gz", HostingFixture.ScikitLearn);
        await server.Boto3Async($"""
            deploy("back-xgb", XGBOOST, "{xgboost}")
            deploy("back-skl", SKLEARN, "{sklearn}", SAGEMAKER_PROGRAM="serve.py")
            """);

        // What serves on must not depend on the objects any more.
        await server.Objects.DeleteAsync(HostingServer.Bucket, ["xgboost/model.tar.gz", "sklearn/model.tar.gz"], TestContext.Current.CancellationToken);
        await server.RestartAsync();

        await server.Boto3Async("""
            def back(name, body):
                while True:
                    try:
                        return invoke(name, body, Accept="text/csv")[0]
                    except botocore.exceptions.ClientError:
                        assert sm.describe_endpoint(EndpointName=name)["EndpointStatus"] == "InService"
                        time.sleep(0.05)
            assert float(back("back-xgb", "0.9,0.8,0.7")) > 0.5
            assert back("back-skl", "5.1,3.5,1.4,0.2") == "0\n"
            sm.delete_endpoint(EndpointName="back-xgb")
            sm.delete_endpoint(EndpointName="back-skl")
            while sm.list_endpoints()["Endpoints"]: time.sleep(0.02)
            """);
        Assert.Empty(Directory.EnumerateFileSystemEntries(server.EndpointsFolder));
    }
}
