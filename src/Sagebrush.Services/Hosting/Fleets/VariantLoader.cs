using System.Globalization;
using Sagebrush.Algorithms;
using Sagebrush.Compute.Capacity;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.Serving;
using Sagebrush.Serving.BuiltIn;
using Sagebrush.Serving.Python;

namespace Sagebrush.Services.Hosting.Fleets;

/// <summary>Makes a model server of a variant: which kind its image and environment ask for.</summary>
internal sealed class VariantLoader(HostingOptions options, ModelArtifacts artifacts, TimeProvider time)
{
    private const string ModelMount = "/opt/ml/model";
    private const string Container = "container_1";
    private const int MostWorkers = 64;

    /// <exception cref="ModelLoadException">The variant cannot be served; the message is the endpoint's failure reason.</exception>
    public async Task<IModelServer> LoadAsync(
        VariantPlan variant, FleetFolder folder, Action<string> log, CancellationToken cancellationToken)
    {
        if (variant.Containers is not [var container])
        {
            throw new ModelLoadException("Inference pipelines, models of several containers, are not supported yet.");
        }

        var image = ServingImage.Parse(container.Image!);
        var script = container.Environment?.GetValueOrDefault("SAGEMAKER_PROGRAM") is { Length: > 0 };
        var algorithm = script || image.Framework is null ? null : BuiltInAlgorithms.Find(image.Framework);
        if (algorithm is null && image.Framework is not ("scikit-learn" or "xgboost"))
        {
            throw new ModelLoadException(
                $"The image \"{container.Image}\" of container \"{Container}\" cannot be served: the images of built-in algorithms, and those of " +
                "scikit-learn and XGBoost with a script, can.");
        }

        var model = folder.Of(variant, "model");
        if (string.IsNullOrEmpty(container.ModelDataUrl))
        {
            Directory.CreateDirectory(model);
        }
        else
        {
            await artifacts.UnpackAsync(container.ModelDataUrl, Container, model, cancellationToken);
        }

        try
        {
            return algorithm is not null
                ? BuiltInModelServer.Load(algorithm, model, image.Tag)
                : await PythonModelServer.LoadAsync(
                    await PythonOptionsAsync(variant, container, image, folder, log, cancellationToken), cancellationToken);
        }
        catch (ModelLoadException error)
        {
            log($"The model could not be loaded: {error.Message}");
            throw new ModelLoadException(
                $"The primary container for production variant {variant.Name} did not pass the ping health check: {error.Message}. " +
                "Please check CloudWatch logs for this endpoint.",
                error);
        }
    }

    private async Task<PythonModelOptions> PythonOptionsAsync(
        VariantPlan variant, ContainerDefinition container, ServingImage image, FleetFolder folder, Action<string> log, CancellationToken cancellationToken)
    {
        var environment = container.Environment ?? [];
        var model = folder.Of(variant, "model");
        var code = Path.Join(model, "code");
        var submit = environment.GetValueOrDefault("SAGEMAKER_SUBMIT_DIRECTORY", "");
        if (S3Location.TryParse(submit, out _))
        {
            code = folder.Of(variant, "code");
            await artifacts.UnpackAsync(submit, Container, code, cancellationToken);
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
            Framework = image.Framework == "xgboost" ? PythonFramework.XGBoost : PythonFramework.ScikitLearn,
            PythonPath = options.PythonPath,
            Environment = environment,
            Workers = Workers(variant, environment),
            WorkerMemoryLimit = InstanceCatalogue.TryGet(variant.Variant.InstanceType!, out var type) ? type.Resources().MemoryBytes : 0,
            StartupTimeout = variant.Variant.ContainerStartupHealthCheckTimeoutInSeconds is { } seconds
                ? TimeSpan.FromSeconds(seconds)
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
