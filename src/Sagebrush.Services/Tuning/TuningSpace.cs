using System.Globalization;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Learning.Search;
using CategoricalParameter = Sagebrush.Learning.Search.CategoricalParameter;

namespace Sagebrush.Services.Tuning;

/// <summary>The ranges of a tuning job as a space to search, and its points as the texts of hyperparameters.</summary>
internal sealed class TuningSpace
{
    private TuningSpace(SearchSpace space) => Space = space;

    /// <summary>The space.</summary>
    public SearchSpace Space { get; }

    /// <summary>Reads ranges.</summary>
    /// <exception cref="Wire.Dispatch.ServiceException">A range is wrong.</exception>
    public static TuningSpace Read(ParameterRanges ranges)
    {
        List<SearchParameter> parameters = [];
        foreach (var range in ranges.ContinuousParameterRanges ?? [])
        {
            var (low, high) = (Number(range.Name, range.MinValue), Number(range.Name, range.MaxValue));
            parameters.Add(Make(range.Name, range.MinValue, range.MaxValue, low <= high, () => new ContinuousParameter(range.Name, low, high, Scaling(range.ScalingType))));
        }

        foreach (var range in ranges.IntegerParameterRanges ?? [])
        {
            var (low, high) = (Whole(range.Name, range.MinValue), Whole(range.Name, range.MaxValue));
            if (range.ScalingType == HyperParameterScalingType.ReverseLogarithmic)
            {
                throw Refusals.Validation($"The hyperparameter '{range.Name}' is an integer: ReverseLogarithmic scaling is for continuous ranges within 0 <= x < 1.0 only.");
            }

            parameters.Add(Make(range.Name, range.MinValue, range.MaxValue, low <= high, () => new IntegerParameter(range.Name, low, high, Scaling(range.ScalingType))));
        }

        foreach (var range in ranges.CategoricalParameterRanges ?? [])
        {
            if (range.Values.Distinct(StringComparer.Ordinal).Count() != range.Values.Count || range.Values.Count == 0)
            {
                throw Refusals.Validation($"The values of the categorical hyperparameter '{range.Name}' must be at least one, and all different.");
            }

            parameters.Add(new CategoricalParameter(range.Name, range.Values));
        }

        return parameters.GroupBy(parameter => parameter.Name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? throw Refusals.Validation($"Hyperparameter names must be unique in ParameterRanges: '{twice.Key}' is given more than once.")
            : new TuningSpace(new SearchSpace(parameters));
    }

    /// <summary>A point as hyperparameters.</summary>
    public Dictionary<string, string> Write(double[] point)
    {
        Dictionary<string, string> texts = new(StringComparer.Ordinal);
        for (var i = 0; i < point.Length; i++)
        {
            texts[Space.Parameters[i].Name] = Space.Parameters[i] switch
            {
                CategoricalParameter words => words.Values[(int)point[i]],
                IntegerParameter => ((long)point[i]).ToString(CultureInfo.InvariantCulture),
                _ => point[i].ToString("R", CultureInfo.InvariantCulture),
            };
        }

        return texts;
    }

    /// <summary>The point of hyperparameters; null when one is missing or outside its range.</summary>
    public double[]? TryRead(IReadOnlyDictionary<string, string> hyperparameters)
    {
        var point = new double[Space.Parameters.Count];
        for (var i = 0; i < point.Length; i++)
        {
            var parameter = Space.Parameters[i];
            if (!hyperparameters.TryGetValue(parameter.Name, out var text))
            {
                return null;
            }

            point[i] = parameter is CategoricalParameter words ? words.Values.ToList().IndexOf(text)
                : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;
            if (!parameter.Contains(point[i]))
            {
                return null;
            }
        }

        return point;
    }

    private static SearchParameter Make(string name, string low, string high, bool isOrdered, Func<SearchParameter> make)
    {
        if (!isOrdered)
        {
            throw Refusals.Validation($"The MinValue of the hyperparameter '{name}' must not be greater than its MaxValue: {low} > {high}.");
        }

        try
        {
            return make();
        }
        catch (ArgumentException)
        {
            throw Refusals.Validation(
                $"The range [{low}, {high}] of the hyperparameter '{name}' does not suit its ScalingType: "
                + "Logarithmic is for ranges with values greater than 0, ReverseLogarithmic for ranges within 0 <= x < 1.0.");
        }
    }

    private static ParameterScaling Scaling(string? type) => type switch
    {
        HyperParameterScalingType.Linear => ParameterScaling.Linear,
        HyperParameterScalingType.Logarithmic => ParameterScaling.Logarithmic,
        HyperParameterScalingType.ReverseLogarithmic => ParameterScaling.ReverseLogarithmic,
        _ => ParameterScaling.Auto,
    };

    private static double Number(string name, string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : throw Refusals.Validation($"The value '{text}' in the range of the hyperparameter '{name}' is not a number.");

    private static int Whole(string name, string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Refusals.Validation($"The value '{text}' in the range of the integer hyperparameter '{name}' is not an integer.");
}
