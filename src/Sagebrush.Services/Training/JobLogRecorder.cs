using System.Text.Json;
using Sagebrush.Compute.Execution;
using Sagebrush.Compute.Jobs;
using Sagebrush.Services.CloudWatch.Utilization;
using Sagebrush.State.Logs;

namespace Sagebrush.Services.Training;

/// <summary>Brings what a job prints into the log store, and picks its metrics out on the way.</summary>
/// <remarks>
/// Progress is written to the job's folder after each batch, so that another program goes on where this one was killed;
/// at worst one batch is then stored twice, never lost.
/// </remarks>
internal sealed class JobLogRecorder(ILogStore logs, LogStreamKey stream, JobFolder folder, MetricReader metrics)
{
    private const int TailLines = 100;
    private const int TailLineLength = 1024;

    private readonly string _path = Path.Join(folder.Run, "progress.json");

    /// <summary>How far it has come.</summary>
    public JobProgress Progress { get; private set; } = new();

    /// <summary>Keeps the metrics of a batch, before its lines count as recorded.</summary>
    public Func<IReadOnlyList<JobMetricValue>, CancellationToken, ValueTask>? MetricsFound { get; init; }

    /// <summary>Called after a batch that changed a metric.</summary>
    public Func<Task>? MetricsChanged { get; init; }

    /// <summary>Records until the run has ended and all it printed is kept.</summary>
    public async Task RecordAsync(IJobRun run, CancellationToken cancellationToken)
    {
        Load();
        await foreach (var batch in run.ReadLogAsync(Progress.Position, cancellationToken))
        {
            var lines = batch.Lines.Select(line => new State.Logs.LogLine(line.Timestamp.ToUnixTimeMilliseconds(), line.Text)).ToList();
            while (!await logs.AppendAsync(stream, lines, cancellationToken))
            {
                // Not there yet, or deleted by somebody.
                await logs.EnsureStreamAsync(stream, cancellationToken);
            }

            var found = Learn(batch.Lines);
            if (found.Count > 0 && MetricsFound is { } keep)
            {
                await keep(found, cancellationToken);
            }

            Progress.Position = batch.NextPosition;
            Save();
            run.ForgetLog(batch.NextPosition);
            if (found.Count > 0 && MetricsChanged is { } tell)
            {
                await tell();
            }
        }
    }

    private List<JobMetricValue> Learn(IReadOnlyList<Compute.Execution.LogLine> lines)
    {
        List<JobMetricValue> found = [];
        foreach (var line in lines)
        {
            foreach (var (name, value) in metrics.Read(line.Text))
            {
                lock (Progress.Metrics)
                {
                    Progress.Metrics[name] = new JobProgress.MetricValue(value, line.Timestamp.ToUnixTimeMilliseconds());
                }

                found.Add(new JobMetricValue(name, value, line.Timestamp));
            }
        }

        Progress.Tail.AddRange(lines.TakeLast(TailLines).Select(line => line.Text.Length > TailLineLength ? line.Text[..TailLineLength] : line.Text));
        Progress.Tail.RemoveRange(0, Math.Max(0, Progress.Tail.Count - TailLines));
        return found;
    }

    /// <summary>Reads how far an earlier recorder of this job came.</summary>
    public void Load()
    {
        if (File.Exists(_path))
        {
            Progress = JsonSerializer.Deserialize(File.ReadAllBytes(_path), TrainingJobJson.Default.JobProgress) ?? new JobProgress();
        }
    }

    private void Save()
    {
        var temporary = _path + ".new";
        File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(Progress, TrainingJobJson.Default.JobProgress));
        File.Move(temporary, _path, overwrite: true);
    }
}
