using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sagebrush.Services.Sns;
using Sagebrush.State.Objects;

namespace Sagebrush.Services.S3.Events;

/// <summary>
/// Publishes what the changes of objects left to be told, in their order. An entry became durable with its change and goes when its topic
/// has it: a crash in between makes it be told again, never forgotten.
/// </summary>
internal sealed partial class EventOutbox(IObjectStore store, ITopics topics, TimeProvider clock, ILogger<EventOutbox> logger) : BackgroundService
{
    private const int PageSize = 100;

    private const char Separator = '\n';

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    // The first look finds what the last run of the program left.
    private readonly SemaphoreSlim _work = new(1);

    /// <summary>An entry: a message and the topic it goes to.</summary>
    public static string Entry(string topic, string message) => $"{topic}{Separator}{message}";

    /// <summary>There is something to publish.</summary>
    public void Wake()
    {
        if (_work.CurrentCount == 0)
        {
            _work.Release();
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _work.Dispose();
    }

    /// <summary>Publishes everything there is.</summary>
    /// <returns>False when something could not be published and is to be tried again.</returns>
    internal async Task<bool> TryPublishAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (store.ReadOutbox(PageSize) is [.., var last] page)
            {
                foreach (var entry in page)
                {
                    await PublishAsync(entry.Text, cancellationToken);
                }

                await store.ClearOutboxAsync(last, cancellationToken);
            }

            return true;
        }
#pragma warning disable CA1031 // Whatever stands in the way, the entries are durable and are tried again.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            LogFailed(exception, RetryAfter);
            return false;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await _work.WaitAsync(stoppingToken);
            while (!await TryPublishAsync(stoppingToken))
            {
                await Task.Delay(RetryAfter, clock, stoppingToken);
            }
        }
    }

    /// <remarks>A topic that was deleted since the bucket was told of it hears nothing more.</remarks>
    private async ValueTask PublishAsync(string entry, CancellationToken cancellationToken)
    {
        var end = entry.IndexOf(Separator, StringComparison.Ordinal);
        await topics.TryPublishAsync(entry[..end], new TopicMessage(entry[(end + 1)..], ObjectEvents.Subject), cancellationToken);
    }

    [LoggerMessage(EventId = 3201, Level = LogLevel.Warning, Message = "Events of buckets could not be published; the next attempt is in {Delay}")]
    private partial void LogFailed(Exception exception, TimeSpan delay);
}
