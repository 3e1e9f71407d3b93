using System.Globalization;
using Sagebrush.Algorithms.Training;
using Sagebrush.Learning;
using Sagebrush.Learning.Trees.Boosting;

namespace Sagebrush.Algorithms.Trees;

/// <summary>The training program of LightGBM: rounds, each judged and told, early stopping, checkpoints.</summary>
internal sealed class LightGbmTrainer(TrainingContext context, HyperparameterValues values, bool isClassifier)
{
    private const string CheckpointPrefix = "lightgbm-checkpoint.";
    private const int CostShare = 10;
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1);

    private long _lastSaved = context.Clock.GetTimestamp();
    private TimeSpan _lastCost;

    public void Run(CancellationToken cancellationToken)
    {
        var data = TabularChannels.Read(context, long.Parse(values.Text("seed"), CultureInfo.InvariantCulture), cancellationToken);
        var classes = isClassifier ? ClassLabels.Of(data.Train.Labels, context.Log) : null;
        var objective = classes switch { null => BoostingObjective.SquaredError, { Count: 2 } => BoostingObjective.Binary, _ => BoostingObjective.Multiclass };
        var options = LightGbmHyperparameters.Options(values, objective, classes?.Count ?? 0, data.Categories);
        var labels = classes?.Encode(data.Train.Labels, "train") ?? data.Train.Labels;
        var metric = Metric(objective);
        var validation = new BoostingValidation(
            data.Validation.Features, classes?.Encode(data.Validation.Labels, "validation") ?? data.Validation.Labels, metric);
        var boosting = new GradientBoosting(data.Train.Features, labels, options, Weights(labels, objective), cancellationToken);
        Resume(boosting);
        var (best, bestRound) = (double.NaN, 0);
        for (var round = 1; round <= options.Rounds; round++)
        {
            if (round > boosting.Rounds)
            {
                if (cancellationToken.IsCancellationRequested)
                {
                    context.Log.Info($"Asked to stop after round {boosting.Rounds}.");
                    break;
                }

                // A tree is short work beside a half one that would have to be thrown away.
                boosting.AddRound(CancellationToken.None);
                SaveWhenDue(boosting, cancellationToken);
            }

            var value = validation.Evaluate(boosting, round);
            context.Log.Line(string.Create(CultureInfo.InvariantCulture, $"[{round}] valid_0's {metric.Name}: {value:0.##########}"));
            if (double.IsNaN(best) || (metric.IsMaximized ? value > best : value < best))
            {
                (best, bestRound) = (value, round);
            }
            else if (options.Patience > 0 && round - bestRound >= options.Patience)
            {
                context.Log.Info($"Early stopping, best iteration is: [{bestRound}] valid_0's {metric.Name}: {best.ToString("0.##########", CultureInfo.InvariantCulture)}");
                break;
            }
        }

        if (boosting.Rounds == 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        var rounds = options.Patience > 0 ? bestRound : boosting.Rounds;
        AtomicFile.Write(Path.Combine(context.Folder.Model, TabularJob.ModelFile), boosting.Model(rounds).Save());
        classes?.Save(context.Folder.Model);
        context.Log.Info($"Saved the model of {rounds} rounds.");
    }

    private BoostingMetric Metric(BoostingObjective objective)
    {
        var name = values.Text("metric");
        var metric = name == "auto" ? BoostingMetric.Of(objective) : BoostingMetric.Find(name)!;
        return metric.Objectives.Contains(objective)
            ? metric
            : throw new CustomerErrorException($"Hyperparameter metric: {name} does not judge a training of {(objective == BoostingObjective.Binary ? "two" : "several")} classes.");
    }

    private float[] Weights(float[] labels, BoostingObjective objective)
    {
        if (objective != BoostingObjective.Binary)
        {
            return [];
        }

        var ones = labels.Count(label => label == 1);
        var factor = values.Flag("is_unbalance") ? (labels.Length - ones) / (float)Math.Max(1, ones) : (float)values.Number("scale_pos_weight");
        return factor == 1 ? [] : Array.ConvertAll(labels, label => label == 1 ? factor : 1);
    }

    private void Resume(GradientBoosting boosting)
    {
        foreach (var path in Checkpoints())
        {
            try
            {
                boosting.Resume(GradientBoostingModel.Load(path));
                context.Log.Info($"Checkpoint loaded from {path}; resuming after round {boosting.Rounds}.");
                return;
            }
            catch (Exception e) when (e is ModelFormatException or ArgumentException)
            {
                context.Log.Warning($"The checkpoint {path} cannot be used and is passed over: {e.Message}");
            }
        }
    }

    // Saving takes up at most a tenth of the time, except at the end of a job that is asked to stop.
    private void SaveWhenDue(GradientBoosting boosting, CancellationToken cancellationToken)
    {
        var since = context.Clock.GetElapsedTime(_lastSaved);
        if (context.CheckpointFolder is not { } folder
            || (!cancellationToken.IsCancellationRequested && (since < ShortestInterval || since < _lastCost * CostShare)))
        {
            return;
        }

        var start = context.Clock.GetTimestamp();
        AtomicFile.Write(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{CheckpointPrefix}{boosting.Rounds:D8}")), boosting.Model(boosting.Rounds).Save());
        foreach (var old in Checkpoints().Skip(2))
        {
            File.Delete(old);
        }

        _lastSaved = context.Clock.GetTimestamp();
        _lastCost = context.Clock.GetElapsedTime(start, _lastSaved);
    }

    private List<string> Checkpoints() => context.CheckpointFolder is { } folder && Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder, CheckpointPrefix + "*").OrderDescending(StringComparer.Ordinal)]
        : [];
}
