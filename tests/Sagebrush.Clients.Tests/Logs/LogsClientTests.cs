using System.Text.Json;
using Xunit;

namespace Sagebrush.Clients.Tests.Logs;

public sealed class LogsClientTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const string DebiansCli = "/usr/bin/aws";
    private const string Stream = "job/algo-1";

    [Fact]
    public async Task Boto3_GroupsStreamsEventsAndPages_WorkUnchanged()
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Logs", "logs_client.py");

        Assert.Equal("passed", (await server.Client("python3", script).RunAsync()).Trim());
    }

    [Fact]
    public async Task Boto3_MetricFiltersAndLiveTail_WorkUnchanged()
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Logs", "tail_client.py");

        Assert.Equal("passed", (await server.Client("python3", script).RunAsync()).Trim());
    }

    [Fact]
    public async Task AwsLogsTail_Following_PrintsWhatIsThereAndWhatComesLater()
    {
        Assert.SkipUnless(File.Exists(DebiansCli), $"{DebiansCli} is not installed, and version 1 of the AWS CLI has no 'logs tail'.");
        await CreateAsync("/tail");
        await PutAsync("/tail", "first line");

        var lines = await server.Client(DebiansCli, "--endpoint-url", server.Url.ToString().TrimEnd('/'), "logs", "tail", "/tail", "--follow", "--format", "short").RunUntilAsync(
            "second line",
            line => line.Contains("first line", StringComparison.Ordinal) ? PutAsync("/tail", "second line") : Task.CompletedTask);

        Assert.Single(lines, line => line.Contains("first line", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AwsFilterLogEvents_WithPattern_PrintsMatches()
    {
        await CreateAsync("/filter");
        await PutAsync("/filter", """{"level": "error", "code": 7}""");
        await PutAsync("/filter", """{"level": "info", "code": 7}""");

        var output = await server.AwsCli(
            "logs", "filter-log-events", "--log-group-name", "/filter", "--output", "json", "--filter-pattern",
            """{ $.level = "err*" && $.code > 6 }""").RunAsync();

        using var answer = JsonDocument.Parse(output);
        var found = Assert.Single(answer.RootElement.GetProperty("events").EnumerateArray());
        Assert.Equal(Stream, found.GetProperty("logStreamName").GetString());
        Assert.Contains("error", found.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private async Task CreateAsync(string group)
    {
        await server.AwsCli("logs", "create-log-group", "--log-group-name", group).RunAsync();
        await server.AwsCli(
            "logs", "create-log-stream", "--log-group-name", group, "--log-stream-name", Stream).RunAsync();
    }

    private async Task PutAsync(string group, string message)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var events = JsonSerializer.Serialize(new[] { new { timestamp = now, message } });
        await server.AwsCli(
            "logs", "put-log-events", "--log-group-name", group, "--log-stream-name", Stream, "--log-events", events)
            .RunAsync();
    }
}
