using Sagebrush.Contracts.ApplicationAutoScaling;
using Sagebrush.Contracts.Athena;
using Sagebrush.Contracts.CloudWatch;
using Sagebrush.Contracts.Ecr;
using Sagebrush.Contracts.Events;
using Sagebrush.Contracts.Iam;
using Sagebrush.Contracts.Logs;
using Sagebrush.Contracts.S3;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Contracts.SageMakerA2IRuntime;
using Sagebrush.Contracts.SageMakerEdge;
using Sagebrush.Contracts.SageMakerFeatureStoreRuntime;
using Sagebrush.Contracts.SageMakerMetrics;
using Sagebrush.Contracts.SageMakerRuntime;
using Sagebrush.Contracts.Sns;
using Sagebrush.Contracts.Sts;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services;

/// <summary>The services whose requests are recognised, handled or not.</summary>
public static class KnownServices
{
    /// <summary>All of them; S3 first, which answers for what nobody else claims.</summary>
    public static IReadOnlyList<ServiceModel> All { get; } =
    [
        S3Api.Service,
        SageMakerApi.Service,
        ApplicationAutoScalingApi.Service,
        AthenaApi.Service,
        CloudWatchApi.Service,
        EcrApi.Service,
        EventsApi.Service,
        IamApi.Service,
        LogsApi.Service,
        SageMakerA2IRuntimeApi.Service,
        SageMakerEdgeApi.Service,
        SageMakerFeatureStoreRuntimeApi.Service,
        SageMakerMetricsApi.Service,
        SageMakerRuntimeApi.Service,
        SnsApi.Service,
        StsApi.Service,
    ];

    // Services that say "ValidationException" (JSON), "ValidationError" (Query) or "InvalidArgument" (S3) are left out.
    private static readonly Dictionary<ServiceModel, string> ValidationErrorCodes = new()
    {
        [AthenaApi.Service] = "InvalidRequestException",
        [CloudWatchApi.Service] = "ValidationError",
        [EcrApi.Service] = "InvalidParameterException",
        [LogsApi.Service] = "InvalidParameterException",
        [SageMakerFeatureStoreRuntimeApi.Service] = "ValidationError",
        [SageMakerRuntimeApi.Service] = "ValidationError",
    };

    /// <summary>Makes all of them known to <paramref name="api"/>, with what they do differently from their protocol's other services.</summary>
    public static void Declare(ApiMap api)
    {
        ArgumentNullException.ThrowIfNull(api);
        foreach (var service in All)
        {
            api.Service(service).ValidationErrorCode = ValidationErrorCodes.GetValueOrDefault(service);
        }
    }
}
