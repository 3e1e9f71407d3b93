using Sagebrush.Services.Tests.Hosting;

namespace Sagebrush.Services.Tests.Containers;

/// <summary>Models served by images of one's own, in real containers, asked by boto3.</summary>
[Collection("containers")]
public sealed class ContainerServingTests(PodmanEngine podman)
{
    private const string Prelude = """
        IMAGE = "localhost/python-program:1"
        SERVE = "exec(compile(open('/opt/ml/code/serve.py').read(), 'serve', 'exec'))"

        """;

    [Theory]
    [InlineData("bridge")]
    [InlineData("host")]
    public async Task Endpoint_OfAnImage_AnswersAsTheContainerDoes(string network)
    {
        await using var server = await HostingServer.StartAsync(await podman.SocketAsync(), network);
        var url = await server.TrainAsync("own/model.tar.gz", "open('weights', 'w').write('0.5')");
        await server.Boto3Async(Prelude + $$"""
            endpoint = deploy("own", IMAGE, "{{url}}", SCRIPT=SERVE, MINE="yes")
            assert endpoint["EndpointStatus"] == "InService", endpoint
            body, kind, _ = invoke("own", "1,2", Accept="application/json")
            said = json.loads(body)
            assert (said["argv"], said["type"], said["accept"], said["mine"], said["body"]) == (["serve"], "text/csv", "application/json", "yes", "1,2"), said
            assert kind == "application/json"
            assert rt.invoke_endpoint(EndpointName="own", Body="x")["CustomAttributes"] == "back"
            assert invoke("own", "weights")[0] == "0.5"
            for request, status, message in (("bad", 415, "no such type"), ("fault", 500, "it broke")):
                said = error(invoke, "own", request)
                assert (said["Error"]["Code"], said["OriginalStatusCode"], said["OriginalMessage"]) == ("ModelError", status, message), said

            # It dies, and is started again.
            assert error(invoke, "own", "die")["Error"]["Code"] == "ModelError"
            while True:
                try:
                    assert json.loads(invoke("own", "back")[0])["body"] == "back"
                    break
                except botocore.exceptions.ClientError as e:
                    assert e.response["Error"]["Code"] in ("ModelError", "ServiceUnavailable"), e.response
                    time.sleep(0.02)

            """);
        Assert.NotEmpty(await podman.RunAsync("ps", "--quiet", "--filter", "label=sagebrush.purpose=model/AllTraffic/container_1"));
        await server.Boto3Async(Prelude + """
            sm.delete_endpoint(EndpointName="own")
            while sm.list_endpoints(NameContains="own")["Endpoints"]:
                time.sleep(0.02)
            """);
        Assert.Empty(await podman.RunAsync("ps", "--all", "--quiet", "--filter", "label=sagebrush.purpose=model/AllTraffic/container_1"));
    }

    [Fact]
    public async Task Restart_WhileTheEngineIsAway_EndsAndServesAgainOnceItIsBack()
    {
        await using var server = await HostingServer.StartAsync(await podman.SocketAsync());
        await server.Boto3Async(Prelude + """
            sm.create_model(ModelName="left", ExecutionRoleArn=ROLE, PrimaryContainer={"Image": IMAGE, "Environment": {"SCRIPT": SERVE}})
            config_of("left", variant("left"))
            sm.create_endpoint(EndpointName="left", EndpointConfigName="left")
            assert settled("left")["EndpointStatus"] == "InService"
            """);
        await podman.TurnAsync(on: false);
        try
        {
            await server.RestartAsync();
        }
        finally
        {
            await podman.TurnAsync(on: true);
        }

        await server.Boto3Async("""
            while True:
                try:
                    assert json.loads(invoke("left", "back")[0])["body"] == "back"
                    break
                except botocore.exceptions.ClientError as e:
                    assert e.response["Error"]["Code"] == "ServiceUnavailable" and "being loaded" in e.response["Error"]["Message"], e.response
                    time.sleep(0.02)
            """);
        Assert.Single((await podman.RunAsync("ps", "--all", "--quiet", "--filter", "label=sagebrush.purpose=model/AllTraffic/container_1")).Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Endpoint_NetworkIsolation_IsServedWithoutANetwork()
    {
        await using var server = await HostingServer.StartAsync(await podman.SocketAsync());
        await server.Boto3Async(Prelude + """
            sm.create_model(ModelName="alone", ExecutionRoleArn=ROLE, EnableNetworkIsolation=True, PrimaryContainer={"Image": IMAGE, "Environment": {"SCRIPT": SERVE}})
            config_of("alone", {**variant("alone"), "InitialInstanceCount": 2})
            sm.create_endpoint(EndpointName="alone", EndpointConfigName="alone")
            assert settled("alone")["EndpointStatus"] == "InService"
            assert invoke("alone", "networks")[0] == "lo"
            """);
    }

    [Fact]
    public async Task Endpoint_OfAContainerThatDoesNotCome_FailsWithItsWords()
    {
        await using var server = await HostingServer.StartAsync(await podman.SocketAsync());
        await server.Boto3Async(Prelude + """
            def reason(name, image, script):
                sm.create_model(ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer={"Image": image, "Environment": {"SCRIPT": script}})
                config_of(name, {**variant(name), "ContainerStartupHealthCheckTimeoutInSeconds": 60})
                sm.create_endpoint(EndpointName=name, EndpointConfigName=name)
                endpoint = settled(name)
                assert endpoint["EndpointStatus"] == "Failed", endpoint
                return endpoint["FailureReason"]

            why = reason("ends", IMAGE, "print('no weights'); raise SystemExit(5)")
            assert "did not pass the ping health check: the container ended with exit code 5; it last wrote: no weights" in why, why
            why = reason("absent", "127.0.0.1:9/absent:1", "")
            assert "The image '127.0.0.1:9/absent:1' cannot be pulled: the registry is not reached" in why, why
            why = reason("no-serve", "localhost/without-entry-point:1", "")
            assert "CannotStartContainerError" in why and "serve" in why, why
            """);
        Assert.Empty(await podman.RunAsync("ps", "--all", "--quiet", "--filter", "label=sagebrush.purpose=model/AllTraffic/container_1"));
    }

    [Fact]
    public async Task Endpoint_OfManyModels_LoadsThemInTheContainer()
    {
        await using var server = await HostingServer.StartAsync(await podman.SocketAsync());
        await server.TrainAsync("many/a.tar.gz", "open('name', 'w').write('A')");
        await server.TrainAsync("many/b.tar.gz", "open('name', 'w').write('B')");
        await server.Boto3Async(Prelude + """
            sm.create_model(ModelName="many", ExecutionRoleArn=ROLE,
                            PrimaryContainer={"Image": IMAGE, "Mode": "MultiModel", "ModelDataUrl": "s3://models/many/", "Environment": {"SCRIPT": SERVE}})
            config_of("many", variant("many"))
            sm.create_endpoint(EndpointName="many", EndpointConfigName="many")
            assert settled("many")["EndpointStatus"] == "InService"
            for name in ("a", "b", "a"):
                assert invoke("many", "x", TargetModel=f"{name}.tar.gz")[0] == name.upper()
            assert error(invoke, "many", "x", TargetModel="c.tar.gz")["Error"]["Code"] == "ValidationError"
            """);
    }

    [Fact]
    public async Task Endpoint_OfAnImageThatStreams_PassesItsPartsOnAsTheyCome()
    {
        await using var server = await HostingServer.StartAsync(await podman.SocketAsync());
        var url = await server.TrainAsync("streams/model.tar.gz", "open('weights', 'w').write('0.5')");
        await server.Boto3Async(Prelude + $$"""
            assert deploy("streams", IMAGE, "{{url}}", SCRIPT=SERVE)["EndpointStatus"] == "InService"
            def stream(body, name="streams"):
                return rt.invoke_endpoint_with_response_stream(EndpointName=name, Body=body, Accept="text/event-stream")

            # The container waits with its second part for the first to have come here.
            answer = stream("stream /opt/ml/model/go")
            assert (answer["ContentType"], answer["CustomAttributes"]) == ("text/event-stream", "back"), answer
            events = iter(answer["Body"])
            assert next(events)["PayloadPart"]["Bytes"] == b"data: first\n\n"
            import glob, os
            [weights] = glob.glob("data/endpoints/**/weights", recursive=True)
            folder = os.path.dirname(weights)
            open(folder + "/go", "w").close()
            assert b"".join(event["PayloadPart"]["Bytes"] for event in events) == b"data: second\n\n"

            # A client that leaves is known to the container.
            answer = stream("stream-endless")
            next(iter(answer["Body"]))
            answer["Body"].close()
            while not os.path.exists(folder + "/left"):
                time.sleep(0.02)

            # What is no answer is told as InvokeEndpoint tells it; what breaks off, at the end of the stream.
            said = error(stream, "bad")
            assert (said["Error"]["Code"], said["OriginalStatusCode"], said["OriginalMessage"]) == ("ModelError", 415, "no such type"), said
            events = iter(stream("stream-die")["Body"])
            assert next(events)["PayloadPart"]["Bytes"] == b"data: first\n\n"
            try:
                next(events)
                raise AssertionError("no error")
            except botocore.exceptions.EventStreamError as e:
                assert e.response["Error"]["Code"] == "ModelStreamError" and "broke off" in e.response["Error"]["Message"], e.response

            # So does the last step of a pipeline: it gets what the first says of its request.
            step = dict(Image=IMAGE, Environment=dict(SCRIPT=SERVE))
            sm.create_model(ModelName="steps", ExecutionRoleArn=ROLE, Containers=[{**step, "ContainerHostname": "one"}, {**step, "ContainerHostname": "two"}])
            config_of("steps", variant("steps"))
            sm.create_endpoint(EndpointName="steps", EndpointConfigName="steps")
            assert settled("steps")["EndpointStatus"] == "InService"
            [part] = stream("stream-quote", name="steps")["Body"]
            assert json.loads(part["PayloadPart"]["Bytes"])["body"] == "data: first\n\ndata: second\n\n", part
            """);
    }

    [Fact]
    public async Task Transform_ThroughAnImage_AsksTheContainer()
    {
        await using var server = await HostingServer.StartAsync(await podman.SocketAsync());
        await server.PutAsync("in/1.csv", "a\nb\n"u8.ToArray());
        await server.Boto3Async(Prelude + """
            sm.create_model(ModelName="transformer", ExecutionRoleArn=ROLE, PrimaryContainer={"Image": IMAGE, "Environment": {"SCRIPT": SERVE}})
            transform("through", "transformer", "s3://models/in/", "s3://models/out", BatchStrategy="SingleRecord")
            job = transformed("through")
            assert job["TransformJobStatus"] == "Completed", job
            """);
        using var output = server.Objects.Open(HostingServer.Bucket, "out/1.csv.out");
        Assert.True(output.Info.Size > 0);
        Assert.Empty(await podman.RunAsync("ps", "--all", "--quiet", "--filter", "label=sagebrush.purpose=model/job/container_1"));
    }
}
