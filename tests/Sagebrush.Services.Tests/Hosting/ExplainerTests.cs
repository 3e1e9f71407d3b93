using System.Text.Json;
using Sagebrush.Testing;

namespace Sagebrush.Services.Tests.Hosting;

public sealed class ExplainerTests(HostingFixture fixture)
{
    private const string Words = """
        def explained(name, model_name, shap, **more):
            sm.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant(model_name)], ExplainerConfig={
                "ClarifyExplainerConfig": {"ShapConfig": shap, **more}})
            sm.create_endpoint(EndpointName=name, EndpointConfigName=name)
            return settled(name)

        def explain(name, body, content_type="text/csv", **more):
            answer = rt.invoke_endpoint(EndpointName=name, Body=body, ContentType=content_type, Accept=content_type, **more)
            assert answer["ContentType"] == "application/json" and answer["InvokedProductionVariant"] == "AllTraffic", answer
            return json.loads(answer["Body"].read())

        def values(record):
            return [[a["attribution"] for a in feature["attributions"]] for feature in record]


        """;

    [Fact]
    public async Task InvokeEndpoint_XGBoostWithExplainer_ExplainsWhatTheConditionAsks() => await fixture.Server.Boto3Async(Words + Url(fixture.XGBoostUrl) + """
        model("explain-xgb", XGBOOST, URL)
        endpoint = explained("explain-xgb", "explain-xgb", {"ShapBaselineConfig": {"ShapBaseline": "0.5,0.5,0.5"}}, InferenceConfig={"FeatureHeaders": ["a", "b", "c"], "LabelHeaders": ["over"]})
        assert endpoint["EndpointStatus"] == "InService", endpoint
        assert endpoint["ExplainerConfig"]["ClarifyExplainerConfig"]["ShapConfig"]["ShapBaselineConfig"]["ShapBaseline"] == "0.5,0.5,0.5", endpoint
        both = explain("explain-xgb", "0.9,0.8,0.7\n0.5,0.5,0.5")
        assert both["version"] == "1.0" and both["label_headers"] == ["over"], both
        assert both["predictions"]["content_type"].startswith("text/csv"), both
        first, base = [float(v) for v in both["predictions"]["data"].replace(",", "\n").split()]
        shap = both["explanations"]["kernel_shap"]
        assert [f["feature_header"] for f in shap[0]] == ["a", "b", "c"], shap
        assert abs(sum(v[0][0] for v in values(shap[0])) - (first - base)) < 1e-6, (shap, first, base)
        assert all(abs(v[0][0]) < 1e-9 for v in values(shap[1])), shap
        some = explain("explain-xgb", "0.9,0.8,0.7\n0.1,0.1,0.1", EnableExplanations="[0]>`0.5`")
        assert some["explanations"]["kernel_shap"][1] is None and some["explanations"]["kernel_shap"][0], some
        assert explain("explain-xgb", "0.9,0.8,0.7", EnableExplanations="`false`")["explanations"] == {}
        wrong = error(explain, "explain-xgb", "0.9,0.8")
        assert wrong["Error"]["Code"] == "ValidationError" and "record 1 has 2 features; the SHAP baseline has 3" in wrong["Error"]["Message"], wrong
        wrong = error(explain, "explain-xgb", "1,2,3", EnableExplanations="[0]")
        assert wrong["ResponseMetadata"]["HTTPStatusCode"] == 400 and "neither true nor false" in wrong["Error"]["Message"], wrong
        wrong = error(explain, "explain-xgb", "[[1,2,3]]", "application/json")
        assert "ContentType must be text/csv or application/jsonlines" in wrong["Error"]["Message"], wrong
        wrong = error(rt.invoke_endpoint_with_response_stream, EndpointName="explain-xgb", Body="1,2,3", ContentType="text/csv", Accept="text/csv")
        assert "has an explainer" in wrong["Error"]["Message"], wrong
        deploy("explain-plain", XGBOOST, URL)
        wrong = error(explain, "explain-plain", "1,2,3", EnableExplanations="`true`")
        assert wrong["Error"]["Code"] == "ValidationError" and "has no explainer" in wrong["Error"]["Message"], wrong
        """);

    [Fact]
    public async Task InvokeEndpoint_PythonHandlersWithExplainer_ExplainsTextAndSumsOfJsonLines()
    {
        var url = await fixture.Server.TrainAsync("explain/model.tar.gz", """
            os.mkdir("code")
            open("code/serve.py", "w").write('''
            import json
            from sagemaker_inference import content_types
            def model_fn(model_dir):
                return None
            def transform_fn(model, body, content_type, accept):
                text = body.decode() if isinstance(body, bytes) else body
                if content_type == "text/csv":
                    return "".join(f"{0.5 + 0.25 * ('good' in line)}\\n" for line in text.splitlines()), "text/csv"
                rows = [json.loads(line)["features"] for line in text.splitlines()]
                if any(r[0] == 13 for r in rows):
                    raise ValueError("no thirteens")
                return "\\n".join(json.dumps({"score": 2 * r[0] - 3 * r[1]}) for r in rows), "application/jsonlines"
            '''.replace("\n            ", "\n").replace("from sagemaker_inference import content_types\n", ""))
            """);
        await fixture.Server.PutAsync("explain/baseline.csv", "1,1\n3,5\n"u8.ToArray());
        await fixture.Server.Boto3Async(Words + Url(url) + """
            model("explain-py", SKLEARN, URL, SAGEMAKER_PROGRAM="serve.py", SAGEMAKER_SUBMIT_DIRECTORY="/opt/ml/model/code")
            explained("explain-text", "explain-py", {"ShapBaselineConfig": {"ShapBaseline": '"<MASK>"'}, "TextConfig": {"Granularity": "token", "Language": "en"}, "NumberOfSamples": 100},
                      InferenceConfig={"FeatureTypes": ["text"], "MaxRecordCount": 100})
            feature = explain("explain-text", '"This is a good product"')["explanations"]["kernel_shap"][0][0]
            assert feature["feature_type"] == "text", feature
            assert [(a["description"]["partial_text"], a["description"]["start_idx"], round(a["attribution"][0], 6)) for a in feature["attributions"]] == [
                ("This", 0, 0), ("is", 5, 0), ("a", 8, 0), ("good", 10, 0.25), ("product", 15, 0)], feature
            explained("explain-lines", "explain-py", {"ShapBaselineConfig": {"ShapBaselineUri": "s3://models/explain/baseline.csv"}},
                      InferenceConfig={"FeaturesAttribute": "features", "ContentTemplate": '{"features":$features}', "ProbabilityAttribute": "score"}, EnableExplanations="score>`0`")
            answer = explain("explain-lines", '{"features":[10,4]}\n{"features":[0,1]}', "application/jsonlines")
            assert answer["predictions"]["data"] == '{"score": 8}\n{"score": -3}', answer
            first, second = answer["explanations"]["kernel_shap"]
            assert second is None and [round(v[0][0], 6) for v in values(first)] == [16, -3], answer
            bad = error(explain, "explain-lines", '{"features":[13,4]}', "application/jsonlines")
            assert (bad["Error"]["Code"], bad["OriginalStatusCode"]) == ("ModelError", 500) and "no thirteens" in bad["OriginalMessage"], bad
            failed = explained("explain-gone", "explain-py", {"ShapBaselineConfig": {"ShapBaselineUri": "s3://models/explain/gone.csv"}})
            assert failed["EndpointStatus"] == "Failed" and "There is no SHAP baseline at s3://models/explain/gone.csv" in failed["FailureReason"], failed
            """);
    }

    [Fact]
    public async Task InvokeEndpoint_ExplainerWithDataCapture_KeepsTheRequestAndTheExplanation()
    {
        await fixture.Server.Boto3Async(Words + Url(fixture.XGBoostUrl) + """
            model("explain-capture", XGBOOST, URL)
            sm.create_endpoint_config(EndpointConfigName="explain-capture", ProductionVariants=[variant("explain-capture")],
                ExplainerConfig={"ClarifyExplainerConfig": {"ShapConfig": {"ShapBaselineConfig": {"ShapBaseline": "0,0,0"}}}},
                DataCaptureConfig={"EnableCapture": True, "InitialSamplingPercentage": 100, "DestinationS3Uri": "s3://models/captured-explanations",
                    "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
                    "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"], "JsonContentTypes": ["application/json"]}})
            sm.create_endpoint(EndpointName="explain-capture", EndpointConfigName="explain-capture")
            settled("explain-capture")
            explain("explain-capture", "0.6,0.6,0.6")
            """);
        await Eventually.TrueAsync(
            () => fixture.Server.Objects.List(new() { Bucket = HostingServer.Bucket, Prefix = "captured-explanations/" }).Objects.Count == 1,
            TestContext.Current.CancellationToken);
        var key = fixture.Server.Objects.List(new() { Bucket = HostingServer.Bucket, Prefix = "captured-explanations/" }).Objects[0].Key;
        var data = JsonDocument.Parse(await fixture.Server.GetAsync($"s3://{HostingServer.Bucket}/{key}")).RootElement.GetProperty("captureData");
        Assert.Equal("0.6,0.6,0.6", data.GetProperty("endpointInput").GetProperty("data").GetString());
        Assert.Contains("kernel_shap", data.GetProperty("endpointOutput").GetProperty("data").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateEndpointConfig_WrongExplainer_IsRefusedByItsMember() => await fixture.Server.Boto3Async(Url(fixture.XGBoostUrl) + """
        model("explain-bad", XGBOOST, URL)
        PREFIX = "ExplainerConfig.ClarifyExplainerConfig."

        def refused(expected, baseline={"ShapBaseline": "0,0,0"}, shap={}, config={}, prefix=PREFIX, **more):
            wrong = error(sm.create_endpoint_config, EndpointConfigName="explain-bad", ProductionVariants=[variant("explain-bad")], ExplainerConfig={
                "ClarifyExplainerConfig": {"ShapConfig": {"ShapBaselineConfig": baseline, **shap}, **more}}, **config)
            assert (wrong["ResponseMetadata"]["HTTPStatusCode"], wrong["Error"]["Code"]) == (400, "ValidationException"), wrong
            assert wrong["Error"]["Message"].startswith(prefix + expected), wrong["Error"]["Message"]

        refused("EnableExplanations: '[[' is not a valid JMESPath expression", EnableExplanations="[[")
        refused("InferenceConfig.ProbabilityAttribute: 'a.' is not", InferenceConfig={"ProbabilityAttribute": "a."})
        refused("InferenceConfig.ContentTemplate: ", InferenceConfig={"ContentTemplate": "{}"})
        refused("InferenceConfig.FeatureTypes must have", InferenceConfig={"FeatureTypes": ["numerical"] * 3})
        refused("ShapConfig.TextConfig is required", InferenceConfig={"FeatureTypes": ["text"] * 3})
        refused("ShapConfig.ShapBaselineConfig.ShapBaseline: InferenceConfig.FeatureHeaders has 2 items; the SHAP baseline has 3", InferenceConfig={"FeatureHeaders": ["a", "b"]})
        refused("ShapConfig.ShapBaselineConfig needs either", baseline={})
        refused("ShapConfig.ShapBaselineConfig needs either", baseline={"ShapBaseline": "0", "ShapBaselineUri": "s3://models/x"})
        refused("ShapConfig.ShapBaselineConfig.MimeType: ", baseline={"ShapBaseline": "0", "MimeType": "application/json"})
        refused("ShapConfig.ShapBaselineConfig.ShapBaselineUri: ", baseline={"ShapBaselineUri": "https://example.com/x"})
        refused("ShapConfig.ShapBaselineConfig.ShapBaseline: Record 2 of the SHAP baseline has 1 features", baseline={"ShapBaseline": "0,0\n1"})
        refused("ShapConfig.ShapBaselineConfig.ShapBaseline: ShapConfig.TextConfig is given", shap={"TextConfig": {"Language": "en", "Granularity": "token"} })
        refused("ExplainerConfig is not supported for asynchronous", prefix="", config={"AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://models/out"} } })
        """);

    // Braces close side by side in Python's dictionaries: what varies is a name of its own.
    private static string Url(string url) => $"URL = \"{url}\"\n";
}
