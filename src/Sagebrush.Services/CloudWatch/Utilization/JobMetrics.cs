using Sagebrush.State.Metrics;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.CloudWatch.Utilization;

/// <summary>What jobs tell CloudWatch: the metrics they print, and how much their hosts work.</summary>
internal sealed class JobMetrics(IMetricStore store, IMetricPublisher publisher, TimeProvider time)
{
    private const string TrainingJobs = "/aws/sagemaker/TrainingJobs";

    /// <summary>
    /// Keeps values a training job has printed, under its name as <c>TrainingJobName</c>; to the second for a few hours, as curves of
    /// short jobs need it.
    /// </summary>
    public ValueTask AddAsync(ResourceKey job, IReadOnlyList<JobMetricValue> values, CancellationToken cancellationToken)
    {
        var dimensions = MetricDimensions.Of(("TrainingJobName", job.Name));
        return store.PutAsync(
            [
                .. values.Select(value => new MetricSample(
                    new MetricKey(job.Account, job.Region, TrainingJobs, value.Name, dimensions),
                    value.Time.ToUnixTimeSeconds(),
                    MetricUnits.None,
                    StatisticSet.Of(value.Value),
                    HighResolution: true)),
            ],
            cancellationToken);
    }

    /// <summary>Publishes how much instances work, until the result is disposed.</summary>
    public IDisposable Meter(IEnumerable<UtilizationSubject> subjects) =>
        new Meters([.. subjects.Select(subject => new UtilizationMeter(publisher, time, subject))]);

    private sealed class Meters(UtilizationMeter[] meters) : IDisposable
    {
        public void Dispose()
        {
            foreach (var meter in meters)
            {
                meter.Dispose();
            }
        }
    }
}
