using Sagebrush.Learning.Features;
using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Tables.Typed;

namespace Sagebrush.Learning.AutoML;

/// <summary>Makes the best model of a table that it can within a time: understands the columns, makes features, trains candidates and puts the best together.</summary>
/// <remarks>The candidates and their results are the same for a seed; only how many of them there are depends on the time.</remarks>
public sealed class AutopilotEngine
{
    /// <summary>Fewer rows than this cannot be divided and still say anything.</summary>
    public const int FewestRows = 20;

    private const long LargestForEnsembling = 100_000_000;

    /// <summary>The share of the time that candidates may take; the rest is for the ensemble and the reports.</summary>
    private const double SearchShare = 0.85;

    private readonly AutopilotOptions _options;
    private readonly TypedTable _table;
    private readonly IAutopilotObserver _observer;
    private readonly TimeProvider _clock;
    private readonly DateTimeOffset _started;

    /// <summary>Creates an engine.</summary>
    /// <param name="options">What to do.</param>
    /// <param name="table">The table with its target.</param>
    /// <param name="observer">Is told how it goes on.</param>
    /// <param name="clock">Measures the time.</param>
    public AutopilotEngine(AutopilotOptions options, TypedTable table, IAutopilotObserver observer, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(observer);
        ArgumentNullException.ThrowIfNull(clock);
        (_options, _table, _observer, _clock, _started) = (options, table, observer, clock, clock.GetUtcNow());
    }

    private DateTimeOffset SearchEnd => _started + (_options.TimeBudget * SearchShare);

    /// <summary>Understands the data and finds the features, without training candidates.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AutopilotDataException">The table cannot be learnt from.</exception>
    public AutopilotAnalysis Analyze(CancellationToken cancellationToken) => Prepare(cancellationToken).Analysis;

    /// <summary>Searches.</summary>
    /// <param name="cancellationToken">Ends the search early; when there is a candidate, the best so far is the result.</param>
    /// <exception cref="AutopilotDataException">The table cannot be learnt from.</exception>
    /// <exception cref="OperationCanceledException">It was ended before there was a candidate.</exception>
    public AutopilotResult Run(CancellationToken cancellationToken)
    {
        var (analysis, sequence, rows, folds, pairs) = Prepare(cancellationToken);
        _observer.Entered(AutopilotStage.ModelTuning);
        var store = new CandidateStore(_options.StateFolder);
        var search = new CandidateSearch(rows, folds, new FoldFeatures(rows, folds, pairs, _options.Seed), store, _options, analysis, _clock, _started);
        var isOver = search.Run(sequence, SearchEnd, _observer, InputColumns(), TextColumns(), cancellationToken);
        return search.Finish(isOver, InputColumns(), TextColumns(), _observer);
    }

    private (AutopilotAnalysis Analysis, CandidateSequence Sequence, LabelledRows Rows, Folds Folds, IReadOnlyList<PairStep> Pairs) Prepare(CancellationToken cancellationToken)
    {
        _observer.Entered(AutopilotStage.AnalyzingData);
        var task = AutopilotTask.Of(_table, _options.Target, _options.Problem);
        if (task.Rows.Length < FewestRows)
        {
            throw new AutopilotDataException($"{task.Rows.Length} rows have a usable '{task.Target}'; at least {FewestRows} are needed.");
        }

        var objective = _options.Objective ?? AutopilotObjective.DefaultFor(task.Problem);
        if (!objective.Problems.Contains(task.Problem))
        {
            throw new AutopilotDataException(
                $"The objective {objective.Name} is not for {task.Problem}: choose one of {string.Join(", ", AutopilotObjective.All.Where(other => other.Problems.Contains(task.Problem)).Select(other => other.Name))}.");
        }

        var uses = DataAnalysis.Of(_table, task, _options);
        var rows = Rows(task, uses);
        var isEnsemble = _options.Mode == AutopilotMode.Ensembling || (_options.Mode == AutopilotMode.Auto && _options.SizeInBytes <= LargestForEnsembling);
        var folds = Divide(task, isEnsemble);
        cancellationToken.ThrowIfCancellationRequested();

        _observer.Entered(AutopilotStage.FeatureEngineering);
        var pairs = FindPairs(rows, folds, uses);
        var sequence = _options.Candidates is { } given
            ? new CandidateSequence(given)
            : new CandidateSequence(_options.Algorithms, pairs.Count > 0, isEnsemble, canStack: folds.Count > 1, _options.Seed);
        var analysis = new AutopilotAnalysis
        {
            Task = task,
            Objective = objective,
            Mode = isEnsemble ? AutopilotMode.Ensembling : AutopilotMode.HyperparameterTuning,
            Columns = uses,
            RowCount = _table.RowCount,
            Notes = [.. task.Notes, .. uses.Where(use => use.IsUsed && use.Reason is not null).Select(use => $"Column '{use.Profile.Name}': {use.Reason}")],
            First = sequence.First,
            Pairs = [.. pairs.Select(pair => pair.Name)],
        };
        _observer.Analyzed(analysis);
        return (analysis, sequence, rows, folds, pairs);
    }

    private string[] InputColumns() => [.. _table.Columns.Select(column => column.Name).Where(name => name != _options.Target && name != _options.WeightColumn)];

    private int[] TextColumns() => [.. InputColumns().Index().Where(entry => _table.Columns[_table.IndexOf(entry.Item)].IsText).Select(entry => entry.Index)];

    private LabelledRows Rows(AutopilotTask task, IReadOnlyList<ColumnUse> uses)
    {
        ColumnProfile[] columns = [.. uses.Where(use => use.IsUsed).Select(use => use.Profile)];
        if (columns.Length == 0)
        {
            throw new AutopilotDataException(
                $"No column beside '{task.Target}' can be learnt from: {string.Join(" ", uses.Take(20).Select(use => $"{use.Profile.Name}: {use.Reason}"))}");
        }

        float[]? weights = null;
        if (_options.WeightColumn is { } name)
        {
            var index = _table.IndexOf(name);
            if (index < 0)
            {
                throw new AutopilotDataException($"The sample weight attribute '{name}' is not among the columns of the data.");
            }

            var numbers = _table.Columns[index].ToNumbers();
            weights = [.. task.Rows.Select(row => double.IsNaN(numbers[row]) ? 0 : (float)numbers[row])];
            if (weights.Any(weight => weight < 0) || weights.Sum() <= 0)
            {
                throw new AutopilotDataException($"The sample weight attribute '{name}' must hold numbers of 0 or more, some of them more.");
            }
        }

        return new() { Task = task, Table = _table.Select(columns.Select(column => _table.IndexOf(column.Name))).Take(task.Rows), Columns = columns, Weights = weights };
    }

    private Folds Divide(AutopilotTask task, bool isEnsemble)
    {
        if (_options.ValidationRows > 0)
        {
            var given = Folds.Given(task, _table.RowCount - _options.ValidationRows);
            return given.Train[0].Length >= FewestRows / 2 && given.Valid[0].Length > 0
                ? given
                : throw new AutopilotDataException("The validation data have no rows with a label that is known from the training data.");
        }

        var rows = task.Rows.Length;
        return isEnsemble && rows <= 200_000
            ? Folds.CrossValidation(task, rows <= 5000 ? 8 : rows <= 60_000 ? 5 : 3, _options.Seed)
            : Folds.Holdout(task, _options.ValidationFraction is > 0 and < 1 ? _options.ValidationFraction : 0.2, _options.Seed);
    }

    /// <summary>Seeks pairs in the first fold's training rows.</summary>
    private IReadOnlyList<PairStep> FindPairs(LabelledRows rows, Folds folds, IReadOnlyList<ColumnUse> uses)
    {
        string[] numeric = [.. rows.Columns.Where(column => column.Type == ColumnType.Numeric && column.Distinct > 8).Select(column => column.Name)];
        if (rows.Task.Problem == ProblemType.MulticlassClassification || numeric.Length < 2)
        {
            return [];
        }

        if (numeric.Length > 60)
        {
            numeric = [.. uses.Where(use => numeric.Contains(use.Profile.Name)).OrderByDescending(use => use.Explained).Take(60).Select(use => use.Profile.Name)];
        }

        var sample = (int[])folds.Train[0].Clone();
        new RandomStream(_options.Seed, 9).Shuffle<int>(sample);
        sample = sample[..Math.Min(sample.Length, PairSearch.MostRows)];
        var table = rows.Table.Take(sample);
        var (_, features) = FeaturePipeline.Learn(
            table, new() { Columns = [.. rows.Columns.OrderBy(column => Array.IndexOf(numeric, column.Name) is var place && place < 0 ? int.MaxValue : place)], MostWords = 16 });
        return PairSearch.Find(
            new(table), numeric, features.Values.ToArray(), features.ColumnCount, rows.Labels(sample), rows.Task.Problem == ProblemType.BinaryClassification, _options.Seed);
    }
}
