using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sagebrush.Contracts.Ecr;
using Sagebrush.Wire.Client;

namespace Sagebrush.Clients.Tests.Registry;

/// <summary>The distribution protocol on bare HTTP, logged in as root.</summary>
internal sealed class DistributionClient : IDisposable
{
    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";

    private readonly HttpClient _http;
    private readonly ApiClient _api;

    private DistributionClient(HttpClient http, ApiClient api) => (_http, _api) = (http, api);

    /// <summary>The header that shows who asks.</summary>
    public string Authorization => _http.DefaultRequestHeaders.Authorization!.ToString();

    public static async Task<DistributionClient> OpenAsync(ServerFixture server, CancellationToken cancellationToken)
    {
        var api = new ApiClient(server.Url, server.Root, "us-east-1", server.Services.GetRequiredService<TimeProvider>());
        var token = (await api.SendAsync(EcrApi.GetAuthorizationToken, new GetAuthorizationTokenRequest(), cancellationToken)).AuthorizationData![0].AuthorizationToken;
        var http = new HttpClient { BaseAddress = server.Url };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", token);
        return new DistributionClient(http, api);
    }

    public static string Digest(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));

    public static byte[] Manifest(byte[] config, params byte[][] layers) => Encoding.UTF8.GetBytes(
        $$"""{"schemaVersion":2,"mediaType":"{{DockerManifest}}","config":{{Descriptor(config)}},"layers":[{{string.Join(',', layers.Select(Descriptor))}}]}""");

    public Task CreateRepositoryAsync(string name, CancellationToken cancellationToken) =>
        _api.SendAsync(EcrApi.CreateRepository, new CreateRepositoryRequest { RepositoryName = name }, cancellationToken);

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, CancellationToken cancellationToken, HttpContent? content = null, string? contentRange = null, string? range = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (contentRange is not null)
        {
            request.Content!.Headers.TryAddWithoutValidation("Content-Range", contentRange);
        }

        if (range is not null)
        {
            request.Headers.TryAddWithoutValidation("Range", range);
        }

        return await _http.SendAsync(request, cancellationToken);
    }

    public Task<HttpResponseMessage> PutManifestAsync(string repository, string reference, byte[] manifest, CancellationToken cancellationToken, string mediaType = DockerManifest) =>
        SendAsync(HttpMethod.Put, $"/v2/{repository}/manifests/{reference}", cancellationToken, Body(manifest, mediaType));

    public async Task<string> PushBlobAsync(string repository, byte[] content, CancellationToken cancellationToken)
    {
        var digest = Digest(content);
        using var response = await SendAsync(HttpMethod.Post, $"/v2/{repository}/blobs/uploads/?digest={digest}", cancellationToken, Body(content));
        response.EnsureSuccessStatusCode();
        return digest;
    }

    public static ByteArrayContent Body(byte[] content, string mediaType = "application/octet-stream")
    {
        var body = new ByteArrayContent(content);
        body.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        return body;
    }

    public static async Task<string> ErrorOf(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
        return $"{(int)response.StatusCode} {json.RootElement.GetProperty("errors")[0].GetProperty("code").GetString()}";
    }

    public void Dispose()
    {
        _http.Dispose();
        _api.Dispose();
    }

    private static string Descriptor(byte[] content) => $$"""{"mediaType":"application/octet-stream","size":{{content.Length}},"digest":"{{Digest(content)}}"}""";
}
