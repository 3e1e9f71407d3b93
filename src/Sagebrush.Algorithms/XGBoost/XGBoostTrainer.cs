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

    /// <summary>Trains and saves the model.</summary>
    public void Run(CancellationToken cancellationToken)
    {
        var validation = XGBoostHyperparameters.Schema.Validate(context.Hyperparameters);
        if (!validation.IsValid)
        {
            throw new CustomerErrorException(validation.Message);
        }

        _values = validation.Values;
        if (!IsTrainingHost())
        {
            return;
        }

        if (!XGBoostLibrary.IsAvailable(out var problem))
        {
            throw new InvalidOperationException(problem);
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
    }

    /// <summary>Several hosts with the whole data each would train the same model: the first one does it.</summary>
    private bool IsTrainingHost()
    {
        if (context.Hosts.Count <= 1)
        {
            _log.Info("Single node training.");
            return true;
        }

        if (context.Channels.Values.Any(channel => channel.Distribution == "ShardedByS3Key"))
        {
            throw new CustomerErrorException(
                $"Training on {context.Hosts.Count} instances with sharded channels is not supported; use one instance, or the distribution FullyReplicated.");
        }

        var isFirst = context.Hosts.Order(StringComparer.Ordinal).First() == context.CurrentHost;
        _log.Info(isFirst
            ? $"This host, {context.CurrentHost}, trains on the whole data for all {context.Hosts.Count} hosts."
            : $"Another host trains on the whole data; {context.CurrentHost} has nothing to do.");
        return isFirst;
    }

    private void LoadData(CancellationToken cancellationToken)
    {
        if (!context.Channels.TryGetValue("train", out var channel))
        {
            throw new CustomerErrorException("Missing required channel: train");
        }

        if (context.Channels.Keys.FirstOrDefault(name => name is not ("train" or "validation" or "code")) is { } other)
        {
            throw new CustomerErrorException($"Extraneous channel found: {other}; the algorithm reads train and validation.");
        }

        var hasWeights = _values.GetValueOrDefault("csv_weights") == "1";
        var hasValidation = context.Channels.TryGetValue("validation", out var validation);
        var isCsv = XGBoostContentType.IsCsv(channel.ContentType);
        if (hasValidation && !isCsv)
        {
            // In sparse data a feature may occur in the validation rows alone; the library wants one width for both.
            _validation = XGBoostData.Read(validation!, hasWeights, 0, cancellationToken);
        }

        _train = XGBoostData.Read(channel, hasWeights, (int)(_validation?.ColumnCount ?? 0), cancellationToken);
        _log.Info($"Train matrix has {_train.RowCount} rows and {_train.ColumnCount} columns");
        if (!hasValidation)
        {
            return;
        }

        _validation ??= XGBoostData.Read(validation!, hasWeights, 0, cancellationToken);
        _log.Info($"Validation matrix has {_validation.RowCount} rows");
        if (isCsv && _validation.ColumnCount != _train.ColumnCount)
        {
            throw new CustomerErrorException(
                $"The validation channel has {_validation.ColumnCount} features, the train channel {_train.ColumnCount}.");
        }
    }

    private void Boost(CancellationToken cancellationToken)
    {
        var metrics = EvaluationMetrics();
        var objective = XGBoostObjective.Find(_values.GetValueOrDefault("objective", "reg:squarederror"))!;
        string[] custom = [.. metrics.Where(XGBoostCustomMetrics.Contains)];
        XGBoostData[] sets = _validation is null ? [_train!] : [_train!, _validation];
        using var booster = Booster.Create(Parameters(metrics), [.. sets.Select(set => set.Matrix)]);
        var checkpoints = context.CheckpointFolder is null ? null : new XGBoostCheckpoints(context.CheckpointFolder, context.Clock);
        var first = checkpoints?.Resume(booster, _log) ?? 0;
        var stopping = EarlyStopping(metrics);
        if (first > 0)
        {
            stopping?.Resume(booster);
        }

        byte[]? bestLinear = null;
        var rounds = int.Parse(_values["num_round"], CultureInfo.InvariantCulture);
        var done = first;
        for (var round = first; round < rounds && !cancellationToken.IsCancellationRequested; round++)
        {
            booster.Update(round, _train!.Matrix);
            done = round + 1;
            var evaluated = Evaluate(booster, round, sets, objective, custom);
            _log.Line(Format(round, evaluated));
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

        if (cancellationToken.IsCancellationRequested)
        {
            _log.Info($"Asked to stop after {done} of {rounds} rounds.");
            if (done == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            checkpoints?.Save(booster, done - 1);
        }

        SaveModel(booster, stopping, bestLinear);
    }

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
            all.AddRange(XGBoostCustomMetrics.Evaluate(booster, set, objective, classCount, custom));
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
