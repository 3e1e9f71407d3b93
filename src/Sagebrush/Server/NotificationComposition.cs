using Microsoft.Extensions.DependencyInjection;

using Sagebrush.Services.Sns;

namespace Sagebrush.Server;

/// <summary>Tells SNS about the program around it.</summary>
internal static class NotificationComposition
{
    public static IServiceCollection AddSnsOptions(this IServiceCollection services, ServerOptions options) => services.AddSingleton(s => new SnsOptions
    {
        Folder = options.DataDirectory,
        PublicUrl = () => ServerAddress.Public(s, options),
        MailServer = options.MailServer,
        SmsGateway = options.SmsGateway,
    });
}
