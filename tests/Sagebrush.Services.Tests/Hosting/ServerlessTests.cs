namespace Sagebrush.Services.Tests.Hosting;

public sealed class ServerlessTests(HostingFixture fixture)
{
    private const string Words = """
        import io, os, tarfile, tempfile, threading
        s3 = boto3.client("s3", config=config)

        def serverless(name, model, memory=1024, most=2, provisioned=None, **more):
            config = {"MemorySizeInMB": memory, "MaxConcurrency": most, **({"ProvisionedConcurrency": provisioned} if provisioned else {})}
            sm.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[{"VariantName": "AllTraffic", "ModelName": model, "ServerlessConfig": config, **more}])

        def deploy_serverless(name, url, image=None, **more):
            model(name, image or XGBOOST, url)
            serverless(name, name, **more)
            sm.create_endpoint(EndpointName=name, EndpointConfigName=name)
            endpoint = settled(name)
            assert endpoint["EndpointStatus"] == "InService", endpoint
            return endpoint["ProductionVariants"][0]

        def code(name, text):
            text = text.encode()
            archive = io.BytesIO()
            with tarfile.open(fileobj=archive, mode="w:gz") as tar:
                entry = tarfile.TarInfo("code/inference.py")
                entry.size = len(text)
                tar.addfile(entry, io.BytesIO(text))
            s3.put_object(Bucket="models", Key=f"{name}.tar.gz", Body=archive.getvalue())
            return f"s3://models/{name}.tar.gz"


        """;

    [Fact]
    public async Task ServerlessEndpoint_BeyondMaxConcurrency_IsThrottled() => await fixture.Server.Boto3Async(Words + """
        mark = tempfile.mktemp()
        variant = deploy_serverless("less-busy", code("less-busy", f'''
        import os, time
        def model_fn(model_dir): return 1
        def transform_fn(model, body, content_type, accept):
            if body == "wait":
                open({mark!r}, "a").write("+")
                while not os.path.exists({mark!r} + ".end"): time.sleep(0.01)
            return str(os.getpid()), "text/plain"
        '''), image=SKLEARN, most=2)
        assert variant["CurrentServerlessConfig"] == dict(MemorySizeInMB=1024, MaxConcurrency=2), variant
        assert variant["CurrentInstanceCount"] == 0, variant
        pids = []
        threads = [threading.Thread(target=lambda: pids.append(invoke("less-busy", "wait")[0])) for _ in range(2)]
        for thread in threads: thread.start()
        while not os.path.exists(mark) or os.path.getsize(mark) < 2: time.sleep(0.01)
        busy = error(invoke, "less-busy", "1")
        assert busy["Error"]["Code"] == "ThrottlingException" and busy["ResponseMetadata"]["HTTPStatusCode"] == 429, busy
        sm.update_endpoint_weights_and_capacities(EndpointName="less-busy", DesiredWeightsAndCapacities=[
            dict(VariantName="AllTraffic", ServerlessUpdateConfig=dict(MaxConcurrency=3))])
        assert settled("less-busy")["ProductionVariants"][0]["CurrentServerlessConfig"]["MaxConcurrency"] == 3
        third = invoke("less-busy", "1")[0]
        open(mark + ".end", "w").close()
        for thread in threads: thread.join()
        assert len({*pids, third}) == 3, (pids, third)
        assert invoke("less-busy", "1")[0] in {*pids, third}
        large = error(invoke, "less-busy", b"1" * (4 * 1024 * 1024 + 1))
        assert large["ResponseMetadata"]["HTTPStatusCode"] == 413, large
        """);

    [Fact]
    public async Task ServerlessEndpoint_Memory_IsBounded() => await fixture.Server.Boto3Async(Words + """
        deploy_serverless("less-memory", code("less-memory", '''
        def model_fn(model_dir): return 1
        def transform_fn(model, body, content_type, accept): return str(len(bytearray(int(body) << 20))), "text/plain"
        '''), image=SKLEARN)
        assert invoke("less-memory", "100")[0] == str(100 << 20)
        much = error(invoke, "less-memory", "2000")
        assert much["OriginalStatusCode"] == 500 and "MemoryError" in much["OriginalMessage"], much
        """);

    [Fact]
    public async Task ServerlessConfig_BadRequests_AreRefused() => await fixture.Server.Boto3Async(Words + $$"""
        url = "{{fixture.XGBoostUrl}}"
        deploy_serverless("less-good", url, provisioned=1)
        assert 0 < float(invoke("less-good", "1,1,1")[0]) < 1
        deploy("less-instances", XGBOOST, url)
        for call, words in (
            (lambda: serverless("x", "less-good", memory=1500), "MemorySizeInMB must be one of"),
            (lambda: serverless("x", "less-good", most=1, provisioned=2), "must not be larger than MaxConcurrency"),
            (lambda: serverless("x", "less-good", InstanceType="ml.m5.large", InitialInstanceCount=1), "cannot have both ServerlessConfig"),
            (lambda: sm.create_endpoint_config(EndpointConfigName="x", ProductionVariants=[variant("less-good", "A"), dict(VariantName="B", ModelName="less-good", ServerlessConfig=dict(MemorySizeInMB=1024, MaxConcurrency=1))]), "one variant alone"),
            (lambda: sm.create_endpoint_config(EndpointConfigName="x", ProductionVariants=[dict(VariantName="B", ModelName="less-good", ServerlessConfig=dict(MemorySizeInMB=1024, MaxConcurrency=1))],
                                               AsyncInferenceConfig=dict(OutputConfig=dict(S3OutputPath="s3://models/x"))), "AsyncInferenceConfig is not supported"),
            (lambda: sm.update_endpoint(EndpointName="less-instances", EndpointConfigName="less-good"), "cannot become a serverless one"),
            (lambda: sm.update_endpoint_weights_and_capacities(EndpointName="less-instances", DesiredWeightsAndCapacities=[dict(VariantName="AllTraffic", ServerlessUpdateConfig=dict(MaxConcurrency=1))]), "is not serverless"),
            (lambda: sm.update_endpoint_weights_and_capacities(EndpointName="less-good", DesiredWeightsAndCapacities=[dict(VariantName="AllTraffic", DesiredInstanceCount=1)]), "is serverless"),
        ):
            refused = error(call)
            assert refused["Error"]["Code"] == "ValidationException" and words in refused["Error"]["Message"], (words, refused)
        assert sm.update_endpoint(EndpointName="less-good", EndpointConfigName="less-instances") and settled("less-good")["ProductionVariants"][0]["CurrentInstanceCount"] == 1
        """);
}
