using Sagebrush.Compute.Execution;
using Sagebrush.State.Metrics;

namespace Sagebrush.Services.CloudWatch.Utilization;

/// <summary>
/// Publishes how much an instance works: <c>CPUUtilization</c>, <c>MemoryUtilization</c> and <c>DiskUtilization</c> in percent, as
/// SageMaker does for the hosts of jobs and the variants of endpoints.
/// </summary>
/// <remarks>Looks every few seconds, from the publisher's own loop, until it is disposed.</remarks>
internal sealed class UtilizationMeter : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly IMetricPublisher _publisher;
    private readonly TimeProvider _time;
    private readonly UtilizationSubject _subject;
    private readonly Lock _gate = new();
    private readonly IDisposable _source;
    private ProcessUsage? _last;
    private long _lastTime;

    /// <summary>Begins to publish.</summary>
    public UtilizationMeter(IMetricPublisher publisher, TimeProvider time, UtilizationSubject subject)
    {
        (_publisher, _time, _subject) = (publisher, time, subject);
        _last = subject.Measure();
        _lastTime = time.GetTimestamp();
        _source = publisher.AddSource(moment => Look(moment, atEnd: false));
    }

    /// <summary>Looks a last time and ends.</summary>
    public void Dispose()
    {
        Look(_time.GetUtcNow(), atEnd: true);
        _source.Dispose();
    }

    private void Look(DateTimeOffset moment, bool atEnd)
    {
        lock (_gate)
        {
            var elapsed = _time.GetElapsedTime(_lastTime);
            if (elapsed <= TimeSpan.Zero || (!atEnd && elapsed < Interval) || _subject.Measure() is not { } usage)
            {
                return;
            }

            // Time of processes that ended without a trace is missing: the figure is then too low, but never negative.
            if (_last is { } last && usage.Cpu >= last.Cpu)
            {
                Publish("CPUUtilization", 100 * (usage.Cpu - last.Cpu) / elapsed);
            }

            if (usage.MemoryBytes > 0)
            {
                Publish("MemoryUtilization", Math.Min(100, 100.0 * usage.MemoryBytes / _subject.MemoryBytes));
            }

            if (_subject.Folder is { } folder && DiskUse(folder) is { } share)
            {
                Publish("DiskUtilization", share);
            }

            (_last, _lastTime) = (usage, _time.GetTimestamp());
        }

        void Publish(string name, double value) => _publisher.Publish(_subject.Key(name), value, MetricUnits.Percent, moment);
    }

    private static double? DiskUse(string folder)
    {
        try
        {
            var drive = new DriveInfo(folder);
            return 100.0 * (drive.TotalSize - drive.AvailableFreeSpace) / drive.TotalSize;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
