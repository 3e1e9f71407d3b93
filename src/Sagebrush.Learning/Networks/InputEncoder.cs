using Sagebrush.Learning.Persistence;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Networks;

/// <summary>Makes a network's inputs of rows: numbers first, then the embeddings of categories.</summary>
internal sealed class InputEncoder
{
    /// <summary>Inputs that the bins of all numbers together may make.</summary>
    private const int MostBinInputs = 1024;

    private readonly (int Feature, NumberColumn Column, int At)[] _numbers;
    private readonly (int Feature, CategoryColumn Column, int At, int Embeddings)[] _categories;

    private InputEncoder(int features, IEnumerable<(int Feature, NumberColumn Column)> numbers, IEnumerable<(int Feature, CategoryColumn Column)> categories)
    {
        FeatureCount = features;
        var at = 0;
        _numbers = [.. numbers.Select(entry =>
        {
            var place = (entry.Feature, entry.Column, at);
            at += entry.Column.Width;
            return place;
        })];
        NumberWidth = at;
        var embeddings = 0;
        _categories = [.. categories.Select(entry =>
        {
            var place = (entry.Feature, entry.Column, at, embeddings);
            at += entry.Column.Size;
            embeddings += entry.Column.Size * entry.Column.Count;
            return place;
        })];
        (Width, EmbeddingCount) = (at, embeddings);
    }

    /// <summary>Number of features of a row.</summary>
    public int FeatureCount { get; }

    /// <summary>Number of inputs.</summary>
    public int Width { get; }

    /// <summary>How many of the inputs, the first, are made of numbers.</summary>
    public int NumberWidth { get; }

    /// <summary>Numbers in all embeddings.</summary>
    public int EmbeddingCount { get; }

    /// <summary>Learns from rows.</summary>
    public static InputEncoder Learn(FeatureMatrix rows, TabularMlpOptions options)
    {
        var categorical = options.CategoricalFeatures.ToHashSet();
        int[] numbers = [.. Enumerable.Range(0, rows.ColumnCount).Where(feature => !categorical.Contains(feature))];
        var bins = Math.Min(options.Bins, MostBinInputs / Math.Max(1, numbers.Length));
        var encoding = options.Encoding == NumberEncoding.PiecewiseLinear && bins < 2 ? NumberEncoding.Standard : options.Encoding;
        return new(
            rows.ColumnCount,
            [.. numbers.Select(feature => (feature, NumberColumn.Learn(Column(rows, feature), encoding, bins)))],
            [.. categorical.Order().Select(feature => (feature, CategoryColumn.Learn(Column(rows, feature), options.EmbeddingSize)))]);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="ModelFormatException">It does not fit together.</exception>
    public static InputEncoder Read(NumpyArchive archive, int features)
    {
        var (values, starts, kinds) = (archive.Get<float>("inputs"), archive.Get<int>("input_starts"), archive.Get<int>("input_features"));
        if (starts.Length != features + 1 || kinds.Length != features || starts[0] != 0 || starts[^1] != values.Length)
        {
            throw new ModelFormatException($"its inputs do not fit {features} features.");
        }

        List<(int, NumberColumn)> numbers = [];
        List<(int, CategoryColumn)> categories = [];
        for (var feature = 0; feature < features; feature++)
        {
            if (starts[feature + 1] <= starts[feature])
            {
                throw new ModelFormatException($"the input of feature {feature} is empty.");
            }

            var stored = values.AsSpan(starts[feature]..starts[feature + 1]);
            if (kinds[feature] == 1)
            {
                categories.Add((feature, CategoryColumn.Read(stored)));
            }
            else
            {
                numbers.Add((feature, NumberColumn.Read(stored)));
            }
        }

        return new(features, numbers, categories);
    }

    /// <summary>Adds it to an archive.</summary>
    public void Save(NumpyArchive archive)
    {
        var (stored, kinds) = (new float[FeatureCount][], new int[FeatureCount]);
        foreach (var (feature, column, _) in _numbers)
        {
            stored[feature] = column.Store();
        }

        foreach (var (feature, column, _, _) in _categories)
        {
            (stored[feature], kinds[feature]) = (column.Store(), 1);
        }

        var starts = new int[FeatureCount + 1];
        for (var feature = 0; feature < FeatureCount; feature++)
        {
            starts[feature + 1] = starts[feature] + stored[feature].Length;
        }

        archive.Add<float>("inputs", [.. stored.SelectMany(column => column)]).Add<int>("input_starts", starts).Add<int>("input_features", kinds);
    }

    /// <summary>Writes the inputs of a row.</summary>
    /// <param name="row">Its features.</param>
    /// <param name="embeddings">All embeddings.</param>
    /// <param name="inputs">Receives <see cref="Width"/> numbers.</param>
    public void Write(ReadOnlySpan<float> row, ReadOnlySpan<float> embeddings, Span<float> inputs)
    {
        foreach (var (feature, column, at) in _numbers)
        {
            column.Write(row[feature], inputs[at..]);
        }

        foreach (var (feature, column, at, start) in _categories)
        {
            embeddings.Slice(start + (column.Find(row[feature]) * column.Size), column.Size).CopyTo(inputs[at..]);
        }
    }

    /// <summary>Adds the gradients of a row's embedded inputs to those of the embeddings.</summary>
    /// <param name="row">Its features.</param>
    /// <param name="gradients">The gradients of the inputs from <see cref="NumberWidth"/> on.</param>
    /// <param name="embeddings">Receives them.</param>
    public void AddGradients(ReadOnlySpan<float> row, ReadOnlySpan<float> gradients, Span<float> embeddings)
    {
        foreach (var (feature, column, at, start) in _categories)
        {
            // What is missing or unknown keeps the middle: its embedding stays nothing.
            if (column.Find(row[feature]) is > 0 and var place)
            {
                var target = embeddings.Slice(start + (place * column.Size), column.Size);
                for (var i = 0; i < column.Size; i++)
                {
                    target[i] += gradients[at - NumberWidth + i];
                }
            }
        }
    }

    /// <summary>The places of the embeddings that never change.</summary>
    public IEnumerable<Range> Unknowns => _categories.Select(entry => entry.Embeddings..(entry.Embeddings + entry.Column.Size));

    private static float[] Column(FeatureMatrix rows, int feature)
    {
        var values = new float[rows.RowCount];
        for (var row = 0; row < values.Length; row++)
        {
            values[row] = rows.Values[(row * rows.ColumnCount) + feature];
        }

        return values;
    }
}
