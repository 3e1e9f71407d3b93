using Sagebrush.CommandLine;
using Sagebrush.Compute.Containers;

namespace Sagebrush.Doctor;

/// <summary>Is there an engine for containers? Images of one's own need it; built-in algorithms and frameworks do not.</summary>
internal static class ContainerCheck
{
    private const string Subject = "containers";

    public static async Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        var options = ContainerSettings.Read();
        using var engine = new ContainerEngine(options);
        try
        {
            var version = await engine.VersionAsync(cancellationToken);
            return new(Subject, Health.Good, $"{version.Name} {version.Version} ({version.Architecture}) runs images of your own");
        }
        catch (ContainerEngineUnavailableException)
        {
            return new(
                Subject,
                Health.Limited,
                $"no engine answers at {string.Join(", ", EngineAddress.Candidates(options.Engine))}: images of your own cannot run; built-in algorithms and frameworks need none",
                EngineAddress.Remedy);
        }
        catch (ContainerEngineException exception)
        {
            return new(Subject, Health.Limited, $"the engine refuses to say its version: {exception.Message}", EngineAddress.Remedy);
        }
    }
}
