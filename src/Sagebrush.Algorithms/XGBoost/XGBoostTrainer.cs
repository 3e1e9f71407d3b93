using System.Globalization;
using System.Text;
using Sagebrush.Learning.Trees.XGBoost;

namespace Sagebrush.Algorithms.XGBoost;

/// <summary>The training program of the built-in XGBoost.</summary>
internal sealed class XGBoostTrainer(TrainingContext context) : IDisposable
{
    /// <summary>Name of the artifact, in the container as here.</summary>
    public const string ModelFile = "xgboost-model";

    private readonly TrainingLog _log = context.Log;
    private IReadOnlyDictionary<string, string> _values = new Dictionary<string, string>();
    private XGBoostData? _train;
    private XGBoostData? _validation;
    private XGBoostCluster? _cluster;

    /// <summary>Trains and saves the model.</summary>
    public void Run(CancellationToken cancellationToken)
    {
        var validation = XGBoostHyperparameters.Schema.Validate(context.Hyperparameters);
        if (!validation.IsValid)
        {
            throw new CustomerErrorException(validation.Message);
        }

        _values = validation.Values;
        if (!XGBoostLibrary.IsAvailable(out var problem))
        {
            throw new InvalidOperationException(problem);
        }

        if (context.Hosts.Count > 1)
        {
            var hasData = !context.Channels.TryGetValue("train", out var train) || XGBoostData.HasFiles(train);
            _cluster = XGBoostCluster.Join(context, hasData, cancellationToken);
            if (_cluster is null)
            {
                _log.Warning($"{context.CurrentHost} has no file of the train channel and takes no part in the training.");
                return;
            }

            _log.Info($"Distributed training on {_cluster.Count} nodes: {context.CurrentHost} has rank {_cluster.Rank}.");
        }
        else
        {
            _log.Info("Single node training.");
        }

        LoadData(cancellationToken);
        XGBoostLibrary.LogTo(line => _log.Line(line.TrimEnd()));
        try
        {
            Boost(cancellationToken);
        }
        catch (XGBoostException e)
        {
            throw new CustomerErrorException($"XGBoost training failed: {e.Reason}{FirstWrongLabel(e)}", e);
        }
        finally
        {
            XGBoostLibrary.LogTo(null);
        }
    }

    public void Dispose()
    {
        _train?.Dispose();
        _validation?.Dispose();
        _cluster?.Dispose();
    }

    // What is told and kept for all hosts is so by the first.
    private bool Leads => _cluster is not { Leads: false };

    private void LoadData(CancellationToken cancellationToken)
    {
        if (!context.Channels.TryGetValue("train", out var channel))
        {
            throw new CustomerErrorException("Missing required channel: train");
        }

        if (context.Channels.Keys.FirstOrDefault(name => name is not ("train" or "validation" or XGBoostBaseModel.Channel or "code")) is { } other)
        {
            throw new CustomerErrorException($"Extraneous channel found: {other}; the algorithm reads train, validation and {XGBoostBaseModel.Channel}.");
        }

        var hasWeights = _values.GetValueOrDefault("csv_weights") == "1";
        var hasValidation = context.Channels.TryGetValue("validation", out var validation);
        var kind = XGBoostContentType.Parse(channel.ContentType);
        if (hasValidation && kind is (XGBoostFormatKind.Libsvm or XGBoostFormatKind.RecordIo))
        {
            // In sparse data a feature may occur in the validation rows alone; the library wants one width for both.
            _validation = Read(validation!, hasWeights, 0, cancellationToken);
        }

        _train = Read(channel, hasWeights, (int)(_validation?.ColumnCount ?? 0), cancellationToken);
        _log.Info($"Train matrix has {_train.RowCount} rows and {_train.ColumnCount} columns");
        if (!hasValidation)
        {
            return;
        }

        _validation ??= Read(validation!, hasWeights, 0, cancellationToken);
        _log.Info($"Validation matrix has {_validation.RowCount} rows");
        if (kind != XGBoostFormatKind.Libsvm && _validation.ColumnCount != _train.ColumnCount)
        {
            throw new CustomerErrorException(
                $"The validation channel has {_validation.ColumnCount} features, the train channel {_train.ColumnCount}.");
        }
    }

    /// <summary>Reads a channel; of one that every host has in full, the rows that are this host's share.</summary>
    private XGBoostData Read(ChannelConfiguration channel, bool hasWeights, int leastColumns, CancellationToken cancellationToken)
    {
        if (_cluster is null)
        {
            return XGBoostData.Read(channel, hasWeights, leastColumns, cancellationToken);
        }

        if (!XGBoostData.HasFiles(channel))
        {
            // The library has each matrix made by all hosts together, even if it is one to evaluate on of which this host has nothing.
            _log.Warning($"{context.CurrentHost} has no file of the {channel.Name} channel.");
            var empty = XGBoostData.Empty(channel.Name);
            return empty.ColumnCount > 0 ? empty : throw new CustomerErrorException($"No data in {channel.Name} channel path {channel.Folder}");
        }

        var data = XGBoostData.Read(channel, hasWeights, leastColumns, cancellationToken);
        if (channel.Distribution == "ShardedByS3Key")
        {
            return data;
        }

        using (data)
        {
            return data.Part(_cluster.Rank, _cluster.Count);
        }
    }

    private void Boost(CancellationToken cancellationToken)
    {
        var metrics = EvaluationMetrics();
        var objective = XGBoostObjective.Find(_values.GetValueOrDefault("objective", "reg:squarederror"))!;
        string[] custom = [.. metrics.Where(XGBoostCustomMetrics.Contains)];
        XGBoostData[] sets = _validation is null ? [_train!] : [_train!, _validation];
        using var booster = Booster.Create(Parameters(metrics), [.. sets.Select(set => set.Matrix)]);
        var checkpoints = context.CheckpointFolder is null || !Leads ? null : new XGBoostCheckpoints(context.CheckpointFolder, context.Clock);
        var given = StartFromGivenModel(booster);
        var first = TakeUp(booster, checkpoints, given);
        var stopping = EarlyStopping(metrics);
        if (first > given)
        {
            stopping?.Resume(booster);
        }

        byte[]? bestLinear = null;
        var rounds = given + int.Parse(_values["num_round"], CultureInfo.InvariantCulture);
        var done = first;
        var stopped = false;
        for (var round = first; round < rounds && !(stopped = IsAskedToStop(cancellationToken)); round++)
        {
            booster.Update(round, _train!.Matrix);
            done = round + 1;
            var evaluated = Evaluate(booster, round, sets, objective, custom);
            if (Leads)
            {
                _log.Line(Format(round, evaluated));
            }

            if (stopping is not null)
            {
                var goesOn = stopping.Observe(booster, round, evaluated);
                if (IsLinear && stopping.BestIteration == round)
                {
                    bestLinear = booster.Save();
                }

                if (!goesOn)
                {
                    _log.Info($"Stopping early: the best iteration is [{stopping.BestIteration}].");
                    break;
                }
            }

            checkpoints?.SaveWhenDue(booster, round);
        }

        if (stopped)
        {
            _log.Info($"Asked to stop after {done} of {rounds} rounds.");
            if (done == given)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            checkpoints?.Save(booster, done - 1);
        }

        if (Leads)
        {
            SaveModel(booster, stopping, bestLinear);
        }
    }

    /// <summary>Loads the model of the channel <c>model</c>, to which the training adds its rounds.</summary>
    /// <returns>The rounds it has; 0 without one.</returns>
    private int StartFromGivenModel(Booster booster)
    {
        if (!context.Channels.TryGetValue(XGBoostBaseModel.Channel, out var channel))
        {
            return 0;
        }

        try
        {
            booster.Load(XGBoostBaseModel.Read(channel));
        }
        catch (XGBoostException e)
        {
            throw new CustomerErrorException($"The {XGBoostBaseModel.Channel} channel does not hold an XGBoost model: {e.Reason}", e);
        }

        _log.Info($"Incremental training from a model of {booster.BoostedRounds} rounds.");
        return booster.BoostedRounds;
    }

    /// <summary>Takes up where a checkpoint was left: the leader's, for all hosts.</summary>
    private int TakeUp(Booster booster, XGBoostCheckpoints? checkpoints, int given)
    {
        var first = Math.Max(given, checkpoints?.Resume(booster, _log) ?? 0);
        if (_cluster is null)
        {
            return first;
        }

        var model = _cluster.FromLeader(first > 0 ? booster.Save() : []);
        if (model.Length > 0 && !_cluster.Leads)
        {
            booster.Load(model);
        }

        return (int)_cluster.Max(first);
    }

    /// <summary>Whether to stop; hosts hear of it at different moments, and must stop after the same round.</summary>
    private bool IsAskedToStop(CancellationToken cancellationToken) =>
        _cluster is null ? cancellationToken.IsCancellationRequested : _cluster.Max(cancellationToken.IsCancellationRequested ? 1 : 0) > 0;

    private bool IsLinear => _values.GetValueOrDefault("booster") == "gblinear";

    private List<EvaluatedMetric> Evaluate(
        Booster booster, int round, XGBoostData[] sets, XGBoostObjective objective, string[] custom)
    {
        var classCount = int.Parse(_values.GetValueOrDefault("num_class", "0"), CultureInfo.InvariantCulture);
        var native = booster.Evaluate(round, [.. sets.Select(set => (set.Name, set.Matrix))]);
        List<EvaluatedMetric> all = [];
        foreach (var set in sets)
        {
            all.AddRange(native.Where(metric => metric.DataSet == set.Name));
            all.AddRange(XGBoostCustomMetrics.Evaluate(booster, set, objective, classCount, custom, _cluster));
        }

        return all;
    }

    /// <summary>A line such as <c>[0]#011train-rmse:8.09123</c>: tabs are <c>#011</c> in the logs SageMaker's metrics are read from.</summary>
    private static string Format(int round, List<EvaluatedMetric> metrics)
    {
        var line = new StringBuilder();
        line.Append(CultureInfo.InvariantCulture, $"[{round}]");
        foreach (var metric in metrics)
        {
            line.Append(CultureInfo.InvariantCulture, $"#011{metric.DataSet}-{metric.Metric}:{metric.Value:F5}");
        }

        return line.ToString();
    }

    private string[] EvaluationMetrics()
    {
        var metrics = XGBoostMetrics.Split(_values.GetValueOrDefault("eval_metric", ""));
        if (TuningMetric is not { } tuning)
        {
            return metrics;
        }

        return [.. metrics.Append(tuning).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>The metric of <c>validation:auc</c>.</summary>
    private string? TuningMetric =>
        _values.TryGetValue("_tuning_objective_metric", out var name) ? name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..] : null;

    private XGBoostEarlyStopping? EarlyStopping(string[] metrics)
    {
        if (!_values.TryGetValue("early_stopping_rounds", out var text))
        {
            return null;
        }

        if (_validation is null)
        {
            _log.Warning("early_stopping_rounds has no effect without a validation channel.");
            return null;
        }

        return new(int.Parse(text, CultureInfo.InvariantCulture), TuningMetric ?? metrics.LastOrDefault());
    }

    private List<KeyValuePair<string, string>> Parameters(string[] metrics)
    {
        List<KeyValuePair<string, string>> parameters = [];
        foreach (var (name, value) in _values)
        {
            if (name == "tree_method" && value == "gpu_hist")
            {
                _log.Warning("tree_method gpu_hist needs a GPU; hist is used, which builds the same kind of trees.");
                parameters.Add(new(name, "hist"));
            }
            else if (name == "monotone_constraints" && value.StartsWith('['))
            {
                parameters.Add(new(name, $"({value.Trim('[', ']')})"));
            }
            else if (XGBoostHyperparameters.IsForLibrary(name))
            {
                parameters.Add(new(name, value));
            }
        }

        // What the platform gives the job, when that is less than the machine has.
        if (!_values.ContainsKey("nthread")
            && int.TryParse(Environment.GetEnvironmentVariable("SM_NUM_CPUS"), CultureInfo.InvariantCulture, out var processors)
            && processors >= 1 && processors < Environment.ProcessorCount)
        {
            parameters.Add(new("nthread", processors.ToString(CultureInfo.InvariantCulture)));
        }

        // A training that goes on from a checkpoint then draws the same rows and columns as one that was never interrupted.
        if (context.CheckpointFolder is not null)
        {
            parameters.Add(new("seed_per_iteration", "1"));
        }

        parameters.AddRange(metrics
            .Where(metric => !XGBoostCustomMetrics.Contains(metric))
            .Select(metric => new KeyValuePair<string, string>("eval_metric", metric)));
        return parameters;
    }

    private void SaveModel(Booster booster, XGBoostEarlyStopping? stopping, byte[]? bestLinear)
    {
        byte[] content;
        if (stopping is null || stopping.BestIteration < 0 || stopping.BestIteration + 1 >= booster.BoostedRounds)
        {
            content = booster.Save();
        }
        else if (IsLinear)
        {
            // A linear model cannot be cut back to a round; the best one was kept, unless it was before the last checkpoint.
            content = bestLinear ?? booster.Save();
        }
        else
        {
            using var best = booster.FirstRounds(stopping.BestIteration + 1);
            content = best.Save();
        }

        AtomicFile.Write(Path.Combine(context.Folder.Model, ModelFile), content);
        _log.Info($"Saved the model, {content.Length} bytes, to {Path.Combine(context.Folder.Model, ModelFile)}.");
    }

    private string FirstWrongLabel(XGBoostException error)
    {
        if (!error.Message.Contains("label", StringComparison.OrdinalIgnoreCase))
        {
            return "";
        }

        var objective = _values.GetValueOrDefault("objective", "reg:squarederror");
        var classes = float.Parse(_values.GetValueOrDefault("num_class", "0"), CultureInfo.InvariantCulture);
        Predicate<float> isWrong = objective switch
        {
            "binary:logistic" or "binary:logitraw" or "binary:hinge" or "reg:logistic" => label => label is not (>= 0 and <= 1),
            "multi:softmax" or "multi:softprob" => label => !(label >= 0 && label < classes),
            "count:poisson" or "reg:tweedie" => label => !(label >= 0),
            "reg:gamma" => label => !(label > 0),
            _ => label => !float.IsFinite(label),
        };
        var row = Array.FindIndex(_train!.Labels, isWrong);
        return row < 0 ? "" : string.Create(
            CultureInfo.InvariantCulture, $" The first such label of the train channel is {_train.Labels[row]}, in its row {row + 1}.");
    }
}
