using System.Text;
using Sagebrush.State.Logs;

namespace Sagebrush.State.Benchmarks;

/// <summary>Appending and reading log lines, against writing the same bytes to a plain file with the same flushes.</summary>
internal static class LogBenchmark
{
    private const int Batches = 500;
    private const int BatchSize = 1000;
    private const int Lines = Batches * BatchSize;

    private static readonly LogStreamKey Stream =
        new LogGroupKey("000000000000", "us-east-1", "/aws/sagemaker/TrainingJobs").Stream("job/algo-1");

    public static async Task RunAsync(string folder)
    {
        await using var store = SqliteLogStore.Open(Path.Combine(folder, "logs.db"), TimeProvider.System);
        await store.EnsureStreamAsync(Stream);
        await Report.RateAsync($"plain file, {BatchSize} lines a flush", Lines, "lines", () => PlainAsync(folder));
        await Report.RateAsync($"log store, append, batches of {BatchSize}", Lines, "lines", () => AppendAsync(store));
        await Report.RateAsync("log store, append, 32 writers of single lines", 32 * 200, "lines", () => SinglesAsync(store));
        await Report.RateAsync("log store, read forward in pages of 1 MB", Lines, "lines", () => ReadAsync(store));
        await Report.RateAsync("log store, filter for a word nobody wrote", Lines, "lines", () => FilterAsync(store));
    }

    private static string Line(int i) => $"[{i}] #011train-auc:0.92731 validation-auc:0.91127 and some words of a usual length";

    private static async Task PlainAsync(string folder)
    {
        await using var file = new FileStream(Path.Combine(folder, "plain.log"), FileMode.CreateNew);
        for (var batch = 0; batch < Batches; batch++)
        {
            var text = new StringBuilder();
            for (var i = 0; i < BatchSize; i++)
            {
                text.Append(Line((batch * BatchSize) + i)).Append('\n');
            }

            file.Write(Encoding.UTF8.GetBytes(text.ToString()));
            file.Flush(flushToDisk: true);
        }
    }

    private static async Task AppendAsync(SqliteLogStore store)
    {
        // Two batches under way, as a job's log has while it writes one and gathers the next.
        var previous = Task.CompletedTask;
        for (var batch = 0; batch < Batches; batch++)
        {
            var first = batch * BatchSize;
            var lines = Enumerable.Range(first, BatchSize).Select(i => new LogLine(1_700_000_000_000 + (i / 10), Line(i))).ToArray();
            var current = store.AppendAsync(Stream, lines).AsTask();
            await previous;
            previous = current;
        }

        await previous;
    }

    private static Task SinglesAsync(SqliteLogStore store) => Task.WhenAll(Enumerable.Range(0, 32).Select(async writer =>
    {
        var stream = Stream with { Name = $"job/algo-{writer + 2}" };
        await store.EnsureStreamAsync(stream);
        for (var i = 0; i < 200; i++)
        {
            await store.AppendAsync(stream, [new LogLine(1_800_000_000_000 + i, Line(i))]);
        }
    }));

    private static async Task ReadAsync(SqliteLogStore store)
    {
        var read = new LogRead { FromHead = true };
        while (await store.ReadAsync(Stream, read) is { Count: > 0 } page)
        {
            read = read with { After = page[^1].Position };
        }
    }

    private static async Task FilterAsync(SqliteLogStore store)
    {
        var filter = new LogFilter
        {
            Group = Stream.Group,
            Match = message => message.Contains("unspoken", StringComparison.Ordinal),
            Pattern = "unspoken",
        };
        do
        {
            filter = filter with { PageToken = (await store.FilterAsync(filter))!.NextToken };
        }
        while (filter.PageToken is not null);
    }
}
