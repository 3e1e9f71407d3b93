using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Sagebrush.Learning.AutoML;

namespace Sagebrush.Algorithms.AutoML;

/// <summary>Writes down how a search goes on: its progress, each candidate's archive, the notebooks and the leaderboard.</summary>
internal sealed class AutopilotRecorder : IAutopilotObserver
{
    private readonly AutopilotSettings _settings;
    private readonly TrainingLog _log;
    private readonly TimeProvider _clock;
    private readonly DateTimeOffset _started;
    private AutopilotProgress _progress;
    private AutopilotAnalysis? _analysis;

    public AutopilotRecorder(string folder, AutopilotSettings settings, TrainingLog log, TimeProvider clock)
    {
        (Folder, _settings, _log, _clock, _started) = (folder, settings, log, clock, clock.GetUtcNow());
        _progress = new() { Stage = "AnalyzingData", Run = settings.Run, Version = clock.GetUtcNow().ToUnixTimeMilliseconds() };
    }

    /// <summary>The folder of the products.</summary>
    public string Folder { get; }

    /// <summary>A candidate's name.</summary>
    public string NameOf(Candidate candidate) => candidate.Spec is { } spec
        ? string.Create(CultureInfo.InvariantCulture, $"{_settings.Name}-{spec.Algorithm}{(spec.Inputs.Count > 0 ? "-stacked" : "")}-{candidate.Number:D3}")
        : string.Create(CultureInfo.InvariantCulture, $"{_settings.Name}-WeightedEnsemble-{candidate.Number:D3}");

    public void Entered(AutopilotStage stage) => Enter(stage.ToString());

    /// <summary>A step begins.</summary>
    public void Enter(string stage)
    {
        _log.Info($"Autopilot: {stage}");
        Save(_progress with { Stage = stage });
    }

    public void Analyzed(AutopilotAnalysis analysis)
    {
        _analysis = analysis;
        foreach (var note in analysis.Notes)
        {
            _log.Warning(note);
        }

        var mode = analysis.Mode == AutopilotMode.Ensembling ? "ENSEMBLING" : "HYPERPARAMETER_TUNING";
        _log.Info($"{analysis.Task.Problem} by {analysis.Objective.Name}, mode {mode}; combinations of columns: {(analysis.Pairs.Count == 0 ? "none" : string.Join(", ", analysis.Pairs))}");
        var notebooks = $"sagemaker-automl-candidates/{_settings.Name}-pr-1/notebooks";
        var (exploration, definitions) = ($"{notebooks}/SageMakerAutopilotDataExplorationNotebook.ipynb", $"{notebooks}/SageMakerAutopilotCandidateDefinitionNotebook.ipynb");
        AtomicFile.Write(Path.Join(Folder, exploration), DataExplorationNotebook.Write(analysis, _settings));
        AtomicFile.Write(Path.Join(Folder, definitions), CandidateDefinitionNotebook.Write(analysis, _settings));
        Save(_progress with
        {
            Problem = analysis.Task.Problem.ToString(),
            Objective = analysis.Objective.Name,
            IsMaximized = analysis.Objective.IsMaximized,
            Mode = mode,
            DataExplorationNotebook = exploration,
            CandidateDefinitionNotebook = definitions,
        });
    }

    public void Tried(Candidate candidate, Func<string, AutopilotModel> model)
    {
        var name = NameOf(candidate);
        var started = _started.AddSeconds(candidate.StartSecond);
        var entry = new AutopilotCandidate
        {
            Name = name,
            Algorithm = candidate.Spec?.Algorithm ?? "ensemble",
            Started = started,
            Ended = started.AddSeconds(candidate.Seconds),
            Metrics = candidate.Metrics.Where(metric => double.IsFinite(metric.Value)).ToDictionary(StringComparer.Ordinal),
            IsGivenUp = candidate.IsGivenUp,
            Failure = candidate.Failure,
        };
        if (candidate.Failure is null)
        {
            var archive = $"sagemaker-automl-candidates/{name}/output/model.tar.gz";
            Pack(Path.Join(Folder, archive), model);
            entry = entry with { Model = archive };
        }

        var objective = _analysis!.Objective;
        var value = candidate.Metrics.GetValueOrDefault(objective.Name, double.NaN);
        _log.Line(string.Create(CultureInfo.InvariantCulture, $"{name}: {candidate.Failure ?? $"validation:{objective.Name}={value:R}"} ({candidate.Seconds:F1} s)"));
        Save(_progress with { Candidates = [.. _progress.Candidates, entry] });
        var values = _progress.Candidates.Where(one => one.Failure is null).Select(one => one.Metrics.GetValueOrDefault(objective.Name)).ToList();
        if (values.Count > 0)
        {
            _log.Line(string.Create(CultureInfo.InvariantCulture, $"best so far validation:objective={(objective.IsMaximized ? values.Max() : values.Min()):R}"));
        }
    }

    /// <summary>Adds to what is known of a candidate.</summary>
    public void Note(string name, Func<AutopilotCandidate, AutopilotCandidate> change) =>
        Save(_progress with { Candidates = [.. _progress.Candidates.Select(candidate => candidate.Name == name ? change(candidate) : candidate)] });

    /// <summary>Something went wrong beside the way.</summary>
    public void Note(AutopilotMishap mishap) => Save(_progress with { Mishaps = [.. _progress.Mishaps, mishap] });

    /// <summary>Writes all candidates with their metrics, the best first, as CSV.</summary>
    public void WriteLeaderboard(AutopilotResult result)
    {
        string[] metrics = [.. result.Best.Metrics.Keys];
        var text = new StringBuilder($"rank,candidate,algorithm,{string.Join(',', metrics)},seconds\n");
        foreach (var (rank, candidate) in result.Candidates.Where(candidate => candidate.Failure is null).OrderBy(candidate => candidate.Loss).Index())
        {
            text.Append(CultureInfo.InvariantCulture, $"{rank + 1},{NameOf(candidate)},{candidate.Spec?.Algorithm ?? "ensemble"}");
            foreach (var metric in metrics)
            {
                text.Append(CultureInfo.InvariantCulture, $",{candidate.Metrics.GetValueOrDefault(metric):R}");
            }

            text.Append(CultureInfo.InvariantCulture, $",{candidate.Seconds:F1}\n");
        }

        AtomicFile.Write(Path.Join(Folder, "leaderboard.csv"), Encoding.UTF8.GetBytes(text.ToString()));
        foreach (var candidate in result.Candidates.Where(candidate => candidate.Number == result.Best.Number))
        {
            Note(NameOf(candidate), entry => entry with { Metrics = candidate.Metrics.Where(metric => double.IsFinite(metric.Value)).ToDictionary(StringComparer.Ordinal) });
        }
    }

    /// <summary>The search is over.</summary>
    public void Complete(AutopilotResult? result) => Save(_progress with
    {
        Stage = result is null ? "CandidateDefinitionsGenerated" : "Completed",
        IsComplete = true,
        Best = result is null ? null : NameOf(result.Best),
        EndedByTime = result?.EndedByTime ?? false,
    });

    private void Save(AutopilotProgress progress)
    {
        _progress = progress with { Version = progress.Version + 1 };
        AtomicFile.Write(Path.Join(Folder, AutopilotProgress.File), _progress.Write());
    }

    private static void Pack(string path, Func<string, AutopilotModel> model)
    {
        var folder = Directory.CreateTempSubdirectory("candidate-").FullName;
        try
        {
            model(folder);
            using var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            using (var tar = new TarWriter(gzip, TarEntryFormat.Gnu))
            {
                foreach (var file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
                {
                    using var content = File.OpenRead(file);
                    tar.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, Path.GetFileName(file)) { DataStream = content, ModificationTime = DateTimeOffset.UnixEpoch });
                }
            }

            AtomicFile.Write(path, packed.GetBuffer().AsSpan(0, (int)packed.Length));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
