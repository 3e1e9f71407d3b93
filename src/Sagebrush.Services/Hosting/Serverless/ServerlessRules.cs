using Sagebrush.Contracts.SageMaker;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Hosting.Serverless;

/// <summary>What serverless variants must keep to, beyond what the model of the API says.</summary>
internal static class ServerlessRules
{
    private const int MemoryStep = 1024;

    /// <exception cref="ServiceException">The configuration cannot be.</exception>
    public static void Check(CreateEndpointConfigInput request)
    {
        if (request.ProductionVariants.FirstOrDefault(variant => variant.ServerlessConfig is not null) is not { ServerlessConfig: { } config } serverless)
        {
            return;
        }

        if (request.ProductionVariants.Count > 1)
        {
            throw HostingErrors.Validation("An endpoint configuration with a serverless variant can have that one variant alone.");
        }

        if (serverless.InstanceType is not null || serverless.InitialInstanceCount is not null)
        {
            throw HostingErrors.Validation($"Production variant \"{serverless.VariantName}\" cannot have both ServerlessConfig and InstanceType or InitialInstanceCount.");
        }

        Check(config);
        var member =
            request.AsyncInferenceConfig is not null ? nameof(request.AsyncInferenceConfig)
            : request.DataCaptureConfig is not null ? nameof(request.DataCaptureConfig)
            : request.ShadowProductionVariants is { Count: > 0 } ? nameof(request.ShadowProductionVariants)
            : request.ExplainerConfig is not null ? nameof(request.ExplainerConfig)
            : null;
        if (member is not null)
        {
            throw HostingErrors.Validation($"{member} is not supported for serverless endpoints.");
        }
    }

    /// <exception cref="ServiceException">There is no such memory size, or more environments would be kept than requests are answered at once.</exception>
    public static void Check(ProductionVariantServerlessConfig config)
    {
        if (config.MemorySizeInMB % MemoryStep != 0)
        {
            throw HostingErrors.Validation($"ServerlessConfig.MemorySizeInMB must be one of 1024, 2048, 3072, 4096, 5120, 6144, not {config.MemorySizeInMB}.");
        }

        if (config.ProvisionedConcurrency > config.MaxConcurrency)
        {
            throw HostingErrors.Validation(
                $"ServerlessConfig.ProvisionedConcurrency of {config.ProvisionedConcurrency} must not be larger than MaxConcurrency, which is {config.MaxConcurrency}.");
        }
    }

    /// <summary>Refuses models of several containers, and of several models, for serverless variants.</summary>
    /// <exception cref="ServiceException">There is such a model.</exception>
    public static void Check(CreateEndpointConfigInput config, IEnumerable<CreateModelInput> models)
    {
        if (config.ProductionVariants.Any(variant => variant.ServerlessConfig is not null)
            && models.Any(model => model.Containers is { Count: > 1 } || model.PrimaryContainer?.Mode == ContainerMode.MultiModel))
        {
            throw HostingErrors.Validation(
                "One or more endpoint features are not supported using this configuration: serverless endpoints have no inference pipelines and no multi-model containers.");
        }
    }

    /// <summary>A configuration with the wishes of an update.</summary>
    /// <exception cref="ServiceException">They do not go together.</exception>
    public static ProductionVariantServerlessConfig Update(ProductionVariantServerlessConfig config, ProductionVariantServerlessUpdateConfig wish)
    {
        var updated = new ProductionVariantServerlessConfig
        {
            MemorySizeInMB = config.MemorySizeInMB,
            MaxConcurrency = wish.MaxConcurrency ?? config.MaxConcurrency,
            ProvisionedConcurrency = wish.ProvisionedConcurrency ?? config.ProvisionedConcurrency,
        };
        Check(updated);
        return updated;
    }
}
