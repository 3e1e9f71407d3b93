using System.Globalization;
using Sagebrush.Contracts.SageMaker;

namespace Sagebrush.Services.Training;

/// <summary>What an algorithm's specification asks of a training job that names it.</summary>
internal static class AlgorithmRules
{
    /// <summary>Checks a request against a specification, and adds to it what the specification gives: defaults and metrics.</summary>
    /// <exception cref="Wire.Dispatch.ServiceException">Something is not as specified.</exception>
    public static void Apply(CreateTrainingJobRequest request, TrainingSpecification specification)
    {
        var algorithm = request.AlgorithmSpecification!;
        if (algorithm.MetricDefinitions is { Count: > 0 })
        {
            throw Refusals.Validation("You can't override the metric definitions of an algorithm. Please retry your request without specifying metric definitions.");
        }

        algorithm.MetricDefinitions = specification.MetricDefinitions;
        if (specification.SupportedHyperParameters is { } parameters)
        {
            request.HyperParameters = Complete(request.HyperParameters ?? [], parameters);
        }

        CheckInstances(request.ResourceConfig, specification);
        CheckChannels(request.InputDataConfig ?? [], algorithm.TrainingInputMode, specification.TrainingChannels);
    }

    private static Dictionary<string, string> Complete(Dictionary<string, string> given, List<HyperParameterSpecification> parameters)
    {
        // Those of the toolkit belong to scripts, whatever the algorithm is.
        if (given.Keys.FirstOrDefault(name => !name.StartsWith("sagemaker_", StringComparison.Ordinal) && parameters.TrueForAll(known => known.Name != name)) is { } unknown)
        {
            throw Refusals.Validation($"The algorithm has no hyperparameter '{unknown}'. It has: {string.Join(", ", parameters.Select(known => known.Name))}.");
        }

        var complete = new Dictionary<string, string>(given, StringComparer.Ordinal);
        foreach (var parameter in parameters)
        {
            if (complete.TryGetValue(parameter.Name, out var value))
            {
                CheckValue(parameter, value);
            }
            else if (parameter.DefaultValue is { } usual)
            {
                complete[parameter.Name] = usual;
            }
            else if (parameter.IsRequired == true)
            {
                throw Refusals.Validation($"The hyperparameter '{parameter.Name}' is required by the algorithm.");
            }
        }

        return complete;
    }

    private static void CheckValue(HyperParameterSpecification parameter, string value)
    {
        var range = parameter.Range;
        var problem = parameter.Type switch
        {
            ParameterType.Integer => !long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? "is not an integer"
                : range?.IntegerParameterRangeSpecification is { } integers ? OutOf(number, integers.MinValue, integers.MaxValue) : null,
            ParameterType.Continuous => !double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? "is not a number"
                : range?.ContinuousParameterRangeSpecification is { } numbers ? OutOf(number, numbers.MinValue, numbers.MaxValue) : null,
            ParameterType.Categorical when range?.CategoricalParameterRangeSpecification is { } categories && !categories.Values.Contains(value) =>
                $"is none of {string.Join(", ", categories.Values)}",
            _ => null,
        };
        if (problem is not null)
        {
            throw Refusals.Validation($"The value '{value}' of the hyperparameter '{parameter.Name}' {problem}.");
        }
    }

    private static string? OutOf(double value, string least, string most) =>
        (double.TryParse(least, NumberStyles.Float, CultureInfo.InvariantCulture, out var low) && value < low)
        || (double.TryParse(most, NumberStyles.Float, CultureInfo.InvariantCulture, out var high) && value > high)
            ? $"is not between {least} and {most}"
            : null;

    private static void CheckInstances(ResourceConfig? resources, TrainingSpecification specification)
    {
        var groups = resources?.InstanceGroups ?? [];
        IEnumerable<string?> types = groups.Count > 0 ? groups.Select(group => (string?)group.InstanceType) : (string?[])[resources?.InstanceType];
        if (types.FirstOrDefault(type => type is not null && !specification.SupportedTrainingInstanceTypes.Contains(type)) is { } other)
        {
            throw Refusals.Validation(
                $"The algorithm cannot train on the instance type '{other}'. It can on: {string.Join(", ", specification.SupportedTrainingInstanceTypes)}.");
        }

        var count = groups.Count > 0 ? groups.Sum(group => group.InstanceCount) : resources?.InstanceCount;
        if (count > 1 && specification.SupportsDistributedTraining == false)
        {
            throw Refusals.Validation("The algorithm does not support distributed training: use one instance.");
        }
    }

    private static void CheckChannels(List<Channel> channels, string defaultMode, List<ChannelSpecification> specifications)
    {
        if (specifications.Find(known => known.IsRequired == true && channels.TrueForAll(channel => channel.ChannelName != known.Name)) is { } missing)
        {
            throw Refusals.Validation($"The channel '{missing.Name}' is required by the algorithm.");
        }

        foreach (var channel in channels)
        {
            var known = specifications.Find(known => known.Name == channel.ChannelName)
                ?? throw Refusals.Validation($"The algorithm has no channel '{channel.ChannelName}'. It has: {string.Join(", ", specifications.Select(one => one.Name))}.");
            CheckOneOf(channel, "content type", channel.ContentType, known.SupportedContentTypes);
            CheckOneOf(channel, "input mode", channel.InputMode ?? defaultMode, known.SupportedInputModes);
            CheckOneOf(channel, "compression type", channel.CompressionType, known.SupportedCompressionTypes);
        }
    }

    private static void CheckOneOf(Channel channel, string what, string? value, List<string>? supported)
    {
        if (value is not null && supported is { Count: > 0 } && !supported.Contains(value))
        {
            throw Refusals.Validation($"The channel '{channel.ChannelName}' of the algorithm cannot have the {what} '{value}', but: {string.Join(", ", supported)}.");
        }
    }
}
