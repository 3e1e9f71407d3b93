using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Sagebrush.Server;

/// <summary>Where a running server is reached.</summary>
internal static class ServerAddress
{
    /// <summary>From this machine, such as <c>http://127.0.0.1:8080</c>.</summary>
    public static string Local(IServiceProvider services, ServerOptions options)
    {
        var bound = services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
        var port = bound is null ? options.Port : new Uri(bound).Port;
        var host = options.Host is "0.0.0.0" or "::" or "localhost" ? "127.0.0.1" : options.Host;
        return new UriBuilder("http", host, port).Uri.GetLeftPart(UriPartial.Authority);
    }

    /// <summary>From elsewhere, as it was configured; from this machine when nothing was.</summary>
    public static string Public(IServiceProvider services, ServerOptions options) =>
        options.PublicUrl?.ToString().TrimEnd('/') ?? Local(services, options);
}
