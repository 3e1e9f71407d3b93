using System.Net.Http.Headers;
using System.Text;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Signing;
using Sagebrush.Wire.Tests.Signing;

namespace Sagebrush.Wire.Tests.Dispatch;

/// <summary>A gateway behind a real Kestrel on a port of its own, and a client that signs.</summary>
internal sealed class GatewayServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _client;

    private GatewayServer(WebApplication app)
    {
        _app = app;
        Url = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        _client = new HttpClient { BaseAddress = Url };
    }

    public Uri Url { get; }

    public static async Task<GatewayServer> StartAsync(Action<ApiMap> map, CancellationToken cancellationToken)
    {
        var api = new ApiMap();
        map(api);
        var gateway = new Gateway(api, new SigV4Verifier(new SingleCredential(Requests.Example()), TimeProvider.System), NullLogger<Gateway>.Instance);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        var app = builder.Build();
        app.Run(gateway.HandleAsync);
        await app.StartAsync(cancellationToken);
        return new GatewayServer(app);
    }

    /// <summary>A request to <paramref name="target"/> with a body of text.</summary>
    public HttpRequestMessage Request(HttpMethod method, string target, string? body = null, string contentType = "application/x-amz-json-1.1")
    {
        var request = new HttpRequestMessage(method, new Uri(Url, target));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        }

        return request;
    }

    /// <summary>A call in AWS JSON.</summary>
    public HttpRequestMessage Json(string target, string body)
    {
        var request = Request(HttpMethod.Post, "/", body);
        request.Headers.Add("X-Amz-Target", target);
        return request;
    }

    /// <summary>Signs for <paramref name="service"/>, unless it is null, and sends.</summary>
    public async Task<GatewayAnswer> SendAsync(HttpRequestMessage request, string? service, CancellationToken cancellationToken)
    {
        if (service is not null)
        {
            await new SigV4Signer(Requests.Example(), service, "us-east-1", TimeProvider.System).SignAsync(request, cancellationToken);
        }

        using var response = await _client.SendAsync(request, cancellationToken);
        return await GatewayAnswer.ReadAsync(response, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
