using Sagebrush.Contracts.ApplicationAutoScaling;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.AutoScaling;

/// <summary>What is scaled: a variant of an endpoint, in one dimension.</summary>
/// <param name="Endpoint">The endpoint.</param>
/// <param name="Variant">Its variant.</param>
/// <param name="Dimension">One of the API's <c>ScalableDimension</c>.</param>
internal readonly record struct ScalableResource(string Endpoint, string Variant, string Dimension)
{
    /// <summary>The instances of a variant.</summary>
    public const string Instances = "sagemaker:variant:DesiredInstanceCount";

    /// <summary>The provisioned concurrency of a serverless variant.</summary>
    public const string Concurrency = "sagemaker:variant:DesiredProvisionedConcurrency";

    /// <summary>The name its scalable target is kept under.</summary>
    public string Name => $"{Id}|{Dimension}";

    /// <summary>As requests name it.</summary>
    public string Id => $"endpoint/{Endpoint}/variant/{Variant}";

    /// <exception cref="ServiceException">It is nothing that can be scaled here.</exception>
    public static ScalableResource Parse(string serviceNamespace, string resourceId, string dimension)
    {
        CheckNamespace(serviceNamespace);
        return dimension is Instances or Concurrency && resourceId.Split('/') is ["endpoint", { Length: > 0 } endpoint, "variant", { Length: > 0 } variant]
            ? new ScalableResource(endpoint, variant, dimension)
            : throw ApplicationAutoScalingErrors.ValidationException(
                $"Unsupported service namespace, resource type or scalable dimension: {resourceId} with {dimension}. " +
                $"Here endpoint/NAME/variant/NAME can be scaled, in {Instances} or {Concurrency}.");
    }

    /// <exception cref="ServiceException">The namespace is not SageMaker's.</exception>
    public static void CheckNamespace(string serviceNamespace)
    {
        if (serviceNamespace != "sagemaker")
        {
            throw ApplicationAutoScalingErrors.ValidationException($"Unsupported service namespace: {serviceNamespace}. Here only sagemaker is scaled.");
        }
    }
}
