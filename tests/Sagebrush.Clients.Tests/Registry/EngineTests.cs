using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sagebrush.Services.Ecr;
using Sagebrush.Testing.Containers;
using Xunit;

namespace Sagebrush.Clients.Tests.Registry;

/// <summary>Podman, Buildah and Skopeo against the registry, as people use them.</summary>
public sealed class EngineTests(ServerFixture server) : IClassFixture<ServerFixture>, IAsyncLifetime
{
    private Podman _podman = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Host => server.Url.Authority;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(Podman.IsAvailable, Podman.Absence);
        _podman = new Podman(Host);
        var password = await server.AwsCli("ecr", "get-login-password").RunAsync();
        (await _podman.RunAsync("podman", ["login", "--username", "AWS", "--password-stdin", Host], password, Cancelled)).Succeed();
    }

    public async ValueTask DisposeAsync()
    {
        if (_podman is not null)
        {
            await _podman.DisposeAsync();
        }
    }

    [Fact]
    public async Task Podman_PushThenPull_RunsTheSameImage()
    {
        await CreateRepositoryAsync("team/tool");
        await _podman.MakeImageAsync(Podman.SmallImage, ["ENTRYPOINT [\"/bin/echo\"]", "CMD [\"hello\"]", "ENV COLOUR=green"], cancellationToken: Cancelled);

        await PodmanAsync("push", Podman.SmallImage, $"{Host}/team/tool:1");
        await PodmanAsync("rmi", "--all", "--force");
        await PodmanAsync("pull", $"{Host}/team/tool:1");

        Assert.Equal("hello", await PodmanAsync("run", "--rm", $"{Host}/team/tool:1"));
        using var described = JsonDocument.Parse(await server.AwsCli("ecr", "describe-images", "--repository-name", "team/tool", "--output", "json").RunAsync());
        var image = Assert.Single(described.RootElement.GetProperty("imageDetails").EnumerateArray());
        Assert.Equal("1", Assert.Single(image.GetProperty("imageTags").EnumerateArray()).GetString());
        Assert.Equal(await PodmanAsync("inspect", "--format", "{{.Digest}}", $"{Host}/team/tool:1"), image.GetProperty("imageDigest").GetString());
    }

    [Fact]
    public async Task Skopeo_CopyInspectListDelete_WorkAcrossRepositories()
    {
        await CreateRepositoryAsync("copy/from");
        await CreateRepositoryAsync("copy/to");
        await _podman.MakeImageAsync(Podman.SmallImage, cancellationToken: Cancelled);
        await PodmanAsync("push", "--format", "oci", Podman.SmallImage, $"{Host}/copy/from:oci");
        await PodmanAsync("push", "--format", "v2s2", Podman.SmallImage, $"{Host}/copy/from:docker");

        await SkopeoAsync("copy", $"docker://{Host}/copy/from:oci", $"docker://{Host}/copy/to:here");
        using var inspected = JsonDocument.Parse(await SkopeoAsync("inspect", $"docker://{Host}/copy/to:here"));
        using var tags = JsonDocument.Parse(await SkopeoAsync("list-tags", $"docker://{Host}/copy/from"));
        await SkopeoAsync("delete", $"docker://{Host}/copy/to:here");

        Assert.Equal("linux", inspected.RootElement.GetProperty("Os").GetString());
        Assert.Equal(["docker", "oci"], tags.RootElement.GetProperty("Tags").EnumerateArray().Select(tag => tag.GetString()!));
        Assert.Contains("\"Tags\": []", await SkopeoAsync("list-tags", $"docker://{Host}/copy/to"), StringComparison.Ordinal);
        Assert.Contains("\"Digest\"", await SkopeoAsync("inspect", $"docker://{Host}/copy/from:oci"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Buildah_BuildAndPush_ArrivesAndResolves()
    {
        await CreateRepositoryAsync("built");
        await File.WriteAllTextAsync(_podman["Containerfile"], "FROM scratch\nCOPY Containerfile /opt/note\nENV STAGE=test\nLABEL kind=note\nENTRYPOINT [\"/opt/run\", \"--fast\"]\nWORKDIR /opt\n", Cancelled);
        await RunAsync("buildah", "build", "--tag", "localhost/built", "--file", _podman["Containerfile"], Path.GetDirectoryName(_podman["Containerfile"])!);

        await RunAsync("buildah", "push", "localhost/built", $"docker://{Host}/built:v1");

        var registry = server.Services.GetRequiredService<IImageRegistry>();
        var aws = "000000000000.dkr.ecr.us-east-1.amazonaws.com/built:v1";
        var image = await registry.ResolveAsync(aws, server.Root.Principal, "us-east-1", Cancelled);
        Assert.True(registry.Owns(aws) && registry.Owns($"{Host}/built") && !registry.Owns("docker.io/library/python:3"));
        Assert.NotNull(image);
        Assert.Equal(["/opt/run", "--fast"], image.Configuration.Entrypoint);
        Assert.Equal("/opt", image.Configuration.WorkingDirectory);
        Assert.Equal("note", image.Configuration.Labels["kind"]);
        Assert.Contains("STAGE=test", image.Configuration.Environment);
        Assert.Equal(image.Digest, (await registry.ResolveAsync($"{Host}/built@{image.Digest}", server.Root.Principal, "us-east-1", Cancelled))?.PlatformDigest);
        Assert.Null(await registry.ResolveAsync($"{Host}/built:v2", server.Root.Principal, "us-east-1", Cancelled));

        // As somebody else's engine would pull it, who is not logged in.
        await PodmanAsync("logout", Host);
        await PodmanAsync("rmi", "--all", "--force");
        await PodmanAsync("pull", "--creds", $"{image.UserName}:{image.Password}", image.PullName);
    }

    [Fact]
    public async Task Podman_RepositoryThatIsNotThere_IsToldItsName()
    {
        await _podman.MakeImageAsync(Podman.SmallImage, cancellationToken: Cancelled);

        var outcome = await _podman.RunAsync(Cancelled, "push", Podman.SmallImage, $"{Host}/not/there:1");

        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains("'not/there' does not exist", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Podman_NotLoggedIn_IsRefused()
    {
        await CreateRepositoryAsync("closed");
        await PodmanAsync("logout", Host);

        var outcome = await _podman.RunAsync(Cancelled, "pull", $"{Host}/closed:1");

        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains("unauthorized", outcome.Error, StringComparison.OrdinalIgnoreCase);
    }

    private Task<string> CreateRepositoryAsync(string name) => server.AwsCli("ecr", "create-repository", "--repository-name", name).RunAsync();

    private Task<string> PodmanAsync(params string[] arguments) => RunAsync("podman", arguments);

    private Task<string> SkopeoAsync(params string[] arguments) => RunAsync("skopeo", arguments);

    private async Task<string> RunAsync(string program, params string[] arguments) => (await _podman.RunAsync(program, arguments, null, Cancelled)).Succeed();
}
