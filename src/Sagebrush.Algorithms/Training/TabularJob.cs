using System.Globalization;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Algorithms.Training;

/// <summary>A training job of one of SageMaker's own tabular algorithms: its values, tables, log lines and artifact.</summary>
internal sealed class TabularJob
{
    /// <summary>Name of the artifact's file, as SageMaker's algorithms leave it.</summary>
    public const string ModelFile = "model_algo-1";

    private readonly TrainingContext _context;

    private TabularJob(TrainingContext context, HyperparameterValues values)
    {
        _context = context;
        Values = values;
    }

    /// <summary>The hyperparameters.</summary>
    public HyperparameterValues Values { get; }

    /// <summary>The job's log.</summary>
    public TrainingLog Log => _context.Log;

    /// <summary>Processors that the platform gives the job; 0 for all.</summary>
    public static int Threads => int.TryParse(Environment.GetEnvironmentVariable("SM_NUM_CPUS"), CultureInfo.InvariantCulture, out var processors) && processors >= 1
        ? Math.Min(processors, Environment.ProcessorCount)
        : 0;

    /// <summary>Checks hyperparameters and channels.</summary>
    /// <returns>Null when another host does the work.</returns>
    /// <exception cref="CustomerErrorException">Something is wrong.</exception>
    public static TabularJob? Begin(TrainingContext context, IBuiltInAlgorithm algorithm)
    {
        var values = HyperparameterValues.Check(algorithm.Hyperparameters, context.Hyperparameters);
        if (algorithm.Channels.FirstOrDefault(channel => channel.IsRequired && !context.Channels.ContainsKey(channel.Name)) is { } missing)
        {
            throw new CustomerErrorException($"Missing required channel: {missing.Name}");
        }

        if (context.Channels.Keys.FirstOrDefault(name => algorithm.Channels.All(channel => channel.Name != name)) is { } other)
        {
            throw new CustomerErrorException(
                $"Extraneous channel found: {other}; the algorithm reads {string.Join(", ", algorithm.Channels.Select(channel => channel.Name))}.");
        }

        return HostRole.Trains(context) ? new(context, values) : null;
    }

    /// <summary>Reads a channel; null when the job has none of the name.</summary>
    /// <exception cref="CustomerErrorException">It cannot be read.</exception>
    public TrainingTable? Read(string name, LabelUse use, int? featureCount, CancellationToken cancellationToken, bool allowsMissing = false)
    {
        if (!_context.Channels.TryGetValue(name, out var channel))
        {
            return null;
        }

        var table = TrainingTableReader.Read(channel, use, featureCount, cancellationToken, allowsMissing);
        Log.Info($"The {name} channel has {table.RowCount} rows and {table.Features.ColumnCount} features.");
        return table;
    }

    /// <summary>Reads a channel as sparse rows; null when the job has none of the name.</summary>
    /// <exception cref="CustomerErrorException">It cannot be read.</exception>
    public SparseTable? ReadSparse(string name, int featureCount, CancellationToken cancellationToken)
    {
        if (!_context.Channels.TryGetValue(name, out var channel))
        {
            return null;
        }

        var table = TrainingTableReader.ReadSparse(channel, featureCount, cancellationToken);
        Log.Info($"The {name} channel has {table.RowCount} rows and {table.Values.Length} values.");
        return table;
    }

    /// <summary>Writes the value of a metric in SageMaker's form.</summary>
    /// <param name="subject">Data set and metric, such as <c>test msd</c>.</param>
    /// <param name="kind"><c>loss</c> or <c>score</c>.</param>
    /// <param name="value">The value.</param>
    /// <param name="epoch">The epoch it belongs to; null for the final model.</param>
    public void Metric(string subject, string kind, double value, int? epoch = null) => Log.Info(string.Create(
        CultureInfo.InvariantCulture,
        $"#quality_metric: host={_context.CurrentHost}, {(epoch is { } number ? $"epoch={number}, " : "")}{subject} <{kind}>={value:R}"));

    /// <summary>Writes how far training is.</summary>
    public void Progress(double share) => Log.Info(string.Create(
        CultureInfo.InvariantCulture, $"#progress_metric: host={_context.CurrentHost}, completed {100 * share:0.##} % of epochs"));

    /// <summary>Leaves the artifact.</summary>
    public void Save(byte[] model)
    {
        AtomicFile.Write(Path.Combine(_context.Folder.Model, ModelFile), model);
        Log.Info($"Saved the model, {model.Length} bytes.");
    }

    /// <summary>Finds the artifact's file.</summary>
    /// <exception cref="Learning.ModelFormatException">There is none.</exception>
    public static string Find(string modelFolder)
    {
        var path = Path.Combine(modelFolder, ModelFile);
        return File.Exists(path) ? path : throw new Learning.ModelFormatException($"The model artifact holds no model: expected the file {ModelFile}.");
    }

    /// <summary>A metric of the final model or, with <paramref name="perEpoch"/>, of every epoch.</summary>
    public static AlgorithmMetric Definition(string dataSet, string metric, string kind, bool maximized, bool perEpoch = false, string? logged = null) => new(
        $"{dataSet}:{metric}", $"#quality_metric: host=\\S+, {(perEpoch ? "epoch=\\S+, " : "")}{dataSet} {logged ?? metric} <{kind}>=(\\S+)", maximized);
}
