using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Hosting.Fleets;

/// <summary>Where the unpacked models of one fleet are: below <c>ACCOUNT.REGION.ENDPOINT/FLEET</c>.</summary>
/// <remarks>Each fleet has copies of its own, as each instance at AWS has: handlers may write there, and a fleet is deleted whole.</remarks>
internal readonly struct FleetFolder
{
    private FleetFolder(string endpoint, string path) => (Endpoint, Path) = (endpoint, path);

    /// <summary>The endpoint's folder, which holds its fleets'.</summary>
    public string Endpoint { get; }

    /// <summary>The fleet's folder.</summary>
    public string Path { get; }

    public static FleetFolder Of(HostingOptions options, ResourceKey key, FleetPlan plan)
    {
        var endpoint = OfEndpoint(options, key);
        return new FleetFolder(endpoint, System.IO.Path.Join(endpoint, plan.Id));
    }

    public static string OfEndpoint(HostingOptions options, ResourceKey key) =>
        System.IO.Path.Join(options.Folder, $"{key.Account}.{key.Region}.{key.Name}");

    /// <summary>The folder of one model that is served to a job, not to an endpoint.</summary>
    public static FleetFolder OfJob(HostingOptions options, string id)
    {
        var job = System.IO.Path.Join(options.Folder, $"job.{id}");
        return new FleetFolder(job, job);
    }

    /// <summary>A variant's folder, such as that of its <c>model</c> or its <c>code</c>.</summary>
    public string Of(VariantPlan variant, string part) => System.IO.Path.Join(Path, variant.Name, part);

    public static void Delete(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // It was never made, or is gone already.
        }
    }
}
