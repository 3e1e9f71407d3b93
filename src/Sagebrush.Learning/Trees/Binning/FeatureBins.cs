namespace Sagebrush.Learning.Trees.Binning;

/// <summary>How the values of a feature are grouped into at most <see cref="Most"/> bins.</summary>
/// <remarks>
/// Bin k of a number holds <c>edges[k - 1] &lt;= x &lt; edges[k]</c>. Few distinct values have a bin each; of many, bins hold about equally many rows, and a
/// value as frequent as a bin has one of its own (Ke et al. 2017, as LightGBM does). Of a category's numbers the most frequent have a bin each; the others count as missing.
/// </remarks>
internal sealed class FeatureBins
{
    /// <summary>Most bins; the code after the last is that of missing values.</summary>
    public const int Most = 255;

    /// <summary>The code of missing values.</summary>
    public const byte Missing = 255;

    private readonly Dictionary<int, byte> _codes = [];

    private FeatureBins(float[] edges, int[] categories)
    {
        Edges = edges;
        Categories = categories;
        for (var i = 0; i < categories.Length; i++)
        {
            _codes.Add(categories[i], (byte)i);
        }

        Count = IsCategorical ? categories.Length : edges.Length + 1;
        Lowest = new float[Count];
        Highest = new float[Count];
        Lowest.AsSpan().Fill(float.PositiveInfinity);
        Highest.AsSpan().Fill(float.NegativeInfinity);
    }

    /// <summary>What separates the bins of numbers.</summary>
    public float[] Edges { get; }

    /// <summary>The category of each bin, the most frequent first; empty for numbers.</summary>
    public int[] Categories { get; }

    /// <summary>Whether the feature's numbers are names.</summary>
    public bool IsCategorical => Categories.Length > 0;

    /// <summary>Number of bins, without that of missing values.</summary>
    public int Count { get; }

    /// <summary>Whether a training row misses the feature.</summary>
    public bool HasMissing { get; private set; }

    /// <summary>The lowest training value of each bin.</summary>
    public float[] Lowest { get; }

    /// <summary>The highest training value of each bin.</summary>
    public float[] Highest { get; }

    /// <summary>Groups numbers.</summary>
    /// <param name="values">Values, perhaps of a sample of the rows; they are sorted in place.</param>
    /// <param name="most">Bins at most.</param>
    public static FeatureBins OfNumbers(Span<float> values, int most)
    {
        var count = WithoutMissing(values);
        values = values[..count];
        values.Sort();
        List<(float Value, int Count)> distinct = [];
        foreach (var value in values)
        {
            if (distinct.Count > 0 && distinct[^1].Value == value)
            {
                distinct[^1] = (value, distinct[^1].Count + 1);
            }
            else
            {
                distinct.Add((value, 1));
            }
        }

        List<float> edges = [];
        if (distinct.Count <= most)
        {
            for (var i = 1; i < distinct.Count; i++)
            {
                edges.Add(Between(distinct[i - 1].Value, distinct[i].Value));
            }
        }
        else
        {
            Divide(distinct, count, most, edges);
        }

        return new([.. edges], []);
    }

    /// <summary>Gives the most frequent categories a bin each.</summary>
    /// <param name="values">Values, perhaps of a sample of the rows.</param>
    public static FeatureBins OfCategories(ReadOnlySpan<float> values)
    {
        Dictionary<int, int> counts = [];
        foreach (var value in values)
        {
            if (IsCategory(value))
            {
                counts[(int)value] = counts.GetValueOrDefault((int)value) + 1;
            }
        }

        var kept = counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key).Take(Most).Select(pair => pair.Key).ToArray();
        return kept.Length > 0 ? new([], kept) : new([], [0]);
    }

    /// <summary>Codes a column.</summary>
    public void Encode(ReadOnlySpan<float> values, Span<byte> codes)
    {
        for (var i = 0; i < values.Length; i++)
        {
            var x = values[i];
            var code = Code(x);
            codes[i] = code;
            if (code == Missing)
            {
                HasMissing = true;
            }
            else
            {
                Lowest[code] = Math.Min(Lowest[code], x);
                Highest[code] = Math.Max(Highest[code], x);
            }
        }
    }

    /// <summary>The bin of a value, <see cref="Missing"/> for what has none.</summary>
    public byte Code(float x)
    {
        if (float.IsNaN(x))
        {
            return Missing;
        }

        if (IsCategorical)
        {
            return IsCategory(x) && _codes.TryGetValue((int)x, out var code) ? code : Missing;
        }

        var edges = Edges;
        var low = 0;
        var length = edges.Length;
        while (length > 0)
        {
            var half = length >> 1;
            var above = edges[low + half] <= x;
            low = above ? low + half + 1 : low;
            length = above ? length - half - 1 : half;
        }

        return (byte)low;
    }

    /// <summary>The bin of a value that was seen in training may be far from its neighbour's: what lies in the middle between two bins.</summary>
    public float Between(int left, int right) =>
        right >= Count ? float.PositiveInfinity : Between(Highest[left], Lowest[right]);

    private static bool IsCategory(float value) => value is >= 0 and < int.MaxValue;

    // A number above a, at most b: comparisons with it tell the two apart whatever the rounding.
    private static float Between(float a, float b)
    {
        var middle = a + ((b - a) / 2);
        return middle > a && middle <= b ? middle : b;
    }

    private static int WithoutMissing(Span<float> values)
    {
        var count = 0;
        foreach (var value in values)
        {
            if (!float.IsNaN(value))
            {
                values[count++] = value;
            }
        }

        return count;
    }

    private static void Divide(List<(float Value, int Count)> distinct, int total, int most, List<float> edges)
    {
        var mean = (double)total / most;
        var frequent = distinct.Count(pair => pair.Count >= mean);
        var others = distinct.Where(pair => pair.Count < mean).Sum(pair => (double)pair.Count);
        var size = Math.Max(1, others / Math.Max(1, most - frequent));
        var filled = 0.0;
        for (var i = 0; i < distinct.Count - 1 && edges.Count < most - 1; i++)
        {
            filled += distinct[i].Count;
            if (distinct[i].Count >= mean || filled >= size || (distinct[i + 1].Count >= mean && filled >= size / 2))
            {
                edges.Add(Between(distinct[i].Value, distinct[i + 1].Value));
                filled = 0;
            }
        }
    }
}
