using Sagebrush.Contracts.Logs;
using Sagebrush.Wire.Client;

namespace Sagebrush.Instance;

/// <summary>Reads the log of a training job from where it was left, over all hosts of the job.</summary>
internal sealed class JobLog(ApiClient client, string jobName)
{
    public const string Group = "/aws/sagemaker/TrainingJobs";

    /// <summary>How long to wait before asking for more: short to the eye, nothing to the server.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly SortedDictionary<string, string?> _tokens = new(StringComparer.Ordinal);

    /// <summary>The lines that came since the last call; with several hosts each line begins with its host's name.</summary>
    public async Task<IReadOnlyList<string>> ReadNewAsync(CancellationToken cancellationToken)
    {
        try
        {
            await FindStreamsAsync(cancellationToken);
            var lines = new List<string>();
            foreach (var stream in _tokens.Keys.ToList())
            {
                await ReadAsync(stream, lines, cancellationToken);
            }

            return lines;
        }
        catch (ApiException exception) when (exception.Code == "ResourceNotFoundException")
        {
            // Nothing was ever logged.
            return [];
        }
    }

    private async Task FindStreamsAsync(CancellationToken cancellationToken)
    {
        string? next = null;
        do
        {
            var page = await client.SendAsync(
                LogsApi.DescribeLogStreams,
                new DescribeLogStreamsRequest { LogGroupName = Group, LogStreamNamePrefix = jobName + "/", NextToken = next },
                cancellationToken);
            foreach (var stream in page.LogStreams ?? [])
            {
                _tokens.TryAdd(stream.LogStreamName!, null);
            }

            next = page.NextToken;
        }
        while (next is not null);
    }

    private async Task ReadAsync(string stream, List<string> lines, CancellationToken cancellationToken)
    {
        while (true)
        {
            var token = _tokens[stream];
            var page = await client.SendAsync(
                LogsApi.GetLogEvents,
                new GetLogEventsRequest { LogGroupName = Group, LogStreamName = stream, NextToken = token, StartFromHead = true },
                cancellationToken);
            var events = page.Events ?? [];
            lines.AddRange(events.Select(entry => _tokens.Count > 1 ? $"{Host(stream)} {entry.Message}" : entry.Message ?? ""));
            _tokens[stream] = page.NextForwardToken;

            // The end is where asking again gives the same token.
            if (page.NextForwardToken == token || events.Count == 0)
            {
                return;
            }
        }
    }

    /// <summary><c>algo-1</c> of <c>JOB/algo-1-1700000000</c>.</summary>
    private static string Host(string stream) => stream.Split('/')[^1] is var last && last.LastIndexOf('-') is > 0 and var dash ? last[..dash] : last;
}
