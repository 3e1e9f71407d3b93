using System.Net;
using System.Text.Json.Nodes;

namespace Sagebrush.Services.Tests.Containers;

/// <summary>A registry of one image, in an OCI folder, whose connection breaks in the midst of layers.</summary>
internal sealed class FailingRegistry : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly string _folder;
    private readonly int _breaks;
    private readonly Task _serving;
    private int _layers;

    /// <param name="address">Where it listens, such as <c>127.0.0.1:5000</c>.</param>
    /// <param name="folder">The image, as <c>podman save --format oci-dir</c> leaves it.</param>
    /// <param name="breaks">How many answers with a layer break off.</param>
    public FailingRegistry(string address, string folder, int breaks)
    {
        (_folder, _breaks) = (folder, breaks);
        Image = $"{address}/broken:1";
        _listener.Prefixes.Add($"http://{address}/");
        _listener.Start();
        _serving = Task.Run(ServeAsync);
    }

    public string Image { get; }

    /// <summary>The layers that were asked for so far.</summary>
    public int Layers => Volatile.Read(ref _layers);

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        var index = JsonNode.Parse(await File.ReadAllTextAsync(Path.Join(_folder, "index.json")))!["manifests"]![0]!;
        var manifest = (string)index["digest"]!;
        var layers = JsonNode.Parse(await File.ReadAllTextAsync(Blob(manifest)))!["layers"]!.AsArray().Select(layer => (string)layer!["digest"]!).ToHashSet(StringComparer.Ordinal);
        while (true)
        {
            HttpListenerContext asked;
            try
            {
                asked = await _listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            var last = asked.Request.Url!.AbsolutePath.Split('/')[^1];
            await AnswerAsync(asked, last == "1" ? manifest : last, (string)index["mediaType"]!, layers.Contains(last));
        }
    }

    private async Task AnswerAsync(HttpListenerContext asked, string digest, string manifestType, bool isLayer)
    {
        var response = asked.Response;
        if (!digest.StartsWith("sha256:", StringComparison.Ordinal))
        {
            response.StatusCode = asked.Request.Url!.AbsolutePath == "/v2/" ? 200 : 404;
            response.Close();
            return;
        }

        var bytes = await File.ReadAllBytesAsync(Blob(digest));
        response.ContentType = asked.Request.Url!.AbsolutePath.Contains("/manifests/", StringComparison.Ordinal) ? manifestType : "application/octet-stream";
        response.Headers["Docker-Content-Digest"] = digest;
        response.ContentLength64 = bytes.Length;
        if (isLayer && Interlocked.Increment(ref _layers) <= _breaks)
        {
            await response.OutputStream.WriteAsync(bytes.AsMemory(0, bytes.Length / 2));
            await response.OutputStream.FlushAsync();
            response.Abort();
            return;
        }

        if (asked.Request.HttpMethod == "HEAD")
        {
            response.Close();
            return;
        }

        response.Close(bytes, willBlock: true);
    }

    private string Blob(string digest) => Path.Join(_folder, "blobs", "sha256", digest["sha256:".Length..]);
}
