using System.Security.Cryptography;
using Sagebrush.Compute.Capacity;
using Sagebrush.Contracts.SageMaker;

namespace Sagebrush.Services.Recommendations;

/// <summary>Which machines and environments a job tries.</summary>
internal static class Candidates
{
    private const int MostTests = 10;
    private const int TestsByDefault = 4;

    // The usual first choices for inference on processors, the cheapest first.
    private static readonly string[] Usual =
    [
        "ml.t2.medium", "ml.c5.large", "ml.m5.large", "ml.r5.large", "ml.c5.xlarge", "ml.m5.xlarge", "ml.r5.xlarge", "ml.c5.2xlarge", "ml.m5.2xlarge", "ml.c5.4xlarge",
    ];

    /// <summary>The benchmarks of a job.</summary>
    /// <param name="input">What it asks for.</param>
    /// <param name="isAdvanced">Whether the caller chose the machines.</param>
    /// <param name="machine">What this machine has: larger ones cannot be emulated on it.</param>
    /// <param name="deployable">Where the model may be deployed, unless the caller says otherwise; anywhere when empty.</param>
    public static IReadOnlyList<Benchmark> Of(RecommendationJobInputConfig input, bool isAdvanced, ComputeResources machine, IReadOnlyList<string> deployable)
    {
        var most = Math.Min(MostTests, input.ResourceLimit?.MaxNumberOfTests ?? MostTests);
        if (isAdvanced)
        {
            return [.. input.EndpointConfigurations!.SelectMany(config => Environments(config).Select(environment => New(config.InstanceType!, environment))).Take(most)];
        }

        IReadOnlyList<string> supported = input.ContainerConfig?.SupportedInstanceTypes is { Count: > 0 } types ? types : deployable is { Count: > 0 } ? deployable : Usual;
        return [.. supported.Where(type => Fits(type, machine)).Take(Math.Min(most, TestsByDefault)).Select(type => New(type, new Dictionary<string, string>()))];
    }

    /// <summary>Whether a machine of a type can be emulated.</summary>
    public static bool Fits(string type, ComputeResources machine) =>
        InstanceCatalogue.TryGet(type, out var known) && known.Resources() is var needed
        && needed.VCpus <= machine.VCpus && needed.MemoryBytes <= machine.MemoryBytes && needed.Gpus <= machine.Gpus;

    private static IEnumerable<IReadOnlyDictionary<string, string>> Environments(EndpointInputConfiguration config)
    {
        IEnumerable<IReadOnlyDictionary<string, string>> all = [new Dictionary<string, string>()];
        foreach (var range in config.EnvironmentParameterRanges?.CategoricalParameterRanges ?? [])
        {
            all = all.SelectMany(environment => range.Value.Select(value =>
                (IReadOnlyDictionary<string, string>)new Dictionary<string, string>(environment) { [range.Name] = value })).ToList();
        }

        return all;
    }

    private static Benchmark New(string type, IReadOnlyDictionary<string, string> environment) =>
        new() { Id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)), InstanceType = type, Environment = environment };
}
