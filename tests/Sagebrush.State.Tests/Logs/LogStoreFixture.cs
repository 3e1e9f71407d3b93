using Sagebrush.State.Logs;
using Sagebrush.Testing;

namespace Sagebrush.State.Tests.Logs;

/// <summary>A log store in a folder of its own, on a clock turned by hand.</summary>
internal sealed class LogStoreFixture : IAsyncDisposable
{
    public static readonly LogGroupKey Group = new("000000000000", "us-east-1", "/aws/sagemaker/TrainingJobs");

    private readonly TemporaryFolder _folder = new();

    public LogStoreFixture() => Store = SqliteLogStore.Open(Path, Clock);

    public ManualTimeProvider Clock { get; } = new();

    public string Path => _folder["logs.db"];

    public SqliteLogStore Store { get; private set; }

    public long Now => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    public async Task AppendAsync(string stream, params LogLine[] lines)
    {
        await Store.EnsureStreamAsync(Group.Stream(stream), TestContext.Current.CancellationToken);
        Assert.True(await Store.AppendAsync(Group.Stream(stream), lines, TestContext.Current.CancellationToken));
    }

    public async Task<List<string>> MessagesAsync(string stream, LogRead read)
    {
        var events = await Store.ReadAsync(Group.Stream(stream), read, TestContext.Current.CancellationToken);
        Assert.NotNull(events);
        return [.. events.Select(one => one.Message)];
    }

    public async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = SqliteLogStore.Open(Path, Clock);
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        _folder.Dispose();
    }
}
