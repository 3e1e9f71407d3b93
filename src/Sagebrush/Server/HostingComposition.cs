using System.Globalization;

using Microsoft.Extensions.DependencyInjection;

using Sagebrush.Services.Hosting;

namespace Sagebrush.Server;

/// <summary>What hosting is told of the program around it.</summary>
internal static class HostingComposition
{
    private const double LongestIdle = 86_400;

    public static IServiceCollection AddHostingOptions(this IServiceCollection services, ServerOptions options) => services.AddSingleton(new HostingOptions
    {
        Folder = Path.Combine(options.DataDirectory, "endpoints"),
        Pythons = options.Pythons,
        ServerlessIdleTime = TimeSpan.FromSeconds(
            double.TryParse(Environment.GetEnvironmentVariable("SAGEBRUSH_SERVERLESS_IDLE"), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
                && seconds is > 0 and <= LongestIdle ? seconds : 300),
    });
}
