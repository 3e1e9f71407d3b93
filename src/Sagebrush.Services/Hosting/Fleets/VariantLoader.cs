using System.Globalization;
using Sagebrush.Algorithms;
using Sagebrush.Compute.Capacity;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Containers;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.Serving;
using Sagebrush.Serving.BuiltIn;
using Sagebrush.Serving.Composite;
using Sagebrush.Serving.Onnx;
using Sagebrush.Serving.Python;
using Sagebrush.Serving.Tensors;

namespace Sagebrush.Services.Hosting.Fleets;

/// <summary>Makes a model server of a variant: which kind its image and environment ask for.</summary>
internal sealed class VariantLoader(HostingOptions options, ModelArtifacts artifacts, ContainerLoader containers, TimeProvider time)
{
    private const string ModelMount = "/opt/ml/model";
    private const int MostWorkers = 64;

    private static readonly TimeSpan ServerlessStartup = TimeSpan.FromMinutes(3);

    /// <exception cref="ModelLoadException">The variant cannot be served; the message is the endpoint's failure reason.</exception>
    public async Task<IModelServer> LoadAsync(
        VariantPlan variant, FleetFolder folder, Action<string> log, CancellationToken cancellationToken)
    {
        if (variant.Containers is [var only])
        {
            return await LoadAsync(variant, new ContainerPlace(only, Name(only, 0), folder.Of(variant, "model"), folder.Of(variant, "code")), log, cancellationToken);
        }

        var containers = new List<NamedServer>();
        try
        {
            foreach (var (i, container) in variant.Containers.Index())
            {
                var place = new ContainerPlace(container, Name(container, i), folder.Of(variant, $"model-{i + 1}"), folder.Of(variant, $"code-{i + 1}"));
                containers.Add(new NamedServer(place.Name, await LoadAsync(variant, place, log, cancellationToken)));
            }
        }
        catch
        {
            foreach (var container in containers)
            {
                await container.Server.DisposeAsync();
            }

            throw;
        }

        return variant.IsDirect ? new DirectModelServer(containers) : new PipelineModelServer(containers);
    }

    /// <summary>Loads the model of one container from its archive.</summary>
    /// <returns>What serves it, and how long it took to get its files.</returns>
    /// <exception cref="ModelLoadException">It cannot be served.</exception>
    public async Task<(IModelServer Server, TimeSpan Downloading)> LoadModelAsync(
        VariantPlan variant, ContainerPlace place, Action<string> log, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var algorithm = await PrepareAsync(variant, place, cancellationToken);
        var downloading = time.GetElapsedTime(began);
        return (await StartAsync(variant, place, algorithm, log, cancellationToken), downloading);
    }

    private static string Name(ContainerDefinition container, int index) => container.ContainerHostname ?? $"container_{index + 1}";

    private async Task<IModelServer> LoadAsync(VariantPlan variant, ContainerPlace place, Action<string> log, CancellationToken cancellationToken)
    {
        if (ContainerLoader.IsFor(place.Container.Image!))
        {
            return await ToldAsync(variant, place, () => containers.LoadAsync(variant, place, log, cancellationToken), log);
        }

        if (place.Container.Mode == ContainerMode.MultiModel)
        {
            var memory = Machine(variant)?.MemoryBytes ?? long.MaxValue;
            return new MultiModelServer(new MultiModelSource(this, artifacts, variant, place, log), memory, time);
        }

        var algorithm = await PrepareAsync(variant, place, cancellationToken);
        return await ToldAsync(variant, place, () => StartAsync(variant, place, algorithm, log, cancellationToken), log);
    }

    // Says which container it was that did not come up.
    private static async Task<IModelServer> ToldAsync(VariantPlan variant, ContainerPlace place, Func<Task<IModelServer>> load, Action<string> log)
    {
        try
        {
            return await load();
        }
        catch (ModelLoadException error)
        {
            log($"The model could not be loaded: {error.Message}");
            throw new ModelLoadException(
                $"The {(variant.Containers.Count == 1 ? "primary" : place.Name)} container for production variant {variant.Name} did not pass the ping health check: {error.Message}. " +
                "Please check CloudWatch logs for this endpoint.",
                error);
        }
    }

    /// <summary>Finds what serves a container and unpacks its archive.</summary>
    /// <returns>The built-in algorithm; null when Python handlers serve it.</returns>
    private async Task<IBuiltInAlgorithm?> PrepareAsync(VariantPlan variant, ContainerPlace place, CancellationToken cancellationToken)
    {
        var container = place.Container;
        var image = ServingImage.Parse(container.Image!);
        var script = container.Environment?.GetValueOrDefault("SAGEMAKER_PROGRAM") is { Length: > 0 };
        var algorithm = script || image.Framework is null ? null : BuiltInAlgorithms.Find(image.Framework);
        if (algorithm is null && !image.TakesOnnx)
        {
            throw new ModelLoadException(
                $"The image \"{container.Image}\" of container \"{place.Name}\" cannot be served: the images of built-in algorithms, those of " +
                "scikit-learn, XGBoost, PyTorch and Hugging Face with a script, and those of Triton, TensorFlow Serving and other frameworks with an ONNX model can.");
        }

        await DownloadAsync(variant, place.Name, stop => artifacts.BringAsync(container, place.Name, place.ModelFolder, stop), cancellationToken);
        return algorithm;
    }

    /// <summary>Brings files of a container, in the time the variant gives it.</summary>
    private async Task DownloadAsync(VariantPlan variant, string container, Func<CancellationToken, Task> bring, CancellationToken cancellationToken)
    {
        if (variant.Variant.ModelDataDownloadTimeoutInSeconds is not { } seconds)
        {
            await bring(cancellationToken);
            return;
        }

        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(seconds), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await bring(either.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ModelLoadException(string.Create(
                CultureInfo.InvariantCulture,
                $"Failed to download model data for container \"{container}\" within {seconds} seconds (ModelDataDownloadTimeoutInSeconds)."));
        }
    }

    private async Task<IModelServer> StartAsync(
        VariantPlan variant, ContainerPlace place, IBuiltInAlgorithm? algorithm, Action<string> log, CancellationToken cancellationToken)
    {
        var image = ServingImage.Parse(place.Container.Image!);
        if (ServesOnnx(place, image))
        {
            if (image.Framework is null && ModelFolder.FindTrees(place.ModelFolder) is { } trees)
            {
                return new TensorModelServer(
                    BuiltInTensorModel.Load(BuiltInAlgorithms.Find("xgboost")!, trees.Name, trees.Version, Path.GetDirectoryName(trees.Path)!));
            }

            var file = ModelFolder.Find(place.ModelFolder, place.Container.Environment?.GetValueOrDefault("SAGEMAKER_TRITON_DEFAULT_MODEL_NAME"));
            return new TensorModelServer(OnnxModel.Load(
                file, Threads(variant, place.Container.Environment ?? []), Accelerators.Of(variant.Variant.AcceleratorType, options)));
        }

        if (variant.Variant.AcceleratorType is { } accelerator)
        {
            log($"The accelerator {accelerator} is not used: it runs ONNX models, and this is none.");
        }

        return algorithm is not null
            ? BuiltInModelServer.Load(algorithm, place.ModelFolder, image.Tag, place.Container.Environment)
            : await PythonModelServer.LoadAsync(await PythonOptionsAsync(variant, place, image, log, cancellationToken), cancellationToken);
    }

    /// <summary>Whether a container's archive is served by ONNX Runtime: it holds such models and no handlers, or its image has nothing else that is run here.</summary>
    private static bool ServesOnnx(ContainerPlace place, in ServingImage image) =>
        image.TakesOnnx
        && (image.Framework is null
            || (place.Container.Environment?.GetValueOrDefault("SAGEMAKER_PROGRAM") is not { Length: > 0 }
                && !Directory.Exists(Path.Join(place.ModelFolder, "code")) && ModelFolder.Holds(place.ModelFolder)));

    /// <summary>Threads one request to an ONNX model may use: what the model asks for, else the processors its machine has.</summary>
    private static int Threads(VariantPlan variant, Dictionary<string, string> environment) =>
        int.TryParse(environment.GetValueOrDefault("OMP_NUM_THREADS"), NumberStyles.None, CultureInfo.InvariantCulture, out var threads) && threads > 0
            ? Math.Min(threads, MostWorkers)
            : Math.Clamp(Machine(variant)?.VCpus ?? Environment.ProcessorCount, 1, Environment.ProcessorCount);

    /// <summary>What the variant's instance type has; null for types that are not known, and for serverless variants.</summary>
    private static ComputeResources? Machine(VariantPlan variant) =>
        variant.Variant.InstanceType is { } name && InstanceCatalogue.TryGet(name, out var type) ? type.Resources() : null;

    private async Task<PythonModelOptions> PythonOptionsAsync(
        VariantPlan variant, ContainerPlace place, ServingImage image, Action<string> log, CancellationToken cancellationToken)
    {
        var environment = place.Container.Environment ?? [];
        var model = place.ModelFolder;
        var code = Path.Join(model, "code");
        var submit = environment.GetValueOrDefault("SAGEMAKER_SUBMIT_DIRECTORY", "");
        if (S3Location.TryParse(submit, out _))
        {
            code = place.CodeFolder;
            await DownloadAsync(variant, place.Name, stop => artifacts.UnpackAsync(submit, place.Name, code, stop), cancellationToken);
        }
        else if (Inside(submit.Replace("file://", "", StringComparison.Ordinal)) is { } within)
        {
            code = Path.Join(model, within);
        }

        return new PythonModelOptions
        {
            ModelDirectory = model,
            CodeDirectory = code,
            Program = environment.GetValueOrDefault("SAGEMAKER_PROGRAM") is { Length: > 0 } program ? program : "inference.py",
            Framework = image.Handlers!.Value,
            PythonPath = options.Pythons.GetValueOrDefault(image.Framework!, options.PythonPath),
            Environment = environment,
            Workers = place.Container.Mode == ContainerMode.MultiModel || variant.Serverless is not null ? 1 : Workers(variant, environment),
            WorkerMemoryLimit = variant.Serverless is { } serverless ? (long)serverless.MemorySizeInMB << 20 : Machine(variant)?.MemoryBytes ?? 0,
            StartupTimeout = variant.Serverless is not null ? ServerlessStartup
                : variant.Variant.ContainerStartupHealthCheckTimeoutInSeconds is { } seconds ? TimeSpan.FromSeconds(seconds)
                : options.StartupTimeout,
            RequestTimeout = variant.RequestTimeout ?? PythonModelOptions.DefaultRequestTimeout,
            MaximumResponseBytes = variant.LargestAnswer ?? PythonModelOptions.DefaultMaximumResponseBytes,
            Log = log,
            TimeProvider = time,
        };
    }

    /// <summary>Which folder of the model a path of the container means; null for any other path.</summary>
    private static string? Inside(string path)
    {
        if (!path.StartsWith(ModelMount, StringComparison.Ordinal))
        {
            return null;
        }

        var rest = path[ModelMount.Length..].Trim('/');
        return rest.Split('/').Contains("..") ? null : rest;
    }

    /// <summary>One worker for each processor, as in SageMaker's containers, unless the model asks for another number.</summary>
    private static int Workers(VariantPlan variant, Dictionary<string, string> environment) =>
        environment.TryGetValue("SAGEMAKER_MODEL_SERVER_WORKERS", out var text)
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var workers) && workers > 0
            ? Math.Min(workers, MostWorkers)
            : Math.Min(Environment.ProcessorCount, MostWorkers) * Math.Clamp(variant.InstanceCount, 1, 2);
}
