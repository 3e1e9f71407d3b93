using System.Net;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

using Sagebrush.Services;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Server;

/// <summary>The whole product in one host: one port, all services, their stores and reconcilers.</summary>
internal sealed class SagebrushServer : IAsyncDisposable
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(10);

    private readonly WebApplication _app;

    private SagebrushServer(WebApplication app) => _app = app;

    /// <summary>The address that clients use, such as <c>http://127.0.0.1:8080</c>.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>The parts the server is made of.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Puts the server together and starts it; it accepts requests when this returns.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<SagebrushServer> StartAsync(ServerOptions options, Action<ILoggingBuilder> logging, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.DataDirectory);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, options));
        builder.WebHost.UseShutdownTimeout(ShutdownTimeout);
        logging(builder.Logging);

        // ASP.NET's own request log makes an activity and a scope for each request once any log listens; ours tells enough.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        builder.Services.AddSagebrush(options);

        var server = new SagebrushServer(builder.Build());
        try
        {
            var gateway = server.Services.GetRequiredService<Gateway>();
            var pages = server.Services.GetServices<IPublicPage>().ToArray();
            server._app.Run(context => Health.IsAsked(context.Request) ? Health.AnswerAsync(context.Response)
                : PageFor(pages, context.Request) is { } page ? page.AnswerAsync(context)
                : gateway.HandleAsync(context));
            await server._app.StartAsync(cancellationToken);
            server.Url = server.FindUrl(options);
            return server;
        }
        catch
        {
            // A host that has not come up may not be able to stop either; why it has not come up is what matters.
            await server._app.StopAsync(CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await server._app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Completes when the server has been told to stop and has stopped.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken) => _app.WaitForShutdownAsync(cancellationToken);

    /// <summary>Stops taking requests, lets those in flight end, and stops everything.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static IPublicPage? PageFor(IPublicPage[] pages, HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Headers.Authorization.Count == 0 && !request.QueryString.HasValue
            ? Array.Find(pages, page => page.Answers(request))
            : null;

    private static void Configure(KestrelServerOptions kestrel, ServerOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MaxRequestHeadersTotalSize = 64 * 1024;
        kestrel.Limits.MaxRequestLineSize = 16 * 1024;

        // User metadata of objects may be any UTF-8.
        kestrel.RequestHeaderEncodingSelector = static _ => System.Text.Encoding.UTF8;
        kestrel.ResponseHeaderEncodingSelector = static _ => System.Text.Encoding.UTF8;
        if (options.Host == "localhost")
        {
            kestrel.ListenLocalhost(options.Port);
        }
        else
        {
            kestrel.Listen(IPAddress.Parse(options.Host), options.Port);
        }
    }

    private Uri FindUrl(ServerOptions options)
    {
        var address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var bound = new Uri(address);
        var host = options.Host is "0.0.0.0" or "::" ? "127.0.0.1" : options.Host;
        return new UriBuilder("http", host, bound.Port).Uri;
    }
}
