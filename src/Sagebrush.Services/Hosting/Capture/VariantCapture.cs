using System.Buffers;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Serving;
using Sagebrush.Serving.Routing;
using Sagebrush.State.Objects;

namespace Sagebrush.Services.Hosting.Capture;

/// <summary>The data capture of one variant: requests leave copies in a bounded queue, and files leave it for S3.</summary>
/// <remarks>A file is written when a few seconds or megabytes have gathered, and when the variant ends. What does not fit the queue is counted and told in the endpoint's log.</remarks>
internal sealed partial class VariantCapture : IInvocationCapture, IAsyncDisposable
{
    private const long LargestQueue = 64L << 20;
    private const int LargestFile = 8 << 20;

    private static readonly TimeSpan Gathering = TimeSpan.FromSeconds(2);

    private readonly IObjectStore _objects;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Action<string> _log;
    private readonly string _endpoint;
    private readonly string _variant;
    private readonly S3Location _destination;
    private readonly CaptureEncoding _encoding;
    private readonly double _share;
    private readonly bool _input;
    private readonly bool _output;
    private readonly Channel<CaptureRecord> _records = System.Threading.Channels.Channel.CreateUnbounded<CaptureRecord>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _pump;
    private long _queued;
    private long _shed;

    public VariantCapture(
        DataCaptureConfig config, string endpoint, string variant, IObjectStore objects, TimeProvider clock, Action<string> log, ILogger logger)
    {
        (_objects, _clock, _log, _logger, _endpoint, _variant) = (objects, clock, log, logger, endpoint, variant);
        _destination = S3Location.Parse(config.DestinationS3Uri);
        _encoding = new CaptureEncoding(config.CaptureContentTypeHeader);
        _share = config.InitialSamplingPercentage / 100.0;
        _input = config.CaptureOptions.Any(option => option.CaptureMode is CaptureMode.Input or CaptureMode.InputAndOutput);
        _output = config.CaptureOptions.Any(option => option.CaptureMode is CaptureMode.Output or CaptureMode.InputAndOutput);
        _pump = Task.Run(PumpAsync);
    }

    public bool Samples() => _share >= 1 || Random.Shared.NextDouble() < _share;

    public void Record(in CapturedRequest request, ReadOnlySequence<byte> body, in InvocationResult result, ReadOnlySpan<byte> answer)
    {
        var bytes = (_input ? body.Length : 0) + (_output ? answer.Length : 0);
        if (Interlocked.Add(ref _queued, bytes) > LargestQueue)
        {
            Interlocked.Add(ref _queued, -bytes);
            Interlocked.Increment(ref _shed);
            return;
        }

        _records.Writer.TryWrite(new CaptureRecord(
            _clock.GetUtcNow(),
            request.ContentType,
            _input ? body.ToArray() : null,
            result.ContentType,
            _output ? answer.ToArray() : null,
            request.CustomAttributes,
            request.InferenceId));
    }

    /// <summary>Writes what is queued, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _records.Writer.TryComplete();
        await _ending.CancelAsync();
        await _pump;
        _ending.Dispose();
    }

    private async Task PumpAsync()
    {
        while (await _records.Reader.WaitToReadAsync())
        {
            if (Volatile.Read(ref _queued) < LargestFile)
            {
                await Task.Delay(Gathering, _clock, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            List<CaptureRecord> file = [];
            for (var bytes = 0; bytes < LargestFile && _records.Reader.TryPeek(out var record) && SameHour(file, record); bytes += record.Bytes)
            {
                file.Add(record);
                _records.Reader.TryRead(out _);
            }

            Interlocked.Add(ref _queued, -file.Sum(record => record.Bytes));
            await WriteAsync(file);
            if (Interlocked.Exchange(ref _shed, 0) is var shed and > 0)
            {
                _log($"Data capture: {shed} requests were not captured, because they came faster than they could be stored.");
            }
        }
    }

    private static bool SameHour(List<CaptureRecord> file, CaptureRecord record) =>
        file is not [var first, ..] || (first.Time.Date == record.Time.Date && first.Time.Hour == record.Time.Hour);

    private async Task WriteAsync(List<CaptureRecord> file)
    {
        var place = _destination.Below(CaptureFile.Name(_endpoint, _variant, file[0].Time));
        try
        {
            using var bytes = new MemoryStream(CaptureFile.Lines(file, _encoding));
            using var content = await _objects.WriteAsync(bytes, new ContentOptions());
            await _objects.PutAsync(new ObjectTarget { Bucket = place.Bucket, Key = place.Key }, content);
        }
        catch (Exception error) when (error is ObjectStoreException or IOException)
        {
            _log($"Data capture: {file.Count} requests could not be stored at {place}: {error.Message}");
            LogLost(error, file.Count, _endpoint, place.ToString());
        }
    }

    [LoggerMessage(EventId = 3201, Level = LogLevel.Error, Message = "{Count} captured requests of endpoint {Endpoint} could not be stored at {Place}")]
    private partial void LogLost(Exception exception, int count, string endpoint, string place);
}
