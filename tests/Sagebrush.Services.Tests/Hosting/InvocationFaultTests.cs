namespace Sagebrush.Services.Tests.Hosting;

public sealed class InvocationFaultTests(HostingFixture fixture)
{
    [Fact]
    public async Task InvokeEndpoint_WhileItsEndpointIsDeleted_AnswersOrSaysThatItIsGone() => await fixture.Server.Boto3Async($"""
        import threading
        deploy("fault-delete", XGBOOST, "{fixture.XGBoostUrl}")
        ended, others = [], []
        def ask():
            client = boto3.client("sagemaker-runtime", config=config)
            while True:
                try:
                    assert client.invoke_endpoint(EndpointName="fault-delete", Body="1,1,1", ContentType="text/csv")["Body"].read()
                except client.exceptions.ValidationError as e:
                    ended.append(e.response["Error"]["Message"])
                    return
                except Exception as e:
                    others.append(repr(e))
                    return
        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads: thread.start()
        time.sleep(0.2)
        sm.delete_endpoint(EndpointName="fault-delete")
        for thread in threads: thread.join(60)
        assert ended == ["Endpoint fault-delete of account 000000000000 not found."] * 4 and not others, (ended, others)
        """);

    [Fact]
    public async Task InvokeEndpoint_NotANumberAndInfinities_AreAnsweredOrRefusedByName() => await fixture.Server.Boto3Async($"""
        deploy("fault-nan", XGBOOST, "{fixture.XGBoostUrl}")
        assert 0 < float(invoke("fault-nan", "nan,1,1")[0]) < 1
        assert invoke("fault-nan", "nan,1,1")[0] == invoke("fault-nan", ",1,1")[0]
        for body in ("inf,1,1", "-inf,1,1", "1e999,1,1"):
            try:
                assert 0 < float(invoke("fault-nan", body)[0]) < 1
            except rt.exceptions.ModelError as e:
                assert e.response["OriginalStatusCode"] in (400, 415), e.response
        bad = error(invoke, "fault-nan", "NaNa,1,1")
        assert bad["OriginalStatusCode"] in (400, 415) and "row 1, column 1" in bad["OriginalMessage"], bad
        json_nan = error(invoke, "fault-nan", '[[NaN, 1, 1]]', "application/json")
        assert json_nan["OriginalStatusCode"] in (400, 415), json_nan
        """);

    [Fact]
    public async Task InvokeEndpoint_ClientsThatStopReading_LeaveTheOthersAlone() => await fixture.Server.Boto3Async($$"""
        import resource, socket, urllib.parse
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 4096), most))
        deploy("fault-deaf", XGBOOST, "{{fixture.XGBoostUrl}}")
        rows = "\n".join(["0.9,0.8,0.7"] * 10000)
        captured = []
        class Stop(Exception): pass
        def capture(request, **_):
            captured.append(request)
            raise Stop()
        event = "before-send.sagemaker-runtime.InvokeEndpoint"
        rt.meta.events.register(event, capture)
        try:
            rt.invoke_endpoint(EndpointName="fault-deaf", Body=rows, ContentType="text/csv")
        except Stop:
            pass
        rt.meta.events.unregister(event, capture)
        request = captured[0]
        url = urllib.parse.urlsplit(request.url)
        text = lambda value: value.decode() if isinstance(value, bytes) else str(value)
        head = "".join(f"{name}: {text(value)}\r\n" for name, value in {**dict(request.headers.items()), "Host": url.netloc}.items())
        raw = f"POST {url.path} HTTP/1.1\r\n{head}\r\n".encode() + (request.body if isinstance(request.body, bytes) else request.body.encode())
        deaf = []
        for _ in range(1000):
            s = socket.create_connection((url.hostname, url.port))
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            s.sendall(raw)
            deaf.append(s)
        for _ in range(50):
            assert 0 < float(invoke("fault-deaf", "1,1,1")[0]) < 1
        for s in deaf: s.close()
        assert invoke("fault-deaf", rows)[0].count("\n") >= 9999
        """);

    [Fact]
    public async Task InvokeEndpoint_LargestBody_IsAnswered() => await fixture.Server.Boto3Async($$"""
        deploy("fault-large", XGBOOST, "{{fixture.XGBoostUrl}}")
        row = "0.912345,0.812345,0.712345\n"
        rows = row * (6 * 1024 * 1024 // len(row))
        assert 6 * 1024 * 1024 - len(rows) < len(row)
        assert invoke("fault-large", rows)[0].strip().count("\n") + 1 == len(rows) // len(row)
        """);
}
