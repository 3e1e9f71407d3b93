using System.Globalization;

namespace Sagebrush.Services.Tests.Hosting;

public sealed class AsyncInferenceTests(HostingFixture fixture)
{
    /// <summary>Handlers that do what the request says, and words to deploy and ask them asynchronously.</summary>
    private const string Words = """
        import io, tarfile
        s3 = boto3.client("s3", config=config)
        sns = boto3.client("sns", config=config)
        CODE = b'''
        import time
        def model_fn(model_dir): return 1
        def transform_fn(model, body, content_type, accept):
            if body.startswith("sleep"): time.sleep(float(body.split()[1]))
            if body == "fail": raise ValueError("no such luck")
            return "answer to " + body, "text/plain"
        '''.replace(b"\n        ", b"\n")

        def code_archive():
            archive = io.BytesIO()
            with tarfile.open(fileobj=archive, mode="w:gz") as tar:
                entry = tarfile.TarInfo("code/inference.py")
                entry.size = len(CODE)
                tar.addfile(entry, io.BytesIO(CODE))
            s3.put_object(Bucket="models", Key="async/model.tar.gz", Body=archive.getvalue())
            return "s3://models/async/model.tar.gz"

        def configure(name, url, output=None, client=None):
            model(name, SKLEARN, url, SAGEMAKER_MODEL_SERVER_WORKERS="2")
            asynchronous = {"OutputConfig": {"S3OutputPath": f"s3://models/{name}/out", "S3FailurePath": f"s3://models/{name}/bad", **(output or {})}}
            if client:
                asynchronous["ClientConfig"] = client
            sm.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant(name)], AsyncInferenceConfig=asynchronous)

        def deploy_async(name, url, output=None, client=None):
            configure(name, url, output, client)
            sm.create_endpoint(EndpointName=name, EndpointConfigName=name)
            return settled(name)

        def ask(name, body, **more):
            key = f"{name}/in/{time.time_ns()}"
            s3.put_object(Bucket="models", Key=key, Body=body)
            return rt.invoke_endpoint_async(EndpointName=name, InputLocation=f"s3://models/{key}", ContentType="text/csv", **more)

        def there(location):
            bucket, key = location[5:].split("/", 1)
            for _ in range(3000):
                try:
                    return s3.get_object(Bucket=bucket, Key=key)
                except s3.exceptions.NoSuchKey:
                    time.sleep(0.02)
            raise AssertionError("nothing came to " + location)


        """;

    [Fact]
    public async Task InvokeEndpointAsync_Requests_AreAnsweredInS3AndTold() => await fixture.Server.Boto3Async(Words + """
        import base64, http.server, queue, threading
        messages = queue.Queue()
        class Listener(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200); self.end_headers()
                if message["Type"] == "SubscriptionConfirmation":
                    sns.confirm_subscription(TopicArn=message["TopicArn"], Token=message["Token"])
                    messages.put("confirmed")
                else:
                    messages.put((message["TopicArn"], json.loads(message["Message"])))
            def log_message(self, *arguments): pass
        listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener)
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        good, bad = (sns.create_topic(Name=n)["TopicArn"] for n in ("async-good", "async-bad"))
        for topic in (good, bad):
            sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=f"http://127.0.0.1:{listener.server_port}/")
            assert messages.get(timeout=30) == "confirmed"

        endpoint = deploy_async("async-tell", code_archive(), {"NotificationConfig": {
            "SuccessTopic": good, "ErrorTopic": bad, "IncludeInferenceResponseIn": ["SUCCESS_NOTIFICATION_TOPIC", "ERROR_NOTIFICATION_TOPIC"]}})
        assert endpoint["EndpointStatus"] == "InService", endpoint
        assert endpoint["AsyncInferenceConfig"]["OutputConfig"]["S3OutputPath"] == "s3://models/async-tell/out", endpoint
        tests = [messages.get(timeout=30) for _ in range(2)]
        assert sorted(t for t, _ in tests) == sorted([good, bad])
        assert all(m == {"eventVersion": "1.0", "eventSource": "aws:sagemaker", "eventName": "TestNotification"} for _, m in tests), tests

        answer = ask("async-tell", "one", InferenceId="my-id", Accept="text/plain", CustomAttributes="blue")
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202 and answer["InferenceId"] == "my-id", answer
        assert answer["OutputLocation"].startswith("s3://models/async-tell/out/") and answer["OutputLocation"].endswith(".out"), answer
        assert answer["FailureLocation"].startswith("s3://models/async-tell/bad/") and answer["FailureLocation"].endswith("-error.out"), answer
        stored = there(answer["OutputLocation"])
        assert stored["Body"].read() == b"answer to one" and stored["ContentType"] == "text/plain", stored
        topic, message = messages.get(timeout=30)
        assert topic == good and message["invocationStatus"] == "Completed" and message["inferenceId"] == "my-id", message
        assert message["requestParameters"] == {"accept": "text/plain", "contentType": "text/csv", "customAttributes": "blue", "endpointName": "async-tell",
                                                "inputLocation": message["requestParameters"]["inputLocation"]}, message
        assert message["responseParameters"] == {"contentType": "text/plain", "outputLocation": answer["OutputLocation"]}, message
        assert base64.b64decode(message["responseBody"]["content"]) == b"answer to one" and message["eventName"] == "InferenceResult", message

        answer = ask("async-tell", "fail")
        assert len(answer["InferenceId"]) == 36, answer
        assert b"no such luck" in there(answer["FailureLocation"])["Body"].read()
        topic, message = messages.get(timeout=30)
        assert topic == bad and message["invocationStatus"] == "Failed", message
        assert message["failureReason"].startswith('ClientError: Received server error (500) from primary with message "ValueError: no such luck'), message
        assert message["responseParameters"] == {"failureLocation": answer["FailureLocation"]}, message

        gone = rt.invoke_endpoint_async(EndpointName="async-tell", InputLocation="s3://models/not/there")
        topic, message = messages.get(timeout=30)
        assert topic == bad and message["failureReason"].startswith("ClientError: Failed to download the request payload from s3://models/not/there"), message
        late = ask("async-tell", "sleep 30", InvocationTimeoutSeconds=1)
        topic, message = messages.get(timeout=30)
        assert topic == bad and ("timed out" in message["failureReason"] or "InvocationTimeoutSeconds" in message["failureReason"]), message
        named = ask("async-tell", "two", InferenceId="again")
        assert there(named["OutputLocation"])["Body"].read() == b"answer to two"
        listener.shutdown()
        """);

    [Fact]
    public async Task AsyncEndpoint_BadRequests_AreRefused() => await fixture.Server.Boto3Async(Words + $"""
        deploy("async-plain", XGBOOST, "{fixture.XGBoostUrl}")
        plain = error(ask, "async-plain", "1,2,3")
        assert plain["Error"]["Code"] == "ValidationError" and "not an asynchronous endpoint" in plain["Error"]["Message"], plain
        gone = error(ask, "async-nobody", "1")
        assert gone["Error"]["Message"] == "Endpoint async-nobody of account 000000000000 not found.", gone
        deploy_async("async-bad", code_archive())
        wait = error(invoke, "async-bad", "1")
        assert wait["Error"]["Code"] == "ValidationError" and "InvokeEndpointAsync" in wait["Error"]["Message"], wait
        place = error(rt.invoke_endpoint_async, EndpointName="async-bad", InputLocation="ftp://b/k")
        assert place["Error"]["Code"] in ("ValidationError", "ValidationException") and "inputLocation" in place["Error"]["Message"], place
        bucket = error(rt.invoke_endpoint_async, EndpointName="async-bad", InputLocation="s3://models")
        assert "names no object in S3" in bucket["Error"]["Message"], bucket
        topic = "arn:aws:sns:us-east-1:000000000000:nobody"
        configure("async-topic", code_archive(), dict(NotificationConfig=dict(SuccessTopic=topic)))
        missing = error(sm.create_endpoint, EndpointName="async-topic", EndpointConfigName="async-topic")
        assert missing["Error"]["Code"] == "ValidationException" and topic in missing["Error"]["Message"], missing
        include = error(configure, "async-include", code_archive(), dict(NotificationConfig=dict(IncludeInferenceResponseIn=["ERROR_NOTIFICATION_TOPIC"])))
        assert "needs an ErrorTopic" in include["Error"]["Message"], include
        turn = error(sm.update_endpoint, EndpointName="async-bad", EndpointConfigName="async-plain")
        assert "cannot become one without" in turn["Error"]["Message"], turn
        zero = error(sm.update_endpoint_weights_and_capacities, EndpointName="async-plain", DesiredWeightsAndCapacities=[
            dict(VariantName="AllTraffic", DesiredInstanceCount=0)])
        assert zero["Error"]["Code"] == "ValidationException" and "at least 1" in zero["Error"]["Message"], zero
        many = dict(Image=XGBOOST, Mode="MultiModel", ModelDataUrl="s3://models/")
        sm.create_model(ModelName="async-many", ExecutionRoleArn=ROLE, PrimaryContainer=many)
        sm.create_endpoint_config(EndpointConfigName="async-many", ProductionVariants=[variant("async-many")],
                                  AsyncInferenceConfig=dict(OutputConfig=dict(S3OutputPath="s3://models/x")))
        features = error(sm.create_endpoint, EndpointName="async-many", EndpointConfigName="async-many")
        assert features["Error"]["Message"].startswith("One or more endpoint features are not supported using this configuration"), features
        """);

    [Fact]
    public async Task AsyncEndpoint_WithoutInstances_KeepsRequestsOverARestart()
    {
        await using var server = await HostingServer.StartAsync();
        await server.Boto3Async(Words + """
            deploy_async("async-zero", code_archive())
            sm.update_endpoint_weights_and_capacities(EndpointName="async-zero", DesiredWeightsAndCapacities=[dict(VariantName="AllTraffic", DesiredInstanceCount=0)])
            assert settled("async-zero")["ProductionVariants"][0]["CurrentInstanceCount"] == 0
            places = [ask("async-zero", f"request {i}")["OutputLocation"] for i in range(20)]
            s3.put_object(Bucket="models", Key="places", Body=json.dumps(places))
            time.sleep(0.3)
            assert s3.list_objects_v2(Bucket="models", Prefix="async-zero/out/")["KeyCount"] == 0
            """);
        await server.RestartAsync();
        var output = await server.Boto3Async(Words + """
            assert settled("async-zero")["ProductionVariants"][0]["CurrentInstanceCount"] == 0
            assert s3.list_objects_v2(Bucket="models", Prefix="async-zero/out/")["KeyCount"] == 0
            sm.update_endpoint_weights_and_capacities(EndpointName="async-zero", DesiredWeightsAndCapacities=[dict(VariantName="AllTraffic", DesiredInstanceCount=1)])
            for i, place in enumerate(json.loads(s3.get_object(Bucket="models", Key="places")["Body"].read())):
                assert there(place)["Body"].read() == b"answer to request %d" % i
            sm.delete_endpoint(EndpointName="async-zero")
            print(s3.list_objects_v2(Bucket="models", Prefix="async-zero/out/")["KeyCount"])
            """);
        Assert.Equal(20, int.Parse(output, CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task InvokeEndpointAsync_MaxConcurrentInvocations_BoundsWhatRunsAtOnce() => await fixture.Server.Boto3Async(Words + """
        CODE = CODE.replace(b"    if body == ", b"    import os; open(os.environ['NOTES'], 'a').write('+'); time.sleep(0.2); open(os.environ['NOTES'], 'a').write('-')\n    if body == ")
        import tempfile
        notes = tempfile.mktemp()
        model("async-few", SKLEARN, code_archive(), SAGEMAKER_MODEL_SERVER_WORKERS="3", NOTES=notes)
        sm.create_endpoint_config(EndpointConfigName="async-few", ProductionVariants=[variant("async-few")], AsyncInferenceConfig={
            "OutputConfig": {"S3OutputPath": "s3://models/async-few/out"}, "ClientConfig": {"MaxConcurrentInvocationsPerInstance": 1}})
        sm.create_endpoint(EndpointName="async-few", EndpointConfigName="async-few")
        assert settled("async-few")["EndpointStatus"] == "InService"
        answers = [ask("async-few", str(i)) for i in range(5)]
        assert "FailureLocation" not in answers[0], answers[0]
        for answer in answers:
            there(answer["OutputLocation"])
        assert open(notes).read() == "+-" * 5, open(notes).read()
        """);
}
