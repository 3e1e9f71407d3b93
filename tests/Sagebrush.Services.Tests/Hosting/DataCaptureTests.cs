using System.Text.Json;
using Sagebrush.Testing;

namespace Sagebrush.Services.Tests.Hosting;

public sealed class DataCaptureTests(HostingFixture fixture)
{
    [Fact]
    public async Task InvokeEndpoint_WithDataCapture_LeavesRequestsAndAnswersInS3()
    {
        var printed = await fixture.Server.Boto3Async($$"""
            model("capture", XGBOOST, "{{fixture.XGBoostUrl}}")
            sm.create_endpoint_config(EndpointConfigName="capture", ProductionVariants=[variant("capture")], DataCaptureConfig={
                "EnableCapture": True, "InitialSamplingPercentage": 100, "DestinationS3Uri": "s3://models/captured",
                "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
                "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"]} })
            sm.create_endpoint(EndpointName="capture", EndpointConfigName="capture")
            assert settled("capture")["DataCaptureConfig"]["CaptureStatus"] == "Started", settled("capture")
            print(invoke("capture", "0.6,0.6,0.6", InferenceId="mine", CustomAttributes="trace-1")[0].strip())
            print(invoke("capture", json.dumps([[0.1, 0.2, 0.3]]), "application/json", Accept="application/json")[0])
            """);

        List<JsonElement> records = [];
        await Eventually.TrueAsync(() => (records = Records()).Count == 2, TestContext.Current.CancellationToken);
        var answers = printed.Trim().Split('\n');
        var csv = records[0].GetProperty("captureData");
        Assert.Equal("0.6,0.6,0.6", csv.GetProperty("endpointInput").GetProperty("data").GetString());
        Assert.Equal("CSV", csv.GetProperty("endpointInput").GetProperty("encoding").GetString());
        Assert.Equal("INPUT", csv.GetProperty("endpointInput").GetProperty("mode").GetString());
        Assert.Equal("text/csv", csv.GetProperty("endpointInput").GetProperty("observedContentType").GetString());
        Assert.Equal(answers[0], csv.GetProperty("endpointOutput").GetProperty("data").GetString()!.Trim());
        var metadata = records[0].GetProperty("eventMetadata");
        Assert.Equal("mine", metadata.GetProperty("inferenceId").GetString());
        Assert.Equal("trace-1", metadata.GetProperty("customAttributes")[0].GetString());
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", metadata.GetProperty("inferenceTime").GetString());
        Assert.Equal("0", records[0].GetProperty("eventVersion").GetString());
        var json = records[1].GetProperty("captureData").GetProperty("endpointOutput");
        Assert.Equal("BASE64", json.GetProperty("encoding").GetString());
        Assert.Equal(answers[1], System.Text.Encoding.UTF8.GetString(json.GetProperty("data").GetBytesFromBase64()));
    }

    private List<JsonElement> Records()
    {
        List<JsonElement> records = [];
        foreach (var file in fixture.Server.Objects.List(new() { Bucket = HostingServer.Bucket, Prefix = "captured/" }).Objects)
        {
            Assert.Matches(@"^captured/capture/AllTraffic/\d{4}/\d\d/\d\d/\d\d/\d\d-\d\d-\d{3}-[0-9a-f-]{36}\.jsonl$", file.Key);
            using var reader = fixture.Server.Objects.Open(HostingServer.Bucket, file.Key);
            using var text = new StreamReader(reader.OpenStream(0, reader.Info.Size));
            while (text.ReadLine() is { } line)
            {
                records.Add(JsonDocument.Parse(line).RootElement);
            }
        }

        return records;
    }
}
