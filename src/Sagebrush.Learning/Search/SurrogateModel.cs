namespace Sagebrush.Learning.Search;

/// <summary>
/// A Gaussian process over a search space whose kernel is drawn from its posterior: amplitude, noise, a length scale per parameter and
/// the warping of each numeric one (Snoek et al. 2012 and 2014).
/// </summary>
internal sealed class SurrogateModel
{
    private const int AmplitudeAt = 0;
    private const int NoiseAt = 1;
    private const int LengthsAt = 2;

    private readonly SearchSpace _space;
    private readonly double[][] _inputs;
    private readonly double[] _values;
    private readonly int[] _parameterOf;
    private readonly bool[] _warped;
    private readonly int[] _warpAt;
    private readonly int _parameterCount;

    /// <summary>Prepares the model.</summary>
    /// <param name="space">The space.</param>
    /// <param name="inputs">Places in the unit cube, with one more coordinate that tells whether the task is another one.</param>
    /// <param name="values">Standardised values.</param>
    public SurrogateModel(SearchSpace space, double[][] inputs, double[] values)
    {
        _space = space;
        _inputs = inputs;
        _values = values;
        _parameterOf = new int[space.Width + 1];
        _warped = new bool[space.Width + 1];
        _warpAt = new int[space.Width + 1];
        var at = 0;
        for (var i = 0; i < space.Parameters.Count; i++)
        {
            for (var end = at + space.Parameters[i].Width; at < end; at++)
            {
                _parameterOf[at] = i;
                _warped[at] = space.Parameters[i] is not CategoricalParameter;
            }
        }

        _parameterOf[at] = space.Parameters.Count;
        _parameterCount = space.Parameters.Count + 1;
        StateSize = LengthsAt + _parameterCount;
        for (var i = 0; i <= space.Width; i++)
        {
            if (_warped[i])
            {
                _warpAt[i] = StateSize;
                StateSize += 2;
            }
        }
    }

    /// <summary>Coordinates of a place.</summary>
    public int InputWidth => _parameterOf.Length;

    /// <summary>Numbers that describe a kernel: logarithms throughout.</summary>
    public int StateSize { get; }

    /// <summary>The most likely state before anything is seen.</summary>
    public double[] Prior()
    {
        var state = new double[StateSize];
        state[NoiseAt] = LogNoiseMean;
        state.AsSpan(LengthsAt, _parameterCount).Fill(LogLengthMean);
        return state;
    }

    private const double LogNoiseMean = -7;
    private const double LogLengthMean = -0.5;

    /// <summary>The logarithm of a state's density, up to a constant.</summary>
    public double LogPosterior(double[] state)
    {
        var prior = Normal(state[AmplitudeAt], 0, 1) + Normal(state[NoiseAt], LogNoiseMean, 2.5);
        for (var i = 0; i < _parameterCount; i++)
        {
            prior += Normal(state[LengthsAt + i], LogLengthMean, 1);
        }

        for (var i = LengthsAt + _parameterCount; i < state.Length; i++)
        {
            prior += Normal(state[i], 0, 0.5);
        }

        return prior > -500 && Fit(state) is { } process ? prior + process.LogMarginalLikelihood : double.NegativeInfinity;
    }

    /// <summary>The process under a state's kernel; null when its covariance is singular.</summary>
    public GaussianProcess? Fit(double[] state)
    {
        var lengths = new double[_space.Width + 1];
        for (var i = 0; i < lengths.Length; i++)
        {
            lengths[i] = Math.Exp(state[LengthsAt + _parameterOf[i]]);
        }

        var process = new GaussianProcess(lengths, Math.Exp(state[AmplitudeAt]), Math.Exp(state[NoiseAt]));
        var warped = new double[lengths.Length];
        for (var i = 0; i < _inputs.Length; i++)
        {
            Warp(_inputs[i], state, warped);
            if (!process.TryAdd(warped, _values[i]))
            {
                return null;
            }
        }

        return process;
    }

    /// <summary>Bends a place as a state's kernel sees it.</summary>
    public void Warp(ReadOnlySpan<double> input, double[] state, Span<double> warped)
    {
        for (var i = 0; i < warped.Length; i++)
        {
            warped[i] = _warped[i] ? KumaraswamyWarp.Of(input[i], Math.Exp(state[_warpAt[i]]), Math.Exp(state[_warpAt[i] + 1])) : input[i];
        }
    }

    private static double Normal(double x, double mean, double deviation)
    {
        var z = (x - mean) / deviation;
        return -0.5 * z * z;
    }
}
