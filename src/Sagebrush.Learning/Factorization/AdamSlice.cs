namespace Sagebrush.Learning.Factorization;

/// <summary>Adam (Kingma and Ba 2015) for values of which a step touches few: the moments of the others wait.</summary>
internal sealed class AdamSlice
{
    private const float Beta1 = 0.9f;
    private const float Beta2 = 0.999f;
    private readonly TermOptions _term;
    private readonly float _epsilon;
    private readonly float _clip;
    private readonly float[] _first;
    private readonly float[] _second;

    public AdamSlice(float[] values, TermOptions term, FactorizationMachineOptions options)
    {
        Values = values;
        _term = term;
        _epsilon = (float)options.Epsilon;
        _clip = (float)(options.Clip ?? double.PositiveInfinity);
        _first = new float[values.Length];
        _second = new float[values.Length];
    }

    public float[] Values { get; }

    /// <summary>Moves a value along its gradient.</summary>
    /// <param name="at">Which value.</param>
    /// <param name="gradient">Its gradient, without the penalty.</param>
    /// <param name="correction">1 / (1 - β₁ᵗ) and 1 / (1 - β₂ᵗ).</param>
    public void Step(int at, float gradient, (float First, float Second) correction)
    {
        var g = Math.Clamp(gradient, -_clip, _clip) + ((float)_term.WeightDecay * Values[at]);
        _first[at] = (Beta1 * _first[at]) + ((1 - Beta1) * g);
        _second[at] = (Beta2 * _second[at]) + ((1 - Beta2) * g * g);
        Values[at] -= (float)_term.LearningRate * _first[at] * correction.First / (MathF.Sqrt(_second[at] * correction.Second) + _epsilon);
    }

    public static (float First, float Second) Correction(long step) =>
        ((float)(1 / (1 - Math.Pow(Beta1, step))), (float)(1 / (1 - Math.Pow(Beta2, step))));
}
