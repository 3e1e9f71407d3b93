using System.Globalization;
using Sagebrush.Algorithms;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Training;

namespace Sagebrush.Services.Tuning;

/// <summary>Chooses ranges where the caller leaves them to the service: <c>Autotune</c>, and <c>AutoParameters</c> with their hints.</summary>
internal static class Autotuning
{
    private const double HintReach = 10;

    /// <summary>Completes a request's ranges in place.</summary>
    public static void Complete(CreateHyperParameterTuningJobRequest request, IReadOnlyList<HyperParameterTrainingJobDefinition> definitions)
    {
        var config = request.HyperParameterTuningJobConfig;
        var isSingle = request.TrainingJobDefinition is not null;
        foreach (var definition in definitions)
        {
            var ranges = isSingle ? config.ParameterRanges : definition.HyperParameterRanges;
            if (request.Autotune is null)
            {
                if (ranges?.AutoParameters is { Count: > 0 })
                {
                    throw Refusals.Validation("AutoParameters can only be given with Autotune in the mode Enabled.");
                }

                continue;
            }

            ranges ??= new ParameterRanges();
            Complete(ranges, definition);
            if (isSingle)
            {
                config.ParameterRanges = ranges;
            }
            else
            {
                definition.HyperParameterRanges = ranges;
            }
        }
    }

    private static void Complete(ParameterRanges ranges, HyperParameterTrainingJobDefinition definition)
    {
        var image = definition.AlgorithmSpecification.TrainingImage;
        var algorithm = image is not null && TrainingProgram.TryFind(image, definition.StaticHyperParameters, out var program, out _) ? program.Algorithm : null;
        foreach (var parameter in ranges.AutoParameters ?? [])
        {
            if (algorithm?.Hyperparameters.Find(parameter.Name) is { IsTunable: true } known)
            {
                Add(ranges, known);
            }
            else
            {
                AddByHint(ranges, parameter);
            }
        }

        if (!IsEmpty(ranges))
        {
            return;
        }

        if (algorithm is null)
        {
            throw Refusals.Validation("Autotune can choose the ranges of built-in algorithms only: for others give ranges, or AutoParameters with hints.");
        }

        foreach (var known in algorithm.Hyperparameters.Specifications.Where(known => known.IsTunable && definition.StaticHyperParameters?.ContainsKey(known.Name) != true))
        {
            Add(ranges, known);
        }
    }

    private static bool IsEmpty(ParameterRanges ranges) =>
        (ranges.ContinuousParameterRanges?.Count ?? 0) + (ranges.IntegerParameterRanges?.Count ?? 0) + (ranges.CategoricalParameterRanges?.Count ?? 0) == 0;

    private static void Add(ParameterRanges ranges, HyperparameterSpecification known)
    {
        var (low, high) = (known.TunableRange!.Minimum ?? 0, known.TunableRange.Maximum ?? 1);
        if (known.Type == HyperparameterType.Integer)
        {
            low = Math.Max(low, known.Range?.Minimum ?? low);

            // Zero often means "no limit", which is not next to one.
            (ranges.IntegerParameterRanges ??= []).Add(new IntegerParameterRange
            {
                Name = known.Name, MinValue = Text(Math.Max(1, low)), MaxValue = Text(high), ScalingType = HyperParameterScalingType.Auto,
            });
        }
        else
        {
            (ranges.ContinuousParameterRanges ??= []).Add(new ContinuousParameterRange
            {
                Name = known.Name, MinValue = Text(known.Range?.Contains(low) == false ? low + ((high - low) / 1000) : low), MaxValue = Text(high), ScalingType = HyperParameterScalingType.Auto,
            });
        }
    }

    private static void AddByHint(ParameterRanges ranges, AutoParameter parameter)
    {
        if (int.TryParse(parameter.ValueHint, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) && whole > 0)
        {
            (ranges.IntegerParameterRanges ??= []).Add(new IntegerParameterRange
            {
                Name = parameter.Name, MinValue = Text(Math.Max(1, Math.Floor(whole / HintReach))), MaxValue = Text(Math.Min(int.MaxValue, whole * HintReach)), ScalingType = HyperParameterScalingType.Logarithmic,
            });
        }
        else if (double.TryParse(parameter.ValueHint, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > 0 && double.IsFinite(number))
        {
            var high = number < 1 ? Math.Min(1, number * HintReach) : number * HintReach;
            (ranges.ContinuousParameterRanges ??= []).Add(new ContinuousParameterRange
            {
                Name = parameter.Name, MinValue = Text(number / HintReach), MaxValue = Text(high), ScalingType = HyperParameterScalingType.Logarithmic,
            });
        }
        else
        {
            throw Refusals.Validation($"The hint '{parameter.ValueHint}' of the auto parameter '{parameter.Name}' must be a number above 0: give a range for others.");
        }
    }

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
