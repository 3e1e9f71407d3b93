using Sagebrush.Contracts.Logs;
using Sagebrush.Wire.Client;
using Xunit;

namespace Sagebrush.Tests.Server;

/// <summary>Appends batches of lines to a stream of its own, and remembers what was acknowledged.</summary>
internal sealed class LogWriter(int number)
{
    public const string Group = "written-while-killed";

    private readonly HashSet<string> _acknowledged = [];
    private readonly HashSet<string> _begun = [];
    private int _line;

    public string Stream => $"writer-{number}";

    public async Task WriteAsync(ApiClient client, CancellationToken cancellationToken)
    {
        var lines = Enumerable.Range(0, 1 + (_line % 7)).Select(_ => $"line {++_line} of writer {number}").ToList();
        _begun.UnionWith(lines);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await client.SendAsync(
            LogsApi.PutLogEvents,
            new PutLogEventsRequest
            {
                LogGroupName = Group,
                LogStreamName = Stream,
                LogEvents = lines.ConvertAll(line => new InputLogEvent { Timestamp = now, Message = line }),
            },
            cancellationToken);
        _acknowledged.UnionWith(lines);
    }

    /// <summary>Every acknowledged line is there, none twice, and none that nobody wrote.</summary>
    public async Task CheckAsync(ApiClient client, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        var request = new GetLogEventsRequest { LogGroupName = Group, LogStreamName = Stream, StartFromHead = true };
        while (true)
        {
            var page = await client.SendAsync(LogsApi.GetLogEvents, request, cancellationToken);
            found.AddRange(page.Events!.Select(line => line.Message!));
            if (page.NextForwardToken == request.NextToken)
            {
                break;
            }

            request.NextToken = page.NextForwardToken;
        }

        Assert.NotEmpty(_acknowledged);
        Assert.Equal(found.Count, found.Distinct().Count());
        Assert.Empty(_acknowledged.Except(found));
        Assert.Empty(found.Except(_begun));
    }
}
