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

    private readonly List<Candidate> _tried = [];
    private readonly Dictionary<int, float[]> _outputs = [];
    private readonly float[] _labels = rows.Labels(folds.Judged);
    private readonly float[] _weights = rows.WeightsOf(folds.Judged) ?? [];

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

            if (sequence.Next(_tried) is not { } spec)
            {
                return false;
            }

            var number = _tried.Count + 1;
            var deadline = options.CandidateBudget is { } budget && now + budget < end ? now + budget : end;
            var candidate = Try(spec, number, deadline, cancellationToken);
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
            Threshold = best.Threshold,
            EndedByTime = isOver,
        };
    }

    private Candidate? Try(CandidateSpec spec, int number, DateTimeOffset deadline, CancellationToken cancellationToken)
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
            outputs = new CandidateTrainer(rows, folds, features, store, options, analysis.Objective, clock).Train(spec, number, deadline, cancellationToken);
            candidate = Judge(candidate with { Loss = Loss(outputs) }, [.. outputs]);
            _outputs[number] = outputs;
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

    private double Loss(float[] outputs) => CandidateLoss.Of(Task, analysis.Objective, _labels, outputs, _weights);

    /// <summary>Calibrates predictions in place, finds the threshold, and measures.</summary>
    private Candidate Judge(Candidate candidate, float[] outputs)
    {
        var likelihood = AutopilotObjective.Find("Accuracy")!;
        var calibration = ProbabilityCalibration.Fit(Task, _labels, outputs, changed => CandidateLoss.Of(Task, likelihood, _labels, changed, _weights));
        calibration.Apply(outputs, Task.OutputCount);
        var threshold = DecisionThreshold.Find(Task, analysis.Objective, _labels, outputs);
        return candidate with
        {
            Slope = calibration.Slope,
            Shift = calibration.Shift,
            Threshold = threshold,
            Metrics = AutopilotObjective.Evaluate(Task.Problem, _labels, outputs, Task.Classes.Count, threshold),
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
        foreach (var (number, weight) in weights)
        {
            var spec = _tried[number - 1].Spec!;
            for (var fold = 0; fold < folds.Count; fold++)
            {
                var (pipeline, model) = ($"features-{CandidateStore.PipelineKey(spec, fold)}.json", $"candidate-{number:D3}-fold-{fold}.model");
                files[pipeline] = store.PipelinePath(spec, fold);
                files[model] = store.ModelPath(number, fold);
                members.Add(new(spec.Algorithm, pipeline, model, weight / folds.Count));
            }
        }

        var manifest = new ModelManifest
        {
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
