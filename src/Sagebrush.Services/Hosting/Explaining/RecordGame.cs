using Sagebrush.Learning.Explain;

namespace Sagebrush.Services.Hosting.Explaining;

/// <summary>One record to be explained: the synthetic records the model must be asked for, and the values that follow from its scores.</summary>
/// <remarks>The players are its features, and of texts their units.</remarks>
internal sealed class RecordGame
{
    private readonly RecordCell[] _record;
    private readonly ExplainerBaseline _baseline;
    private readonly IReadOnlyList<TextUnit>?[] _units;
    private readonly ShapCoalitions? _coalitions;
    private readonly double[] _own;
    private readonly double[][] _worths;
    private int _answered;

    /// <param name="record">The record.</param>
    /// <param name="scores">What the model gave it.</param>
    /// <param name="baseline">The records that stand for absent features.</param>
    /// <param name="granularity">The units of texts.</param>
    /// <param name="samples">The coalitions wanted; null for twice the players and 2048 more.</param>
    /// <param name="seed">Equal seeds give equal coalitions.</param>
    public RecordGame(RecordCell[] record, double[] scores, ExplainerBaseline baseline, string? granularity, int? samples, int seed)
    {
        (_record, _own, _baseline) = (record, scores, baseline);
        _units = [.. record.Select((cell, feature) => baseline.IsText(feature) ? TextUnits.Of(cell.Text, granularity!) : null)];
        var players = _units.Sum(units => units?.Count ?? 1);
        _coalitions = players == 0 ? null : new ShapCoalitions(players, samples ?? ((2 * players) + 2048), seed);
        _worths = _coalitions is null ? [] : [.. _coalitions.Sets.Select(_ => new double[scores.Length])];
        if (_coalitions is not null)
        {
            _worths[1] = scores;
        }
    }

    /// <summary>The synthetic records, in the order in which their scores are to be told.</summary>
    public IEnumerable<RecordCell[]> Rows()
    {
        for (var set = 0; set < _worths.Length; set++)
        {
            // Everybody together is the record itself, whose scores are known.
            for (var row = 0; set != 1 && row < _baseline.Rows.Count; row++)
            {
                yield return Mix(_coalitions!.Sets[set], _baseline.Rows[row]);
            }
        }
    }

    /// <summary>Tells the scores of the next synthetic record.</summary>
    /// <exception cref="FormatException">They are not as many as the record itself got.</exception>
    public void Tell(double[] scores)
    {
        if (scores.Length != _own.Length)
        {
            throw new FormatException($"The model gave one record {_own.Length} scores and another {scores.Length}");
        }

        var set = _answered++ / _baseline.Rows.Count;
        var worth = _worths[set == 0 ? 0 : set + 1];
        for (var i = 0; i < scores.Length; i++)
        {
            worth[i] += scores[i] / _baseline.Rows.Count;
        }
    }

    /// <summary>The values of each feature, once all scores are told.</summary>
    public IReadOnlyList<FeatureAttributions> Solve()
    {
        var values = _coalitions is null ? [] : Array.ConvertAll(
            Enumerable.Range(0, _own.Length).ToArray(), score => _coalitions.Solve([.. _worths.Select(worth => worth[score])]));
        var player = 0;
        List<FeatureAttributions> features = [];
        foreach (var units in _units)
        {
            var count = units?.Count ?? 1;
            features.Add(new(units, [.. Enumerable.Range(player, count).Select(at => Array.ConvertAll(values, one => one[at]))]));
            player += count;
        }

        return features;
    }

    private RecordCell[] Mix(bool[] members, RecordCell[] absent)
    {
        var mixed = new RecordCell[_record.Length];
        var player = 0;
        for (var feature = 0; feature < mixed.Length; feature++)
        {
            var units = _units[feature];
            var count = units?.Count ?? 1;
            mixed[feature] = units is not null
                ? _record[feature] with { Text = TextUnits.Replace(_record[feature].Text, units, members.AsSpan(player, count), absent[feature].Text) }
                : members[player] ? _record[feature] : absent[feature];
            player += count;
        }

        return mixed;
    }
}
