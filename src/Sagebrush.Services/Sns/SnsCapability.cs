using Microsoft.Extensions.DependencyInjection;

using Sagebrush.Services.Iam.Authorization;
using Sagebrush.Services.Sns.Delivery;
using Sagebrush.State.Reconciling;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Sns;

/// <summary>Topics, subscriptions, and messages between them.</summary>
internal sealed class SnsCapability(TopicOperations topics, SubscriptionOperations subscriptions, PublishOperations publish) : ICapability
{
    public void Map(ApiMap api)
    {
        topics.Map(api);
        subscriptions.Map(api);
        publish.Map(api);
    }
}

internal static class SnsComposition
{
    public static IServiceCollection AddSns(this IServiceCollection services) => services
        .AddSingleton<Topics>()
        .AddSingleton<ITopics>(s => s.GetRequiredService<Topics>())
        .AddSingleton<MessageSigner>()
        .AddSingleton<Envelope>()
        .AddSingleton<IDeliveryChannel, HttpChannel>()
        .AddSingleton<IDeliveryChannel, MailChannel>()
        .AddSingleton<IDeliveryChannel, SmsChannel>()
        .AddSingleton<DeliveryChannels>()
        .AddSingleton<IReconciler, DeliveryReconciler>()
        .AddSingleton<IResourcePolicies, TopicPolicies>()
        .AddSingleton<IPublicPage, SigningCertificate>()
        .AddSingleton<TopicOperations>()
        .AddSingleton<SubscriptionOperations>()
        .AddSingleton<PublishOperations>()
        .AddSingleton<ICapability, SnsCapability>();
}
