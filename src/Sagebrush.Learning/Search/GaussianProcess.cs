using System.Numerics;
using System.Runtime.InteropServices;

namespace Sagebrush.Learning.Search;

/// <summary>
/// Gaussian process regression with a Matérn 5/2 kernel and a length scale per coordinate (Rasmussen &amp; Williams 2006, algorithm 2.1).
/// </summary>
public sealed class GaussianProcess
{
    private static readonly double RootFive = Math.Sqrt(5);

    private readonly List<double[]> _scaled = [];
    private readonly List<double[]> _factor = [];
    private readonly List<double> _solved = [];
    private readonly double[] _lengthScales;
    private readonly double _amplitude;
    private readonly double _noise;
    private double _logLikelihood;

    /// <summary>Creates a process without data.</summary>
    /// <param name="lengthScales">One per coordinate.</param>
    /// <param name="amplitude">Variance of the function.</param>
    /// <param name="noise">Variance of the noise.</param>
    public GaussianProcess(double[] lengthScales, double amplitude, double noise)
    {
        ArgumentNullException.ThrowIfNull(lengthScales);
        _lengthScales = lengthScales;
        _amplitude = amplitude;
        _noise = noise;
    }

    /// <summary>Number of values it knows.</summary>
    public int Count => _scaled.Count;

    /// <summary>The logarithm of the density of the values seen, given the kernel.</summary>
    public double LogMarginalLikelihood => _logLikelihood;

    /// <summary>Adds a value of the function; the prior's mean is 0.</summary>
    /// <returns>False when the covariance is not positive definite to the computer's precision; nothing is added then.</returns>
    public bool TryAdd(ReadOnlySpan<double> input, double value)
    {
        var scaled = Scale(input);
        var row = new double[Count + 1];
        var left = _amplitude + _noise;
        for (var i = 0; i < Count; i++)
        {
            row[i] = (Covariance(scaled, _scaled[i]) - Dot(row, _factor[i], i)) / _factor[i][i];
            left -= row[i] * row[i];
        }

        if (!(left > 1e-12 * _amplitude))
        {
            return false;
        }

        // One more row of the Cholesky factor, and of its solution for the values.
        row[^1] = Math.Sqrt(left);
        var solved = (value - Dot(row, CollectionsMarshal.AsSpan(_solved), Count)) / row[^1];
        _scaled.Add(scaled);
        _factor.Add(row);
        _solved.Add(solved);
        _logLikelihood -= (0.5 * solved * solved) + Math.Log(row[^1]) + (0.5 * Math.Log(2 * Math.PI));
        return true;
    }

    /// <summary>What the function is at a place, without noise.</summary>
    /// <returns>Mean and variance.</returns>
    public (double Mean, double Variance) Predict(ReadOnlySpan<double> input)
    {
        var scaled = Scale(input);
        Span<double> row = Count <= 512 ? stackalloc double[Count] : new double[Count];
        double mean = 0, variance = _amplitude;
        for (var i = 0; i < Count; i++)
        {
            row[i] = (Covariance(scaled, _scaled[i]) - Dot(row, _factor[i], i)) / _factor[i][i];
            mean += row[i] * _solved[i];
            variance -= row[i] * row[i];
        }

        return (mean, Math.Max(variance, 0));
    }

    private double[] Scale(ReadOnlySpan<double> input)
    {
        var scaled = new double[_lengthScales.Length];
        for (var i = 0; i < scaled.Length; i++)
        {
            scaled[i] = input[i] / _lengthScales[i];
        }

        return scaled;
    }

    private double Covariance(double[] a, double[] b)
    {
        var squares = 0.0;
        for (var i = 0; i < a.Length; i++)
        {
            var difference = a[i] - b[i];
            squares += difference * difference;
        }

        var r = RootFive * Math.Sqrt(squares);
        return _amplitude * (1 + r + (r * r / 3)) * Math.Exp(-r);
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b, int length)
    {
        var lanes = Vector<double>.Zero;
        var i = 0;
        for (; i <= length - Vector<double>.Count; i += Vector<double>.Count)
        {
            lanes += new Vector<double>(a[i..]) * new Vector<double>(b[i..]);
        }

        var sum = Vector.Sum(lanes);
        for (; i < length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
