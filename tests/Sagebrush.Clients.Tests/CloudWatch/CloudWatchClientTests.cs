using System.Text.Json;
using Xunit;

namespace Sagebrush.Clients.Tests.CloudWatch;

public sealed class CloudWatchClientTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const string DebiansCli = "/usr/bin/aws";

    [Fact]
    public async Task Boto3_MetricsInAllProtocols_WorkUnchanged() => await RunAsync("metrics_client.py");

    [Fact]
    public async Task Boto3_AlarmsDashboardsAndPictures_WorkUnchanged() => await RunAsync("alarms_client.py");

    [Fact]
    public async Task DebiansAwsCli_PutAndGetMetrics_SpeaksQuery()
    {
        Assert.SkipUnless(File.Exists(DebiansCli), $"{DebiansCli} is not installed.");

        await Cli("put-metric-data", "--namespace", "Old", "--metric-name", "Load", "--dimensions", "Host=a", "--value", "3", "--unit", "Percent");
        await Cli("put-metric-data", "--namespace", "Old", "--metric-name", "Load", "--dimensions", "Host=a", "--value", "5", "--unit", "Percent");
        var now = TimeProvider.System.GetUtcNow();

        // Periods begin with the start time: one of an hour must hold both values whenever they came.
        var answer = await Cli(
            "get-metric-statistics", "--namespace", "Old", "--metric-name", "Load", "--dimensions", "Name=Host,Value=a", "--period", "3600",
            "--start-time", $"{now.AddMinutes(-30):s}Z", "--end-time", $"{now.AddMinutes(5):s}Z", "--statistics", "Sum", "Average");

        var point = Assert.Single(answer.RootElement.GetProperty("Datapoints").EnumerateArray());
        Assert.Equal((8, 4), (point.GetProperty("Sum").GetDouble(), point.GetProperty("Average").GetDouble()));
        Assert.Equal("Percent", point.GetProperty("Unit").GetString());
        var listed = await Cli("list-metrics", "--namespace", "Old");
        Assert.Equal("Load", Assert.Single(listed.RootElement.GetProperty("Metrics").EnumerateArray()).GetProperty("MetricName").GetString());
    }

    private async Task<JsonDocument> Cli(params string[] arguments)
    {
        var output = await server.Client(
            DebiansCli, ["--endpoint-url", server.Url.ToString().TrimEnd('/'), "--output", "json", "cloudwatch", .. arguments]).RunAsync();
        return JsonDocument.Parse(output.Length > 0 ? output : "{}");
    }

    private async Task RunAsync(string script) => Assert.Equal(
        "passed", (await server.Client("python3", Path.Combine(AppContext.BaseDirectory, "CloudWatch", script)).RunAsync()).Trim());
}
