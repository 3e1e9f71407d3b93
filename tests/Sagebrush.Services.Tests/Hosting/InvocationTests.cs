using System.Net;

namespace Sagebrush.Services.Tests.Hosting;

public sealed class InvocationTests(HostingFixture fixture)
{
    [Fact]
    public async Task InvokeEndpoint_XGBoost_AnswersAsTheLibraryPredicts()
    {
        var output = await fixture.Server.Boto3Async($"""
            assert deploy("invoke-xgb", XGBOOST, "{fixture.XGBoostUrl}")["EndpointStatus"] == "InService"
            csv, kind, by = invoke("invoke-xgb", "0.9,0.8,0.7\n0.1,0.2,0.3")
            assert kind.startswith("text/csv") and by == "AllTraffic", (kind, by)
            first, second = [float(v) for v in csv.replace(",", "\n").split()]
            assert first > 0.5 > second, csv
            svm, _, _ = invoke("invoke-xgb", "0:0.9 1:0.8 2:0.7", "text/libsvm")
            assert abs(float(svm) - first) < 1e-6 * first, (svm, first)
            body, kind, _ = invoke("invoke-xgb", json.dumps([[0.9, 0.8, 0.7]]), "application/json", Accept="application/json")
            assert kind == "application/json", kind
            assert abs(json.loads(body)["predictions"][0]["score"] - first) < 1e-6, body
            print(first)
            """);
        var expected = await fixture.Server.TrainAsync("ignored/model.tar.gz", HostingFixture.XGBoost + """

            p = float(b.predict(xgboost.DMatrix(np.array([[0.9, 0.8, 0.7]], dtype="float32")))[0])
            assert abs(p - FIRST) <= 1e-6 * p, p
            """.Replace("FIRST", output.Trim(), StringComparison.Ordinal));
        Assert.NotEmpty(expected);
    }

    [Fact]
    public async Task InvokeEndpoint_ScikitLearn_AnswersByItsHandlersAndLogs()
    {
        await fixture.Server.Boto3Async($"""
            endpoint = deploy("invoke-skl", SKLEARN, "{fixture.ScikitLearnUrl}",
                              SAGEMAKER_PROGRAM="serve.py", SAGEMAKER_SUBMIT_DIRECTORY="/opt/ml/model/code")
            assert endpoint["EndpointStatus"] == "InService", endpoint
            assert invoke("invoke-skl", "5.1,3.5,1.4,0.2\n6.9,3.2,5.7,2.3", Accept="application/json")[0] == "[0, 2]"
            assert invoke("invoke-skl", "[[5.1,3.5,1.4,0.2]]", "application/json", Accept="text/csv")[0] == "0\n"
            bad = error(invoke, "invoke-skl", "1,2")
            assert bad["Error"]["Code"] == "ModelError" and bad["OriginalStatusCode"] == 500, bad
            assert "X has 2 features, but DecisionTreeClassifier is expecting 4 features" in bad["OriginalMessage"], bad
            assert bad["LogStreamArn"].startswith("arn:aws:logs:us-east-1:000000000000:log-group:/aws/sagemaker/Endpoints/invoke-skl:log-stream:AllTraffic/i-"), bad
            assert bad["Error"]["Message"].startswith('Received server error (500) from primary with message "'), bad
            """);
        var group = new State.Logs.LogGroupKey(HostingServer.Account, "us-east-1", "/aws/sagemaker/Endpoints/invoke-skl");
        await Sagebrush.Testing.Eventually.TrueAsync(
            async () =>
            {
                var streams = await fixture.Server.Logs.ListStreamsAsync(new State.Logs.LogStreamQuery { Group = group });
                var events = await fixture.Server.Logs.ReadAsync(group.Stream(streams!.Streams[0].Key.Name), new State.Logs.LogRead());
                return events!.Any(e => e.Message.StartsWith("loading from", StringComparison.Ordinal))
                    && events!.Any(e => e.Message.StartsWith("Traceback", StringComparison.Ordinal));
            },
            TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task InvokeEndpoint_BadRequests_AreAnsweredAsAwsDoes() => await fixture.Server.Boto3Async($"""
        deploy("invoke-bad", XGBOOST, "{fixture.XGBoostUrl}")
        gone = error(invoke, "no-such-endpoint", "1")
        assert gone["Error"]["Code"] == "ValidationError", gone
        assert gone["Error"]["Message"] == "Endpoint no-such-endpoint of account 000000000000 not found.", gone
        case = error(invoke, "Invoke-Bad", "1")
        assert case["Error"]["Message"] == "Endpoint Invoke-Bad of account 000000000000 not found.", case
        wide = error(invoke, "invoke-bad", "1,2,3,4,5")
        assert (wide["ResponseMetadata"]["HTTPStatusCode"], wide["Error"]["Code"], wide["OriginalStatusCode"]) == (424, "ModelError", 400), wide
        assert wide["Error"]["Message"].startswith('Received client error (400) from primary with message "'), wide
        assert wide["Error"]["Message"].endswith("#logEventViewer:group=/aws/sagemaker/Endpoints/invoke-bad in account 000000000000 for more information."), wide
        kind = error(invoke, "invoke-bad", "x", "image/png")
        assert kind["OriginalStatusCode"] == 415, kind
        accept = error(invoke, "invoke-bad", "1,2,3", Accept="image/png")
        assert accept["OriginalStatusCode"] == 406, accept
        target = error(invoke, "invoke-bad", "1,2,3", TargetVariant="Nobody")
        assert target["Error"]["Code"] == "ValidationError" and "Nobody" in target["Error"]["Message"], target
        large = error(invoke, "invoke-bad", b"1" * (6 * 1024 * 1024 + 1))
        assert large["ResponseMetadata"]["HTTPStatusCode"] == 413, large
        assert invoke("invoke-bad", "1,1,1")[1].startswith("text/csv")
        """);

    [Fact]
    public async Task InvokeEndpoint_TwoVariants_AreChosenByWeightAndTarget() => await fixture.Server.Boto3Async($"""
        model("invoke-two", XGBOOST, "{fixture.XGBoostUrl}")
        config_of("invoke-two", variant("invoke-two", "A", 1.0), variant("invoke-two", "B", 0.0))
        sm.create_endpoint(EndpointName="invoke-two", EndpointConfigName="invoke-two")
        settled("invoke-two")
        assert all(invoke("invoke-two", "1,2,3")[2] == "A" for _ in range(20))
        assert invoke("invoke-two", "1,2,3", TargetVariant="B")[2] == "B"
        sm.update_endpoint_weights_and_capacities(EndpointName="invoke-two", DesiredWeightsAndCapacities=[
            dict(VariantName="A", DesiredWeight=0.0), dict(VariantName="B", DesiredWeight=2.0)])
        weights = [v["CurrentWeight"] for v in settled("invoke-two")["ProductionVariants"]]
        assert weights == [0.0, 2.0], weights
        assert all(invoke("invoke-two", "1,2,3")[2] == "B" for _ in range(20))
        """);

    [Fact]
    public async Task InvokeEndpoint_Unsigned_IsRefused()
    {
        using var client = new HttpClient();
        using var response = await client.PostAsync(
            new Uri(fixture.Server.Url, "/endpoints/any/invocations"), new StringContent("1"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }
}
