using Sagebrush.Contracts.SageMaker;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Hosting.Asynchronous;

/// <summary>What an endpoint configuration must keep to for asynchronous inference, beyond what the model of the API says.</summary>
internal static class AsyncRules
{
    /// <exception cref="ServiceException">The configuration cannot be.</exception>
    public static void Check(AsyncInferenceConfig? config)
    {
        if (config is null)
        {
            return;
        }

        var output = config.OutputConfig;
        var topics = output.NotificationConfig;
        CheckPlace("S3OutputPath", output.S3OutputPath);
        CheckPlace("S3FailurePath", output.S3FailurePath);
        if (topics?.IncludeInferenceResponseIn?.Contains(AsyncNotificationTopicTypes.SuccessNotificationTopic) == true && topics.SuccessTopic is null)
        {
            throw Invalid("NotificationConfig.IncludeInferenceResponseIn: SUCCESS_NOTIFICATION_TOPIC needs a SuccessTopic.");
        }

        if (topics?.IncludeInferenceResponseIn?.Contains(AsyncNotificationTopicTypes.ErrorNotificationTopic) == true && topics.ErrorTopic is null)
        {
            throw Invalid("NotificationConfig.IncludeInferenceResponseIn: ERROR_NOTIFICATION_TOPIC needs an ErrorTopic.");
        }

        if (output.S3OutputPath is null && topics?.IncludeInferenceResponseIn?.Contains(AsyncNotificationTopicTypes.SuccessNotificationTopic) != true)
        {
            throw Invalid("S3OutputPath: without it nobody would see an answer; give one, or a SuccessTopic that IncludeInferenceResponseIn names.");
        }
    }

    /// <summary>Refuses models whose requests must name one of several, as a request that waits in a queue cannot.</summary>
    /// <exception cref="ServiceException">There is such a model.</exception>
    public static void Check(AsyncInferenceConfig? config, IEnumerable<CreateModelInput> models)
    {
        if (config is not null && models.Any(model =>
            model.InferenceExecutionConfig?.Mode == InferenceExecutionMode.Direct || model.PrimaryContainer?.Mode == ContainerMode.MultiModel
            || model.Containers?.Any(container => container.Mode == ContainerMode.MultiModel) == true))
        {
            throw HostingErrors.Validation(
                "One or more endpoint features are not supported using this configuration: asynchronous inference has no multi-model endpoints and no direct invocation of containers.");
        }
    }

    private static void CheckPlace(string member, string? uri)
    {
        if (uri is not null && !S3Location.TryParse(uri, out _))
        {
            throw Invalid($"{member}: '{uri}' is not a place in S3, such as s3://bucket/prefix.");
        }
    }

    private static ServiceException Invalid(string message) => HostingErrors.Validation($"AsyncInferenceConfig.OutputConfig.{message}");
}
