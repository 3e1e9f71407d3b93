namespace Sagebrush.Learning.Networks;

/// <summary>A number as inputs of a network: standardized or by rank, how far it fills bins, and whether it is missing.</summary>
internal sealed class NumberColumn
{
    /// <summary>A value this many deviations away is far enough: farther ones would drown the others.</summary>
    private const float Farthest = 6;

    private const int RankPoints = 200;

    private readonly float _center;
    private readonly float _scale;
    private readonly float[] _edges;
    private readonly float[] _ranks;

    private NumberColumn(float center, float scale, bool hasMissing, float[] edges, float[] ranks) =>
        (_center, _scale, HasMissing, _edges, _ranks) = (center, scale, hasMissing, edges, ranks);

    /// <summary>Whether one of the inputs tells that the number is missing.</summary>
    public bool HasMissing { get; }

    /// <summary>Number of inputs.</summary>
    public int Width => 1 + Math.Max(0, _edges.Length - 1) + (HasMissing ? 1 : 0);

    /// <summary>Learns from a column.</summary>
    /// <param name="values">Its values; NaN is missing.</param>
    /// <param name="encoding">How numbers are seen.</param>
    /// <param name="bins">Bins at most.</param>
    public static NumberColumn Learn(float[] values, NumberEncoding encoding, int bins)
    {
        float[] present = [.. values.Where(float.IsFinite)];
        if (present.Length == 0)
        {
            return new(0, 0, false, [], []);
        }

        Array.Sort(present);
        // Deviations within the middle 99%: a few wild values do not shrink all others.
        var (low, high) = (present[present.Length / 200], present[present.Length - 1 - (present.Length / 200)]);
        var (mean, square) = (0.0, 0.0);
        foreach (var value in present)
        {
            mean += Math.Clamp(value, low, high) / (double)present.Length;
        }

        foreach (var value in present)
        {
            var distance = Math.Clamp(value, low, high) - mean;
            square += distance * distance / present.Length;
        }

        if (square <= 0)
        {
            // Hardly anything differs: what does is told by all of it.
            square = present.Average(value => Math.Pow(value - mean, 2));
        }

        var edges = encoding == NumberEncoding.PiecewiseLinear ? Quantiles(present, bins) : [];
        return new(
            (float)mean,
            square > 0 ? (float)(1 / Math.Sqrt(square)) : 0,
            present.Length < values.Length,
            edges.Length > 2 ? edges : [],
            encoding == NumberEncoding.Quantile ? Quantiles(present, RankPoints) : []);
    }

    /// <summary>Reads what <see cref="Store"/> wrote.</summary>
    public static NumberColumn Read(ReadOnlySpan<float> stored)
    {
        var edges = (int)stored[3];
        return new(stored[0], stored[1], stored[2] != 0, stored.Slice(4, edges).ToArray(), stored[(4 + edges)..].ToArray());
    }

    /// <summary>The column as numbers.</summary>
    public float[] Store() => [_center, _scale, HasMissing ? 1 : 0, _edges.Length, .. _edges, .. _ranks];

    /// <summary>Writes the inputs.</summary>
    public void Write(float value, Span<float> inputs)
    {
        if (!float.IsFinite(value))
        {
            // The middle of what was seen, and no bin filled.
            inputs[..Width].Clear();
            if (HasMissing)
            {
                inputs[Width - 1] = 1;
            }

            return;
        }

        inputs[0] = _ranks.Length > 1 ? Normal(Place(_ranks, value)) : Math.Clamp((value - _center) * _scale, -Farthest, Farthest);
        for (var bin = 1; bin < _edges.Length; bin++)
        {
            inputs[bin] = Math.Clamp((value - _edges[bin - 1]) / (_edges[bin] - _edges[bin - 1]), 0, 1);
        }

        if (HasMissing)
        {
            inputs[Width - 1] = 0;
        }
    }

    private static float[] Quantiles(float[] sorted, int bins) =>
        [.. Enumerable.Range(0, bins + 1).Select(i => sorted[(int)((long)i * (sorted.Length - 1) / bins)]).Distinct()];

    /// <summary>Where a value lies among ascending ones, from 0 to 1.</summary>
    private static double Place(float[] sorted, float value)
    {
        var at = Array.BinarySearch(sorted, value);
        var last = sorted.Length - 1;
        if (at >= 0)
        {
            return (double)at / last;
        }

        at = ~at;
        return at == 0 ? 0 : at > last ? 1 : (at - 1 + ((value - sorted[at - 1]) / (sorted[at] - sorted[at - 1]))) / last;
    }

    /// <summary>The normal value with a share below it, near enough (the logistic distribution of the same spread).</summary>
    private static float Normal(double share)
    {
        var kept = Math.Clamp(share, 1e-3, 1 - 1e-3);
        return (float)(Math.Log(kept / (1 - kept)) / 1.702);
    }
}
