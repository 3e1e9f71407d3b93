using FsCheck;
using FsCheck.Fluent;
using Sagebrush.State.Logs;
using static Sagebrush.State.Tests.Logs.LogStoreFixture;

namespace Sagebrush.State.Tests.Logs;

/// <summary>However events were appended and pages are cut, reading gives what sorting a list would give.</summary>
public sealed class LogPagingProperties
{
    private static readonly string[] Streams = ["a", "b", "c"];

    [Fact]
    public void ReadAsync_PagedInEitherDirection_EqualsTheModel()
    {
        var cases =
            from batches in Batches()
            from size in Gen.Choose(1, 5)
            from bytes in Gen.Elements(1, 60, 200, 1 << 20)
            from start in Gen.Choose(0, 6)
            from end in Gen.Choose(4, 12)
            select (batches, new LogRead { Limit = size, MaxBytes = bytes, StartTime = start, EndTime = end });
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(50),
            Prop.ForAll(Arb.From(cases), one => ReadsAsync(one.batches, one.Item2).GetAwaiter().GetResult()));
    }

    [Fact]
    public void FilterAsync_Paged_EqualsTheModel()
    {
        var cases =
            from batches in Batches()
            from size in Gen.Choose(1, 5)
            from scanned in Gen.Choose(1, 7)
            from bytes in Gen.Elements(1, 60, 200, 1 << 20)
            from start in Gen.Choose(0, 6)
            from end in Gen.Choose(4, 12)
            from digit in Gen.Elements("", "1", "3")
            from streams in Gen.Elements<string[]?>(null, ["a"], ["b", "a", "missing", "a"], ["c"])
            select (batches, new LogFilter
            {
                Group = Group,
                Limit = size,
                MaxScanned = scanned,
                MaxBytes = bytes,
                StartTime = start,
                EndTime = end,
                Pattern = digit,
                Match = message => message.Contains(digit, StringComparison.Ordinal),
                Streams = streams,
            });
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(80),
            Prop.ForAll(Arb.From(cases), one => FiltersAsync(one.batches, one.Item2).GetAwaiter().GetResult()));
    }

    private static Gen<List<(string Stream, List<int> Times)>> Batches() =>
    (
        from stream in Gen.Elements(Streams)
        from times in Gen.Choose(0, 10).ListOf()
        select (stream, times)).ListOf();

    private static async Task<bool> ReadsAsync(List<(string Stream, List<int> Times)> batches, LogRead read)
    {
        await using var fixture = new LogStoreFixture();
        var model = await FillAsync(fixture, batches);
        foreach (var stream in Streams)
        {
            var expected = model
                .Where(line => line.Stream == stream && line.Time >= read.StartTime && line.Time < read.EndTime)
                .OrderBy(line => line.Time)
                .Select(line => line.Message)
                .ToList();
            Assert.Equal(expected, await ForwardAsync(fixture, stream, read));
            Assert.Equal(expected, await BackwardAsync(fixture, stream, read));
        }

        return true;
    }

    private static async Task<List<string>> ForwardAsync(LogStoreFixture fixture, string stream, LogRead read)
    {
        var seen = new List<string>();
        read = read with { FromHead = true };
        while (await fixture.Store.ReadAsync(Group.Stream(stream), read) is { Count: > 0 } page)
        {
            Assert.True(page.Count <= read.Limit);
            Assert.True(page.Count == 1 || page.Sum(one => one.Message.Length + 26) <= read.MaxBytes);
            seen.AddRange(page.Select(one => one.Message));
            read = read with { After = page[^1].Position };
        }

        return seen;
    }

    private static async Task<List<string>> BackwardAsync(LogStoreFixture fixture, string stream, LogRead read)
    {
        var seen = new List<string>();
        while (await fixture.Store.ReadAsync(Group.Stream(stream), read) is { Count: > 0 } page)
        {
            seen.InsertRange(0, page.Select(one => one.Message));
            read = read with { Before = page[0].Position };
        }

        return seen;
    }

    private static async Task<bool> FiltersAsync(
        List<(string Stream, List<int> Times)> batches, LogFilter filter)
    {
        await using var fixture = new LogStoreFixture();
        var model = await FillAsync(fixture, batches);
        var expected = model
            .Where(line => line.Time >= filter.StartTime && line.Time < filter.EndTime)
            .Where(line => filter.Streams is null || filter.Streams.Contains(line.Stream))
            .Where(line => filter.Match!(line.Message))
            .OrderBy(line => line.Time)
            .ThenBy(line => line.Stream, StringComparer.Ordinal)
            .Select(line => (line.Stream, line.Message))
            .ToList();
        var seen = new List<(string, string)>();
        string? token = null;
        do
        {
            var page = (await fixture.Store.FilterAsync(filter with { PageToken = token }))!;
            Assert.True(page.Events.Count <= filter.Limit);
            seen.AddRange(page.Events.Select(one => (one.Stream, one.Event.Message)));
            token = page.NextToken;
        }
        while (token is not null);
        Assert.Equal(expected, seen);
        return true;
    }

    private static async Task<List<(string Stream, long Time, string Message)>> FillAsync(
        LogStoreFixture fixture, List<(string Stream, List<int> Times)> batches)
    {
        var model = new List<(string Stream, long Time, string Message)>();
        foreach (var stream in Streams)
        {
            await fixture.Store.EnsureStreamAsync(Group.Stream(stream));
        }

        foreach (var (stream, times) in batches)
        {
            var lines = times.Select((time, i) => new LogLine(time, $"message {model.Count + i}")).ToArray();
            model.AddRange(lines.Select(line => (stream, line.Timestamp, line.Message)));
            Assert.True(await fixture.Store.AppendAsync(Group.Stream(stream), lines));
        }

        return model;
    }
}
