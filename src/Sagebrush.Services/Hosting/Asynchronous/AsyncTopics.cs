using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Sns;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Hosting.Asynchronous;

/// <summary>The topics an asynchronous endpoint notifies.</summary>
internal sealed class AsyncTopics(ITopics topics)
{
    /// <summary>Looks whether the topics are there.</summary>
    /// <exception cref="ServiceException">One is not.</exception>
    public async ValueTask CheckAsync(AsyncInferenceConfig? config, CancellationToken cancellationToken)
    {
        foreach (var topic in Of(config))
        {
            if (!await topics.ExistsAsync(topic, cancellationToken))
            {
                throw HostingErrors.Validation($"Unable to publish to the SNS topic \"{topic}\" of AsyncInferenceConfig: there is no such topic.");
            }
        }
    }

    /// <summary>Sends each topic the message that SageMaker sends to see whether it takes any.</summary>
    public async ValueTask TestAsync(AsyncInferenceConfig? config, CancellationToken cancellationToken)
    {
        foreach (var topic in Of(config))
        {
            await topics.TryPublishAsync(topic, new TopicMessage(AsyncNotification.Test), cancellationToken);
        }
    }

    private static IEnumerable<string> Of(AsyncInferenceConfig? config) => config?.OutputConfig.NotificationConfig is { } notification
        ? new[] { notification.SuccessTopic, notification.ErrorTopic }.OfType<string>().Distinct()
        : [];
}
