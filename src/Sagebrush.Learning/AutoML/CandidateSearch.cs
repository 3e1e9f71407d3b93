using Sagebrush.Learning.AutoML.Learners;

namespace Sagebrush.Learning.AutoML;

/// <summary>Tries candidates until the time is up, and makes the best model of them.</summary>
internal sealed class CandidateSearch(
    LabelledRows rows, Folds folds, FoldFeatures features, CandidateStore store, AutopilotOptions options, AutopilotAnalysis analysis, TimeProvider clock, DateTimeOffset started)
{
    /// <summary>Floats of predictions to keep; beyond them the worst candidates' are let go.</summary>
    private const long MostKept = 1L << 27;

    /// <summary>Members with less weight than this are not worth their time at inference.</summary>
    private const double LeastWeight = 0.02;

    /// <summary>The share of the search's time after which what comes last in the list gives way to candidates that stand on others.</summary>
    private const double LateShare = 0.7;

    /// <summary>How far from the best to what a constant says a candidate may be after its first fold; for those that vary what did well, less.</summary>
    private const double HopelessShare = 0.6;

    /// <summary>See <see cref="HopelessShare"/>.</summary>
    private const double HopelessVariation = 0.04;

    /// <summary>Fewer rows in the first fold than this would say too little.</summary>
    private const int FewestRowsToGiveUp = 200;

    private readonly List<Candidate> _tried = [];
    private readonly Dictionary<int, float[]> _outputs = [];
    private readonly float[] _labels = rows.Labels(folds.Judged);
    private readonly float[] _weights = rows.WeightsOf(folds.Judged) ?? [];

    private readonly Lazy<double> _constantLoss = new(() => CandidateLoss.OfConstant(analysis.Task, analysis.Objective, rows.Labels(folds.Valid[0]), rows.WeightsOf(folds.Valid[0]) ?? []));

    private AutopilotTask Task => analysis.Task;

    /// <summary>Tries candidates.</summary>
    /// <returns>Whether the time was up, rather than everything tried.</returns>
    public bool Run(CandidateSequence sequence, DateTimeOffset end, IAutopilotObserver observer, string[] columns, int[] texts, CancellationToken cancellationToken)
    {
        while (options.MaxCandidates == 0 || _tried.Count < options.MaxCandidates)
        {
            var now = clock.GetUtcNow();
            var hasOne = _outputs.Count > 0;
            var usual = hasOne ? _tried.Where(candidate => candidate.Failure is null).Average(candidate => candidate.Seconds) : 0;
            if (hasOne && (cancellationToken.IsCancellationRequested || now >= end || now.AddSeconds(usual / 2) >= end))
            {
                return true;
            }

            if (sequence.Next(_tried, isLate: now - started > (end - started) * LateShare) is not { } spec)
            {
                return false;
            }

            // Predictions that were let go cannot be stood on.
            spec = spec.Inputs.Count == 0 ? spec : spec with { Inputs = [.. spec.Inputs.Where(_outputs.ContainsKey)] };
            var number = _tried.Count + 1;
            var deadline = options.CandidateBudget is { } budget && now + budget < end ? now + budget : end;
            var candidate = Try(spec, number, deadline, sequence.IsVariation(_tried), cancellationToken);
            if (candidate is null)
            {
                return true;
            }

            _tried.Add(candidate);
            if (candidate.Failure is null)
            {
                observer.Tried(candidate, folder => Assemble(folder, candidate, columns, texts));
            }
            else
            {
                observer.Tried(candidate, _ => throw new InvalidOperationException("A candidate that failed has no model."));
            }

            LetGo();
        }

        return false;
    }

    /// <summary>Puts the best together.</summary>
    /// <exception cref="AutopilotDataException">No candidate could be trained.</exception>
    public AutopilotResult Finish(bool isOver, string[] columns, int[] texts, IAutopilotObserver observer)
    {
        if (_outputs.Count == 0)
        {
            throw new AutopilotDataException($"No candidate could be trained: {string.Join("; ", _tried.Select(candidate => $"{candidate.Spec?.Algorithm}: {candidate.Failure}").Distinct())}");
        }

        int[] numbers = [.. _outputs.Keys.Order()];
        double[] weights = analysis.Mode == AutopilotMode.Ensembling && numbers.Length > 1
            ? GreedyEnsemble.Choose([.. numbers.Select(number => _outputs[number])], Loss)
            : [.. numbers.Select(number => number == _tried.Where(candidate => candidate.Failure is null).MinBy(candidate => candidate.Loss)!.Number ? 1.0 : 0)];
        var kept = numbers.Zip(weights).Where(pair => pair.Second >= LeastWeight).ToDictionary(pair => pair.First, pair => pair.Second);
        var total = kept.Values.Sum();
        kept = kept.ToDictionary(entry => entry.Key, entry => entry.Value / total);
        var outputs = new float[_outputs[numbers[0]].Length];
        foreach (var (number, weight) in kept)
        {
            System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(_outputs[number], (float)weight, outputs, outputs);
        }

        var isSingle = kept.Count == 1;
        var best = Judge(
            isSingle
                ? _tried[kept.Keys.Single() - 1]
                : new() { Number = _tried.Count + 1, Weights = kept, Loss = Loss(outputs), StartSecond = (clock.GetUtcNow() - started).TotalSeconds },
            outputs);
        Func<string, AutopilotModel> model = folder => Assemble(folder, best, columns, texts);
        if (!isSingle)
        {
            observer.Tried(best, model);
        }

        return new()
        {
            Analysis = analysis,
            Candidates = isSingle ? _tried : [.. _tried, best],
            Best = best,
            Model = model,
            JudgedRows = folds.Judged,
            JudgedOutputs = outputs,
            JudgedWeights = _weights,
            Threshold = best.Threshold,
            EndedByTime = isOver,
        };
    }

    private Candidate? Try(CandidateSpec spec, int number, DateTimeOffset deadline, bool isVariation, CancellationToken cancellationToken)
    {
        if (store.Find(number, spec, _labels.Length * Task.OutputCount) is { } stored)
        {
            if (stored.Candidate.Failure is null)
            {
                _outputs[number] = stored.Outputs;
            }

            return stored.Candidate;
        }

        var begun = clock.GetUtcNow();
        var candidate = new Candidate { Number = number, Spec = spec, StartSecond = (begun - started).TotalSeconds };
        float[] outputs = [];
        try
        {
            outputs = new CandidateTrainer(rows, folds, features, store, options, analysis.Objective, _outputs, clock)
                .Train(spec, number, deadline, first => IsHopeless(first, isVariation), cancellationToken);
            if (outputs.Length < _labels.Length * Task.OutputCount)
            {
                var (loss, best) = (FirstLoss(outputs), _outputs.Values.Min(FirstLoss));
                candidate = candidate with { IsGivenUp = true, Loss = loss, Failure = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Given up after its first fold: a loss of {loss:G4} beside the best one's {best:G4}.") };
                outputs = [];
            }
            else
            {
                candidate = Judge(candidate with { Loss = Loss(outputs) }, [.. outputs]);
                _outputs[number] = outputs;
            }
        }
        catch (OperationCanceledException) when (_outputs.Count > 0)
        {
            return null;
        }
        catch (Exception e) when (e is not OperationCanceledException and not OutOfMemoryException && LearnerCatalogue.IsLearningFailure(e))
        {
            candidate = candidate with { Failure = e.Message };
        }

        candidate = candidate with { Seconds = (clock.GetUtcNow() - begun).TotalSeconds };
        store.Add(candidate, outputs);
        return candidate;
    }

    /// <summary>Whether predictions of the first fold's rows are so bad that the rest is not worth its time.</summary>
    private bool IsHopeless(float[] first, bool isVariation)
    {
        if (_outputs.Count == 0 || folds.Valid[0].Length < FewestRowsToGiveUp || first.AsSpan().ContainsAny(float.NaN, float.PositiveInfinity, float.NegativeInfinity))
        {
            return false;
        }

        var best = _outputs.Values.Min(FirstLoss);
        return FirstLoss(first) > best + ((isVariation ? HopelessVariation : HopelessShare) * Math.Max(0, _constantLoss.Value - best));
    }

    /// <summary>The loss of the first fold's rows.</summary>
    private double FirstLoss(float[] outputs)
    {
        var count = folds.Valid[0].Length;
        return CandidateLoss.Of(Task, analysis.Objective, _labels.AsSpan(0, count), outputs.AsSpan(0, count * Task.OutputCount), _weights.Length == 0 ? [] : _weights.AsSpan(0, count));
    }

    private double Loss(float[] outputs) => CandidateLoss.Of(Task, analysis.Objective, _labels, outputs, _weights);

    /// <summary>Calibrates predictions in place, finds the threshold, and measures.</summary>
    private Candidate Judge(Candidate candidate, float[] outputs)
    {
        var likelihood = AutopilotObjective.Find("Accuracy")!;
        var calibration = ProbabilityCalibration.Fit(Task, _labels, outputs, _weights, changed => CandidateLoss.Of(Task, likelihood, _labels, changed, _weights));
        calibration.Apply(outputs, Task.OutputCount);
        var threshold = DecisionThreshold.Find(Task, analysis.Objective, _labels, outputs, _weights);
        return candidate with
        {
            Slope = calibration.Slope,
            Shift = calibration.Shift,
            Threshold = threshold,
            Metrics = AutopilotObjective.Evaluate(Task.Problem, _labels, outputs, Task.Classes.Count, threshold, _weights),
        };
    }

    private void LetGo()
    {
        while (_outputs.Count > 4 && _outputs.Values.Sum(outputs => (long)outputs.Length) > MostKept)
        {
            _outputs.Remove(_outputs.Keys.MaxBy(number => _tried[number - 1].Loss));
        }
    }

    private AutopilotModel Assemble(string folder, Candidate candidate, string[] columns, int[] texts)
    {
        var weights = candidate.Spec is null ? candidate.Weights : new Dictionary<int, double> { [candidate.Number] = 1 };
        List<ModelMember> members = [];
        Dictionary<string, string> files = new(StringComparer.Ordinal);
        // Those that others stand on come along, if only for that.
        int[] below = [.. weights.Keys.SelectMany(number => _tried[number - 1].Spec!.Inputs).Where(number => !weights.ContainsKey(number)).Distinct()];
        foreach (var (number, weight) in weights.Concat(below.Select(number => KeyValuePair.Create(number, 0.0))).OrderBy(entry => entry.Key))
        {
            var spec = _tried[number - 1].Spec!;
            for (var fold = 0; fold < folds.Count; fold++)
            {
                var (pipeline, model) = ($"features-{CandidateStore.PipelineKey(spec, fold)}.json", $"candidate-{number:D3}-fold-{fold}.model");
                files[pipeline] = store.PipelinePath(spec, fold);
                files[model] = store.ModelPath(number, fold);
                members.Add(new(spec.Algorithm, pipeline, model, weight / folds.Count, number, spec.Inputs.Count == 0 ? null : spec.Inputs));
            }
        }

        var manifest = new ModelManifest
        {
            Format = members.Exists(member => member.Inputs is not null) ? ModelManifest.StackedFormat : 1,
            Target = Task.Target,
            Problem = Task.Problem,
            Classes = Task.Classes,
            Columns = columns,
            TextColumns = texts,
            Threshold = candidate.Threshold,
            Slope = candidate.Slope,
            Shift = candidate.Shift,
            Members = members,
        };
        return AutopilotModel.Create(manifest, folder, files);
    }
}
