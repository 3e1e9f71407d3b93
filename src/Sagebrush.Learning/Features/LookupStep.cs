using System.Text.Json.Serialization;
using Sagebrush.Learning.Tables.Typed;

namespace Sagebrush.Learning.Features;

/// <summary>Looks up a value's features in a table: one-hot, the mean of the target, or how frequent it is.</summary>
internal sealed record LookupStep : FeatureStep
{
    private Dictionary<string, int>? _places;

    /// <summary>The values that were learnt.</summary>
    public required string[] Categories { get; init; }

    /// <summary>For each value its features, one value after the other.</summary>
    public required float[] Table { get; init; }

    /// <summary>The features of a value that was not learnt.</summary>
    public required float[] Unknown { get; init; }

    /// <summary>The features of a missing value.</summary>
    public required float[] Missing { get; init; }

    /// <summary>What the features are called.</summary>
    public required string[] Labels { get; init; }

    /// <summary>Whether the features tell of the target: the rows it was learnt from need others, made without them.</summary>
    [JsonIgnore]
    public bool IsOfTarget { get; init; }

    /// <summary>Whether its feature is a number that names the value.</summary>
    [JsonIgnore]
    public bool IsCode { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Names => Labels;

    /// <summary>A number per value, from 1, the most frequent first; 0 for values that were not learnt.</summary>
    public static LookupStep Code(TableColumn column)
    {
        var (values, counts, _) = Count(column);
        int[] seen = [.. Enumerable.Range(0, values.Count).Where(i => counts[i] > 0).OrderByDescending(i => counts[i]).ThenBy(i => values[i], StringComparer.Ordinal)];
        return new()
        {
            Column = column.Name,
            Categories = [.. seen.Select(i => values[i])],
            Table = [.. seen.Select((_, place) => place + 1f)],
            Unknown = [0],
            Missing = [float.NaN],
            Labels = [column.Name],
            IsCode = true,
        };
    }

    /// <summary>One feature per frequent value; of two values one is enough.</summary>
    public static LookupStep OneHot(TableColumn column, int most)
    {
        var (values, counts, missing) = Count(column);
        int[] kept = [.. Enumerable.Range(0, values.Count).Where(i => counts[i] > 0).OrderByDescending(i => counts[i]).ThenBy(i => values[i], StringComparer.Ordinal).Take(most)];
        var isYesNo = kept.Length == 2 && missing == 0;
        if (isYesNo)
        {
            // The later in order is 1, as yes, true and 1 are.
            kept = [.. kept.OrderBy(i => values[i], StringComparer.Ordinal)];
        }

        var width = isYesNo ? 1 : kept.Length + (missing > 0 ? 1 : 0);
        var table = new float[kept.Length * width];
        for (var i = 0; i < kept.Length; i++)
        {
            if (isYesNo)
            {
                table[i] = i;
            }
            else
            {
                table[(i * width) + i] = 1;
            }
        }

        var absent = new float[width];
        if (missing > 0)
        {
            absent[^1] = 1;
        }

        return new()
        {
            Column = column.Name,
            Categories = [.. kept.Select(i => values[i])],
            Table = table,
            Unknown = new float[width],
            Missing = absent,
            Labels = isYesNo ? [$"{column.Name}={values[kept[1]]}"] : [.. kept.Select(i => $"{column.Name}={values[i]}"), .. missing > 0 ? (string[])[$"{column.Name} is missing"] : []],
        };
    }

    /// <summary>How often a value occurs, as a share.</summary>
    public static LookupStep Frequency(TableColumn column)
    {
        var (values, counts, missing) = Count(column);
        var rows = (float)Math.Max(1, column.RowCount);
        int[] seen = [.. Enumerable.Range(0, values.Count).Where(i => counts[i] > 0)];
        return new()
        {
            Column = column.Name,
            Categories = [.. seen.Select(i => values[i])],
            Table = [.. seen.Select(i => counts[i] / rows)],
            Unknown = [0],
            Missing = [missing / rows],
            Labels = [$"frequency of {column.Name}"],
        };
    }

    /// <summary>The mean of the target for a value, drawn towards the mean of all by as many rows as <paramref name="smoothing"/>.</summary>
    /// <param name="column">The column.</param>
    /// <param name="targets">For each feature the target of each row.</param>
    /// <param name="labels">What the features are called.</param>
    /// <param name="include">Which rows to learn from; null for all.</param>
    /// <param name="smoothing">The strength of the pull.</param>
    public static LookupStep Target(TableColumn column, float[][] targets, string[] labels, Func<int, bool>? include = null, double smoothing = 10)
    {
        var text = column.ToText();
        var width = targets.Length;
        var sums = new double[(text.Values.Count + 1) * width];
        var counts = new int[text.Values.Count + 1];
        for (var row = 0; row < text.RowCount; row++)
        {
            if (include?.Invoke(row) == false)
            {
                continue;
            }

            var code = text.Codes[row] + 1;
            counts[code]++;
            for (var i = 0; i < width; i++)
            {
                sums[(code * width) + i] += targets[i][row];
            }
        }

        var total = Math.Max(1, counts.Sum());
        var means = new double[width];
        for (var i = 0; i < width; i++)
        {
            for (var code = 0; code < counts.Length; code++)
            {
                means[i] += sums[(code * width) + i] / total;
            }
        }

        float Value(int code, int i) => (float)((sums[(code * width) + i] + (smoothing * means[i])) / (counts[code] + smoothing));
        int[] seen = [.. Enumerable.Range(0, text.Values.Count).Where(code => counts[code + 1] > 0)];
        return new()
        {
            Column = column.Name,
            Categories = [.. seen.Select(code => text.Values[code])],
            Table = [.. seen.SelectMany(code => Enumerable.Range(0, width).Select(i => Value(code + 1, i)))],
            Unknown = [.. means.Select(mean => (float)mean)],
            Missing = [.. Enumerable.Range(0, width).Select(i => Value(0, i))],
            Labels = labels,
            IsOfTarget = true,
        };
    }

    /// <inheritdoc/>
    public override void Write(FeatureSource source, FeatureBlock block) => Write(source.Column(Column), block, null);

    /// <summary>Writes the features of some rows alone.</summary>
    public void Write(TableColumn column, FeatureBlock block, Func<int, bool>? include)
    {
        var text = column.ToText();
        var places = _places ??= Categories.Index().ToDictionary(entry => entry.Item, entry => entry.Index, StringComparer.Ordinal);
        var width = Labels.Length;
        var starts = new int[text.Values.Count];
        for (var code = 0; code < starts.Length; code++)
        {
            starts[code] = places.TryGetValue(text.Values[code], out var place) ? place * width : -1;
        }

        for (var row = 0; row < text.RowCount; row++)
        {
            if (include?.Invoke(row) == false)
            {
                continue;
            }

            var code = text.Codes[row];
            var features = code < 0 ? Missing : starts[code] < 0 ? Unknown : Table.AsSpan(starts[code], width);
            for (var i = 0; i < width; i++)
            {
                block[row, i] = features[i];
            }
        }
    }

    private static (IReadOnlyList<string> Values, int[] Counts, int Missing) Count(TableColumn column)
    {
        var text = column.ToText();
        var counts = new int[text.Values.Count];
        var missing = 0;
        foreach (var code in text.Codes)
        {
            if (code < 0)
            {
                missing++;
            }
            else
            {
                counts[code]++;
            }
        }

        return (text.Values, counts, missing);
    }
}
