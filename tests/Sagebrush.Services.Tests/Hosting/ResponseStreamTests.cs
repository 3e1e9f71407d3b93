namespace Sagebrush.Services.Tests.Hosting;

public sealed class ResponseStreamTests(HostingFixture fixture)
{
    /// <summary>Handlers that answer in parts, and words to ask them.</summary>
    private const string Words = """
        import io, os, tarfile, tempfile, threading
        s3 = boto3.client("s3", config=config)

        def deploy_code(name, code, workers="1"):
            code = code.encode()
            archive = io.BytesIO()
            with tarfile.open(fileobj=archive, mode="w:gz") as tar:
                entry = tarfile.TarInfo("code/inference.py")
                entry.size = len(code)
                tar.addfile(entry, io.BytesIO(code))
            s3.put_object(Bucket="models", Key=f"{name}.tar.gz", Body=archive.getvalue())
            endpoint = deploy(name, SKLEARN, f"s3://models/{name}.tar.gz", SAGEMAKER_MODEL_SERVER_WORKERS=workers)
            assert endpoint["EndpointStatus"] == "InService", endpoint

        def stream(name, body, **more):
            return rt.invoke_endpoint_with_response_stream(EndpointName=name, Body=body, ContentType="text/csv", **more)

        def parts(answer):
            return [event["PayloadPart"]["Bytes"] for event in answer["Body"]]


        """;

    [Fact]
    public async Task InvokeEndpointWithResponseStream_Generators_ArriveWhileTheyAreMade() => await fixture.Server.Boto3Async(Words + """
        mark = tempfile.mktemp()
        deploy_code("stream-parts", f'''
        import os, time
        def model_fn(model_dir): return 1
        def transform_fn(model, body, content_type, accept):
            def parts():
                yield "first "
                while not os.path.exists({mark!r}): time.sleep(0.01)
                yield b"second "
                yield [1, 2]
            return parts(), accept
        ''')
        answer = stream("stream-parts", "x", Accept="application/json", InferenceId="one")
        assert answer["ContentType"] == "application/json" and answer["InvokedProductionVariant"] == "AllTraffic", answer
        events = iter(answer["Body"])
        assert next(events)["PayloadPart"]["Bytes"] == b"first "
        open(mark, "w").close()
        rest = b"".join(event["PayloadPart"]["Bytes"] for event in events)
        assert rest == b"second [1, 2]", rest
        body, kind, _ = invoke("stream-parts", "x", Accept="application/json")
        assert (body, kind) == ("first second [1, 2]", "application/json"), (body, kind)

        deploy_code("stream-predict", '''
        def model_fn(model_dir): return 1
        def input_fn(body, content_type): return body
        def predict_fn(data, model):
            for word in data.split(): yield word + "|"
        ''')
        assert b"".join(parts(stream("stream-predict", "a b c", Accept="application/json"))) == b"a|b|c|"
        """);

    [Fact]
    public async Task InvokeEndpointWithResponseStream_WholeAnswers_ComeInPartsOfBoundedSize() => await fixture.Server.Boto3Async(Words + $$"""
        deploy("stream-xgb", XGBOOST, "{{fixture.XGBoostUrl}}")
        rows = "\n".join(["0.9,0.8,0.7"] * 20000)
        answer = stream("stream-xgb", rows)
        assert answer["ContentType"].startswith("text/csv"), answer
        got = parts(answer)
        assert len(got) > 1 and b"".join(got).decode() == invoke("stream-xgb", rows)[0]
        bad = error(stream, "stream-xgb", "1,2,3,4,5")
        assert bad["Error"]["Code"] == "ModelError" and bad["OriginalStatusCode"] == 400, bad
        gone = error(stream, "stream-nobody", "1")
        assert gone["Error"]["Message"] == "Endpoint stream-nobody of account 000000000000 not found.", gone
        """);

    [Fact]
    public async Task InvokeEndpointWithResponseStream_FailureInTheMidst_EndsWithModelStreamError() => await fixture.Server.Boto3Async(Words + """
        deploy_code("stream-fail", '''
        import os
        def model_fn(model_dir): return 1
        def transform_fn(model, body, content_type, accept):
            def parts():
                if body == "at once": raise ValueError("nothing at all")
                yield "some"
                if body == "die": os._exit(3)
                raise ValueError("no more")
            return parts(), "text/plain"
        ''')
        early = error(stream, "stream-fail", "at once")
        assert early["Error"]["Code"] == "ModelError" and "nothing at all" in early["OriginalMessage"], early
        for body, words in (("later", "no more"), ("die", "ended with exit code 3")):
            events = iter(stream("stream-fail", body)["Body"])
            assert next(events)["PayloadPart"]["Bytes"] == b"some"
            try:
                next(events)
                raise AssertionError("no error")
            except botocore.exceptions.EventStreamError as e:
                assert e.response["Error"]["Code"] == "ModelStreamError" and words in e.response["Error"]["Message"], e.response
        whole = error(invoke, "stream-fail", "later")
        assert whole["OriginalStatusCode"] == 500 and "no more" in whole["OriginalMessage"], whole
        """);

    [Fact]
    public async Task InvokeEndpointWithResponseStream_ClientsThatLeave_StopTheModelAndFreeItsWorker() => await fixture.Server.Boto3Async(Words + """
        mark = tempfile.mktemp()
        deploy_code("stream-leave", f'''
        import os
        def model_fn(model_dir): return 1
        def transform_fn(model, body, content_type, accept):
            if body == "who": return str(os.getpid()), "text/plain"
            def parts():
                n = 0
                try:
                    while True:
                        n += 1
                        yield b"x" * 10000
                finally:
                    open({mark!r}, "a").write(str(n) + "\\n")
            return parts(), "text/plain"
        ''')
        worker = invoke("stream-leave", "who")[0]
        for i in range(5):
            answer = stream("stream-leave", "go")
            events = iter(answer["Body"])
            next(events)
            answer["Body"].close()
        assert invoke("stream-leave", "who")[0] == worker
        ended = [int(line) for line in open(mark)]
        assert len(ended) == 5 and max(ended) < 2000, ended
        """);
}
