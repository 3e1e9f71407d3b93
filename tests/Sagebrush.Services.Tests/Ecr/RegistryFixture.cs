using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Sagebrush.Services.Ecr;
using Sagebrush.Services.Ecr.Lifecycle;
using Sagebrush.Services.Ecr.Storage;
using Sagebrush.State.Blobs;
using Sagebrush.State.Resources;
using Sagebrush.Testing;

namespace Sagebrush.Services.Tests.Ecr;

/// <summary>The registry's storage in a folder of its own, on a clock turned by hand.</summary>
internal sealed class RegistryFixture : IAsyncDisposable
{
    private const string Account = "000000000000";
    private const string Region = "us-east-1";

    private readonly TemporaryFolder _folder = new();
    private readonly SqliteResourceStore _store;

    public RegistryFixture()
    {
        // Ahead of the files' own times, which the clock cannot turn; in whole seconds, as the store keeps no finer ones than milliseconds.
        Clock = new ManualTimeProvider(DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 60));
        _store = SqliteResourceStore.Open(_folder["resources.db"], Clock);
        Blobs = BlobStore.Open(_folder["registry"]);
        Restart();
    }

    public static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ManualTimeProvider Clock { get; }

    public BlobStore Blobs { get; }

    public Repositories Repositories { get; private set; } = null!;

    public LayerStore Layers { get; private set; } = null!;

    public ImageStore Images { get; private set; } = null!;

    public RegistrySweep Sweep { get; private set; } = null!;

    public LifecycleRun Lifecycle { get; private set; } = null!;

    /// <summary>Makes everything that is kept in memory anew.</summary>
    public void Restart()
    {
        var touches = new Touches(Clock);
        var options = new RegistryOptions { Folder = _folder["registry"], PublicUrl = () => "http://127.0.0.1:8080", LocalUrl = () => "http://127.0.0.1:8080" };
        Repositories = new Repositories(_store);
        Layers = new LayerStore(Blobs, touches, _store);
        Images = new ImageStore(Repositories, Layers, touches, _store, Clock);
        Sweep = new RegistrySweep(Blobs, Repositories, touches, options, _store, Clock);
        Lifecycle = new LifecycleRun(Repositories, Images, Clock, NullLogger<LifecycleRun>.Instance);
    }

    public ValueTask<Stored<RepositoryDocument>> CreateAsync(string name) =>
        Repositories.CreateAsync(Account, Region, name, new RepositoryDocument { Id = Repositories.NewId() }, [], Cancelled);

    public async Task<BlobDigest> AddLayerAsync(Stored<RepositoryDocument> repository, string text)
    {
        var content = Encoding.UTF8.GetBytes(text);
        await Layers.AddAsync(repository, new MemoryStream(content), BlobDigest.Of(content), Cancelled);
        return BlobDigest.Of(content);
    }

    /// <summary>Puts an image of one layer.</summary>
    public async Task<ImageDocument> PutAsync(Stored<RepositoryDocument> repository, string layer, string? tag)
    {
        await AddLayerAsync(repository, "{}");
        var digest = await AddLayerAsync(repository, layer);
        return (await Images.PutAsync(repository, Manifest(layer, digest), null, tag, null, Cancelled)).Image;
    }

    public static byte[] Manifest(string layer, BlobDigest digest) => Encoding.UTF8.GetBytes(
        $$"""{"schemaVersion":2,"mediaType":"{{ManifestMediaTypes.OciManifest}}","config":{"mediaType":"x","size":2,"digest":"{{BlobDigest.Of("{}"u8)}}"},"layers":[{"mediaType":"x","size":{{layer.Length}},"digest":"{{digest}}"}]}""");

    public async Task<string> TagsAsync(Stored<RepositoryDocument> repository)
    {
        var stored = await Images.ListAsync(repository, Cancelled);
        return string.Join(' ', stored.Images.Select(image => string.Join('+', stored.Tags[image.Document.Digest].DefaultIfEmpty("-"))));
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }
}
