using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.Serving;
using Sagebrush.Serving.Composite;

namespace Sagebrush.Services.Hosting.Fleets;

/// <summary>The models below a multi-model container's prefix, loaded one by one: <c>TargetModel</c> is what follows the prefix.</summary>
internal sealed class MultiModelSource(VariantLoader loader, ModelArtifacts artifacts, VariantPlan variant, ContainerPlace place, Action<string> log)
    : IModelSource
{
    // A worker with Python and scikit-learn in it, before any model.
    private const long PythonBytes = 100L << 20;

    // Trees and weights are larger in memory than in their files.
    private const int Growth = 2;

    public async Task<LoadedModel> LoadAsync(string name, CancellationToken cancellationToken)
    {
        var url = S3Location.Parse(place.Container.ModelDataUrl!).Below(name.TrimStart('/')).ToString();
        if (!artifacts.Exists(url))
        {
            throw new ModelInvocationException(
                InvocationFailure.NoTarget,
                0,
                $"Failed to download model data for container \"{place.Name}\" from URL: \"{url}\". Please ensure that there is an object " +
                "located at the URL and that the role passed to CreateModel has permissions to download the object.");
        }

        // A folder of its own each time: the model may be loaded again while an earlier load of it is still ending.
        var folder = Path.Join(place.ModelFolder, Guid.NewGuid().ToString("N"));
        var model = new ContainerPlace(Single(url), place.Name, Path.Join(folder, "model"), Path.Join(folder, "code"));
        try
        {
            Directory.CreateDirectory(folder);
            var (server, downloading) = await loader.LoadModelAsync(variant, model, log, cancellationToken);
            log($"Loaded model {name}");
            var bytes = Size(folder) * Growth + (server.IsImmediate ? 0 : PythonBytes);
            return new LoadedModel(server, bytes, () =>
            {
                FleetFolder.Delete(folder);
                log($"Unloaded model {name}");
            })
            {
                Downloading = downloading,
            };
        }
        catch
        {
            FleetFolder.Delete(folder);
            throw;
        }
    }

    private ContainerDefinition Single(string url) => new()
    {
        Image = place.Container.Image,
        Mode = place.Container.Mode,
        ModelDataUrl = url,
        Environment = place.Container.Environment,
    };

    private static long Size(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
}
