using Sagebrush.Compute.Containers;

namespace Sagebrush.CommandLine;

/// <summary>What the environment says about containers.</summary>
internal static class ContainerSettings
{
    /// <summary>Reads <c>SAGEBRUSH_CONTAINER_ENGINE</c>, <c>SAGEBRUSH_JOB_NETWORK</c> and <c>SAGEBRUSH_MODEL_NETWORK</c>.</summary>
    public static ContainerOptions Read()
    {
        var usual = new ContainerOptions();
        return usual with
        {
            Engine = Read("SAGEBRUSH_CONTAINER_ENGINE"),
            JobNetwork = Read("SAGEBRUSH_JOB_NETWORK") ?? usual.JobNetwork,
            ModelNetwork = Read("SAGEBRUSH_MODEL_NETWORK") ?? usual.ModelNetwork,
        };
    }

    private static string? Read(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
}
