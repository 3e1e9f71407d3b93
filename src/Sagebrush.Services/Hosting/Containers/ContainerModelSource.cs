using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Sagebrush.Services.Hosting.Fleets;
using Sagebrush.Serving;
using Sagebrush.Serving.Composite;
using Sagebrush.Serving.Streaming;

namespace Sagebrush.Services.Hosting.Containers;

/// <summary>The models of a multi-model container, which loads and unloads them by SageMaker's API: <c>/models</c>.</summary>
internal sealed class ContainerModelSource(ContainerInstance container, ModelArtifacts artifacts, ContainerPlace place, TimeSpan timeout) : IModelSource
{
    /// <summary>Where the container sees the folder of the models.</summary>
    public const string ModelsPath = "/opt/ml/models";

    private const int AlreadyLoaded = 409;

    /// <summary>The container has no memory for another model.</summary>
    private const int OutOfMemory = 507;

    /// <inheritdoc/>
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

        // Names in the container are plain words, whatever the models are called outside; a model that is loaded again meanwhile has another folder.
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16)) + Guid.NewGuid().ToString("N")[..8];
        var folder = Path.Join(place.ModelFolder, id);
        try
        {
            Directory.CreateDirectory(folder);
            await artifacts.UnpackAsync(url, place.Name, Path.Join(folder, "model"), cancellationToken);
            var model = new Model(container, id, $"{ModelsPath}/{id}/model", timeout);
            await model.LoadAsync(cancellationToken);
            var bytes = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
            return new LoadedModel(model, bytes, () => FleetFolder.Delete(folder));
        }
        catch
        {
            FleetFolder.Delete(folder);
            throw;
        }
    }

    /// <summary>One model in the container. A container that was started again has forgotten it: it is loaded again.</summary>
    private sealed class Model(ContainerInstance container, string id, string path, TimeSpan timeout) : IModelServer
    {
        private const int NotFound = 404;

        public async Task LoadAsync(CancellationToken cancellationToken)
        {
            var (status, message) = await container.Client.LoadAsync(id, path, timeout, cancellationToken);
            if (status is < 200 or >= 300 and not AlreadyLoaded)
            {
                throw new ModelInvocationException(
                    InvocationFailure.Faulted,
                    status,
                    status == OutOfMemory ? $"The container has no memory for the model: {message}" : $"The container cannot load the model: {message}");
            }
        }

        public async ValueTask<bool> PingAsync(CancellationToken cancellationToken) => await container.PingAsync(cancellationToken);

        public async ValueTask<InvocationResult> InvokeAsync(Serving.Invocation invocation, IBufferWriter<byte> output, CancellationToken cancellationToken)
        {
            try
            {
                return await container.InvokeAsync(id, invocation, output, cancellationToken);
            }
            catch (ModelInvocationException exception) when (exception.OriginalStatusCode == NotFound)
            {
                await LoadAsync(cancellationToken);
                return await container.InvokeAsync(id, invocation, output, cancellationToken);
            }
        }

        public async ValueTask InvokeStreamAsync(Serving.Invocation invocation, IResponseSink sink, CancellationToken cancellationToken)
        {
            try
            {
                await container.InvokeStreamAsync(id, invocation, sink, cancellationToken);
            }
            catch (ModelInvocationException exception) when (exception.OriginalStatusCode == NotFound)
            {
                await LoadAsync(cancellationToken);
                await container.InvokeStreamAsync(id, invocation, sink, cancellationToken);
            }
        }

        public async ValueTask DisposeAsync()
        {
            try
            {
                if (container.IsUp)
                {
                    await container.Client.UnloadAsync(id, timeout, CancellationToken.None);
                }
            }
            catch (ModelInvocationException)
            {
                // It takes its models with it.
            }
        }
    }
}
