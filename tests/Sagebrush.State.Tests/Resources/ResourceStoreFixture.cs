using System.Text;
using Sagebrush.State.Resources;
using Sagebrush.Testing;

namespace Sagebrush.State.Tests.Resources;

/// <summary>A resource store in a folder of its own, on a clock turned by hand.</summary>
internal sealed class ResourceStoreFixture : IAsyncDisposable
{
    public const string Account = "000000000000";
    public const string Region = "us-east-1";
    public const string Kind = "TrainingJob";

    private readonly TemporaryFolder _folder = new();

    public ResourceStoreFixture() => Store = SqliteResourceStore.Open(Path, Clock);

    public ManualTimeProvider Clock { get; } = new();

    public SqliteResourceStore Store { get; private set; }

    public string Path => _folder["state.db"];

    public static ResourceQuery All => new() { Account = Account, Region = Region, Kind = Kind };

    public static ResourceKey Key(string name, string kind = Kind) => new(Account, Region, kind, name);

    public static string Arn(string name) => $"arn:aws:sagemaker:{Region}:{Account}:training-job/{name}";

    public static ResourceDraft Draft(string name, string status = "InProgress", string body = "{}") => new()
    {
        Key = Key(name),
        Arn = Arn(name),
        Status = status,
        Body = Encoding.UTF8.GetBytes(body),
    };

    public static ResourceUpdate Update(Resource resource, string status) => new()
    {
        Key = resource.Key,
        ExpectedVersion = resource.Version,
        Status = status,
        Parent = resource.Parent,
        Body = resource.Body,
    };

    public async Task<Resource> AddAsync(string name, string status = "InProgress", string body = "{}") =>
        (await Store.TryAddAsync(Draft(name, status, body), TestContext.Current.CancellationToken))!;

    public async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = SqliteResourceStore.Open(Path, Clock);
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        _folder.Dispose();
    }
}
