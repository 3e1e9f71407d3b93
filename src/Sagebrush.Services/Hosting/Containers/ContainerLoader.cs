using Sagebrush.Compute.Capacity;
using Sagebrush.Compute.Containers;
using Sagebrush.Compute.Execution;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Containers;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.Services.Hosting.Fleets;
using Sagebrush.Services.Images;
using Sagebrush.Serving;
using Sagebrush.Serving.Composite;
using Sagebrush.Serving.Python;

namespace Sagebrush.Services.Hosting.Containers;

/// <summary>Makes a model server of a variant's container whose image itself runs.</summary>
internal sealed class ContainerLoader(HostingOptions options, Fleets.ModelArtifacts artifacts, ContainerExecutor executor, ImageSupply images, TimeProvider time)
{
    private const string ModelPath = "/opt/ml/model";
    private const int MaxProcesses = 16_384;

    /// <summary>Whether an image runs as a container: it is none that AWS publishes.</summary>
    public static bool IsFor(string image) => PublishedImage.TryParse(image) is null;

    /// <exception cref="ModelLoadException">The containers do not come up; the message is the endpoint's failure reason.</exception>
    public async Task<IModelServer> LoadAsync(VariantPlan variant, ContainerPlace place, Action<string> log, CancellationToken cancellationToken)
    {
        var image = await BringAsync(place.Container.Image!, cancellationToken);
        if (place.Container.Mode == ContainerMode.MultiModel)
        {
            return await LoadManyAsync(variant, place, image, log, cancellationToken);
        }

        await artifacts.BringAsync(place.Container, place.Name, place.ModelFolder, cancellationToken);

        var mount = new JobMount(place.ModelFolder, ModelPath, IsWritable: true);
        return await ContainerModelServer.LoadAsync(Options(variant, place, image, Math.Max(1, variant.InstanceCount), mount, log), cancellationToken);
    }

    private async Task<IModelServer> LoadManyAsync(VariantPlan variant, ContainerPlace place, string image, Action<string> log, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(place.ModelFolder);
        var mount = new JobMount(place.ModelFolder, ContainerModelSource.ModelsPath, IsWritable: false);
        var container = await ContainerInstance.StartAsync(Options(variant, place, image, 1, mount, log), 1, cancellationToken);
        var memory = InstanceCatalogue.TryGet(variant.Variant.InstanceType!, out var type) ? type.Resources().MemoryBytes : long.MaxValue;
        return new ContainerMultiModelServer(container, new MultiModelServer(new ContainerModelSource(container, artifacts, place, TimeoutOf(variant)), memory));
    }

    private async Task<string> BringAsync(string image, CancellationToken cancellationToken)
    {
        try
        {
            return (await images.BringAsync(image, new ImageAccess(null, null, null), static _ => { }, cancellationToken)).Id;
        }
        catch (ImagePullException exception)
        {
            throw new ModelLoadException(exception.Message, exception);
        }
    }

    private static TimeSpan TimeoutOf(VariantPlan variant) => variant.RequestTimeout ?? PythonModelOptions.DefaultRequestTimeout;

    private ContainerModelOptions Options(VariantPlan variant, ContainerPlace place, string image, int instances, JobMount mount, Action<string> log)
    {
        var environment = new Dictionary<string, string>(place.Container.Environment ?? [], StringComparer.Ordinal);
        if (place.Container.Mode == ContainerMode.MultiModel)
        {
            environment.TryAdd("SAGEMAKER_MULTI_MODEL", "true");
        }

        var offered = variant.Serverless is { } serverless ? new ComputeResources(0, (long)serverless.MemorySizeInMB << 20, 0)
            : variant.Variant.InstanceType is { } name && InstanceCatalogue.TryGet(name, out var type) ? type.Resources() : default;
        return new ContainerModelOptions
        {
            Executor = executor,
            Image = image,
            Folder = Path.Join(place.ModelFolder + ".containers", variant.InstanceId),
            Instances = instances,
            Mounts = [mount],
            Environment = environment,
            Limits = new JobLimits(
                offered.VCpus > 0 && offered.VCpus < System.Environment.ProcessorCount ? offered.VCpus : null, offered.MemoryBytes > 0 ? offered.MemoryBytes : null, MaxProcesses),
            IsNetworkIsolated = variant.IsNetworkIsolated,
            IsInHostNetwork = executor.ServesInHostNetwork,
            Purpose = $"model/{variant.Name}/{place.Name}",
            StartupTimeout = variant.Variant.ContainerStartupHealthCheckTimeoutInSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : options.StartupTimeout,
            RequestTimeout = TimeoutOf(variant),
            LargestAnswer = variant.LargestAnswer ?? PythonModelOptions.DefaultMaximumResponseBytes,
            Log = log,
            Time = time,
        };
    }
}
