using System.Security.Cryptography;
using Sagebrush.Compute.Capacity;
using Sagebrush.Contracts.SageMaker;

namespace Sagebrush.Services.Recommendations;

/// <summary>Which machines and environments a job tries.</summary>
internal static class Candidates
{
    private const int MostTests = 10;
    private const int TestsByDefault = 4;
    private const int ServerlessConcurrency = 5;

    // The usual first choices for inference on processors, the cheapest first.
    private static readonly string[] Usual =
    [
        "ml.t2.medium", "ml.c5.large", "ml.m5.large", "ml.r5.large", "ml.c5.xlarge", "ml.m5.xlarge", "ml.r5.xlarge", "ml.c5.2xlarge", "ml.m5.2xlarge", "ml.c5.4xlarge",
    ];

    // Half of them, the smaller, beside the machines where nobody says which kind of endpoint it shall be.
    private static readonly int[] ServerlessMemory = [1024, 2048, 4096, 6144];

    /// <summary>The benchmarks of a job.</summary>
    /// <param name="input">What it asks for.</param>
    /// <param name="isAdvanced">Whether the caller chose the machines.</param>
    /// <param name="machine">What this machine has: larger ones cannot be emulated on it.</param>
    /// <param name="deployable">Where the model may be deployed, unless the caller says otherwise; anywhere when empty.</param>
    /// <param name="canBeServerless">Whether the model has one container for one model.</param>
    public static IReadOnlyList<Benchmark> Of(
        RecommendationJobInputConfig input, bool isAdvanced, ComputeResources machine, IReadOnlyList<string> deployable, bool canBeServerless)
    {
        var most = Math.Min(MostTests, input.ResourceLimit?.MaxNumberOfTests ?? MostTests);
        if (isAdvanced)
        {
            return [.. input.EndpointConfigurations!.SelectMany(config => Environments(config).Select(environment =>
                New() with { InstanceType = config.InstanceType, Serverless = config.ServerlessConfig, Environment = environment })).Take(most)];
        }

        var wished = input.ContainerConfig?.SupportedEndpointType;
        IReadOnlyList<string>? named = input.ContainerConfig?.SupportedInstanceTypes is { Count: > 0 } types ? types : deployable is { Count: > 0 } ? deployable : null;
        var machines = wished == RecommendationJobSupportedEndpointType.Serverless
            ? []
            : (named ?? Usual).Where(type => Fits(type, machine)).Take(TestsByDefault).Select(type => New() with { InstanceType = type });
        var memory = !canBeServerless ? []
            : wished == RecommendationJobSupportedEndpointType.Serverless ? ServerlessMemory
            : wished is null && named is null ? ServerlessMemory.AsSpan(0, ServerlessMemory.Length / 2).ToArray()
            : [];
        return [.. machines.Concat(memory.Where(size => (long)size << 20 <= machine.MemoryBytes).Select(size => New() with
        {
            Serverless = new ProductionVariantServerlessConfig { MemorySizeInMB = size, MaxConcurrency = ServerlessConcurrency },
        })).Take(most)];
    }

    /// <summary>The benchmark of an endpoint there is.</summary>
    public static Benchmark Existing(string instanceType, TestedEndpoint endpoint) => New() with { InstanceType = instanceType, Endpoint = endpoint };

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

    private static Benchmark New() => new() { Id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)) };
}
