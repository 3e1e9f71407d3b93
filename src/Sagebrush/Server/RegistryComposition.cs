using Microsoft.Extensions.DependencyInjection;

using Sagebrush.Services.Ecr;

namespace Sagebrush.Server;

/// <summary>Tells the image registry about the program around it.</summary>
internal static class RegistryComposition
{
    public static IServiceCollection AddRegistryOptions(this IServiceCollection services, ServerOptions options) => services.AddSingleton(s => new RegistryOptions
    {
        Folder = Path.Combine(options.DataDirectory, "registry"),
        PublicUrl = () => ServerAddress.Public(s, options),
        LocalUrl = () => ServerAddress.Local(s, options),
        CreatesRepositoriesOnPush = options.CreatesRepositoriesOnPush,
    });
}
