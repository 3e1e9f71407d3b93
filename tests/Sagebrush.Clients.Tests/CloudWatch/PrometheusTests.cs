using System.Text.RegularExpressions;
using Xunit;

namespace Sagebrush.Clients.Tests.CloudWatch;

public sealed partial class PrometheusTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Metrics_AfterRequests_TellsThemInPrometheusText()
    {
        await server.AwsCli("sts", "get-caller-identity").RunAsync();
        using var http = new HttpClient { BaseAddress = server.Url };

        var text = await http.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);

        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains(lines, line => line.StartsWith("sagebrush_requests_total{service=\"sts\",operation=\"GetCallerIdentity\",status=\"200\"} ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("sagebrush_request_duration_seconds_count{service=\"sts\",operation=\"GetCallerIdentity\"} ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("dotnet_process_memory_working_set_bytes ", StringComparison.Ordinal));
        Assert.All(lines, line => Assert.Matches(Line(), line));
    }

    [GeneratedRegex("""^(# (HELP|TYPE) [a-z_]+ .*|[a-z_]+(\{([a-z_]+="[^"]*",?)+\})? [-+0-9.eE]+)$""")]
    private static partial Regex Line();
}
