using System.Net;
using Sagebrush.Wire.Client;
using Xunit;

namespace Sagebrush.Tests.Server;

/// <summary>Puts, replaces and deletes objects one after the other, and remembers what was acknowledged.</summary>
internal sealed class ObjectWriter(int number)
{
    public const string Bucket = "written-while-killed";

    private const int Keys = 12;

    // What the last acknowledged write left under each key, and every write that was begun since; 0 is a deletion.
    private readonly Dictionary<int, (int Acknowledged, List<int> Begun)> _keys = [];
    private int _seed;

    public async Task WriteAsync(ApiClient client, CancellationToken cancellationToken)
    {
        var seed = ++_seed;
        var key = seed % Keys;
        var written = seed % 5 == 0 ? 0 : seed;
        var (_, begun) = _keys.TryGetValue(key, out var state) ? state : _keys[key] = (0, []);
        begun.Add(written);
        await client.SendAsync("s3", written == 0 ? HttpMethod.Delete : HttpMethod.Put, PathOf(key), written == 0 ? [] : Content(written), null, cancellationToken);
        _keys[key] = (written, []);
    }

    /// <summary>Every key has what was acknowledged last, or what was begun after it, and has it whole.</summary>
    public async Task CheckAsync(ApiClient client, CancellationToken cancellationToken)
    {
        Assert.NotEmpty(_keys);
        foreach (var (key, (acknowledged, begun)) in _keys)
        {
            var found = await ReadAsync(client, PathOf(key), cancellationToken);
            Assert.True(
                begun.Prepend(acknowledged).Any(seed => seed == 0 ? found is null : found.AsSpan().SequenceEqual(Content(seed))),
                $"{PathOf(key)} has {found?.Length.ToString() ?? "no"} bytes: neither those of write {acknowledged} nor of {string.Join(", ", begun)}");
        }
    }

    private static async Task<byte[]?> ReadAsync(ApiClient client, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await client.SendAsync("s3", HttpMethod.Get, path, [], null, cancellationToken);
        }
        catch (ApiException exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private string PathOf(int key) => $"/{Bucket}/{number}/{key}";

    /// <summary>Few bytes, which live in the index, and many, which live in a file.</summary>
    private byte[] Content(int seed)
    {
        var bytes = new byte[seed % 3 == 0 ? 200 : 30_000 + (seed * 10)];
        new Random((number * 1_000_000) + seed).NextBytes(bytes);
        return bytes;
    }
}
