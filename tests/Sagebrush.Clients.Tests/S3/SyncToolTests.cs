using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Clients.Tests.S3;

/// <summary>S3 as the tools people move folders with see it: rclone and s3cmd.</summary>
public sealed class SyncToolTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private static readonly string[] Names = ["a.csv", "deep/er/b ü.csv", "plus+and&more.txt", "empty"];

    [Fact]
    public async Task Rclone_SyncAndCheck_FoldersAgree()
    {
        using var folder = new TemporaryFolder();
        await FillAsync(folder);
        await RcloneAsync("mkdir", ":s3:rclone-sync");
        await RcloneAsync("sync", folder["in"], ":s3:rclone-sync/data");
        await RcloneAsync("check", folder["in"], ":s3:rclone-sync/data");
        File.Delete(folder["in", "a.csv"]);
        await RcloneAsync("sync", folder["in"], ":s3:rclone-sync/data");
        await RcloneAsync("check", folder["in"], ":s3:rclone-sync/data");
        await RcloneAsync("sync", ":s3:rclone-sync/data", folder["out"]);

        Assert.Equal(Contents(folder["in"]), Contents(folder["out"]));
        await RcloneAsync("purge", ":s3:rclone-sync");
    }

    [Fact]
    public async Task S3cmd_SyncAndGet_FoldersAgree()
    {
        using var folder = new TemporaryFolder();
        await FillAsync(folder);
        await S3cmdAsync("mb", "s3://s3cmd-sync");
        await S3cmdAsync("sync", folder["in"] + "/", "s3://s3cmd-sync/data/");
        Directory.CreateDirectory(folder["out"]);
        await S3cmdAsync("sync", "s3://s3cmd-sync/data/", folder["out"] + "/");
        Assert.Equal(Contents(folder["in"]), Contents(folder["out"]));

        Assert.Contains("data/plus+and&more.txt", await S3cmdAsync("ls", "--recursive", "s3://s3cmd-sync"), StringComparison.Ordinal);
        await S3cmdAsync("info", "s3://s3cmd-sync/data/a.csv");
        await S3cmdAsync("rb", "--recursive", "--force", "s3://s3cmd-sync");
    }

    [Fact]
    public async Task DebiansAwsCli_SyncAndRemove_FoldersAgree()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/aws"), "Debian's awscli is not installed.");
        using var folder = new TemporaryFolder();
        await FillAsync(folder);
        await AwsAsync("mb", "s3://old-cli-sync");
        await AwsAsync("sync", folder["in"], "s3://old-cli-sync/data");
        await AwsAsync("sync", "s3://old-cli-sync/data", folder["out"]);
        Assert.Equal(Contents(folder["in"]), Contents(folder["out"]));
        await AwsAsync("rb", "--force", "s3://old-cli-sync");
    }

    private static async Task FillAsync(TemporaryFolder folder)
    {
        foreach (var name in Names)
        {
            var path = folder[["in", .. name.Split('/')]];
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, name == "empty" ? "" : name, TestContext.Current.CancellationToken);
        }

        // More than one part for each of the tools.
        var large = new byte[12_000_000];
        new Random(3).NextBytes(large);
        await File.WriteAllBytesAsync(folder["in", "large"], large, TestContext.Current.CancellationToken);
    }

    private static SortedDictionary<string, string> Contents(string root) => new(Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
        .ToDictionary(path => Path.GetRelativePath(root, path), path => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)))));

    /// <remarks>rclone cannot load a bundle of certificates that a machine names for AWS's clients, and needs none here.</remarks>
    private Task<string> RcloneAsync(params string[] arguments) => new ClientProgram(
        "rclone",
        [
            .. arguments,
            "--config", "/dev/null",
            "--s3-provider", "Other",
            "--s3-access-key-id", server.Root.AccessKeyId,
            "--s3-secret-access-key", server.Root.SecretAccessKey,
            "--s3-endpoint", server.ClientEnvironment["AWS_ENDPOINT_URL"],
            "--s3-region", "us-east-1",
        ],
        new Dictionary<string, string>(server.ClientEnvironment) { ["AWS_CA_BUNDLE"] = "" }).RunAsync();

    private Task<string> S3cmdAsync(params string[] arguments) => server.Client(
        "s3cmd",
        [
            "--config", "/dev/null",
            "--access_key", server.Root.AccessKeyId,
            "--secret_key", server.Root.SecretAccessKey,
            "--host", server.Url.Authority,
            "--host-bucket", server.Url.Authority,
            "--no-ssl",
            "--region", "us-east-1",
            "--multipart-chunk-size-mb", "8",
            .. arguments,
        ]).RunAsync();

    private Task<string> AwsAsync(params string[] arguments) => server.Client(
        "/usr/bin/aws", ["--endpoint-url", server.ClientEnvironment["AWS_ENDPOINT_URL"], "s3", .. arguments]).RunAsync();
}
