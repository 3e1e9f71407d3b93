using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Clients.Tests.S3;

/// <summary>S3 as the AWS command line sees it.</summary>
public sealed class AwsCliTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private static readonly HttpClient Http = new();

    [Fact]
    public async Task S3_LifeOfAFolder_EveryCommandAgrees()
    {
        var cancelled = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["in", "a.csv"], "1,2\n", cancelled);
        await File.WriteAllTextAsync(folder["in", "deep", "b ü.csv"], "3,4\n", cancelled);
        await File.WriteAllBytesAsync(folder["in", "empty"], [], cancelled);
        await File.WriteAllBytesAsync(folder["in", "large"], Bytes(20_000_000), cancelled);

        await AwsAsync("s3", "mb", "s3://cli-life");
        await AwsAsync("s3", "sync", folder["in"], "s3://cli-life/data");
        var listing = await AwsAsync("s3", "ls", "--recursive", "s3://cli-life");
        Assert.Equal(["data/a.csv", "data/deep/b ü.csv", "data/empty", "data/large"], Names(listing));
        Assert.Contains("PRE deep/", await AwsAsync("s3", "ls", "s3://cli-life/data/"), StringComparison.Ordinal);
        Assert.Empty((await AwsAsync("s3", "sync", folder["in"], "s3://cli-life/data")).Trim());

        await AwsAsync("s3", "mv", "s3://cli-life/data/a.csv", "s3://cli-life/moved.csv");
        await AwsAsync("s3", "cp", "s3://cli-life/data/large", "s3://cli-life/copy");
        await AwsAsync("s3", "sync", "s3://cli-life", folder["out"]);
        Assert.Equal("1,2\n", await File.ReadAllTextAsync(folder["out", "moved.csv"], cancelled));
        Assert.Equal("3,4\n", await File.ReadAllTextAsync(folder["out", "data", "deep", "b ü.csv"], cancelled));
        Assert.Equal(Bytes(20_000_000), await File.ReadAllBytesAsync(folder["out", "copy"], cancelled));

        await AwsAsync("s3", "rm", "--recursive", "s3://cli-life/data");
        Assert.Equal(["copy", "moved.csv"], Names(await AwsAsync("s3", "ls", "--recursive", "s3://cli-life")));
        await AwsAsync("s3", "rb", "--force", "s3://cli-life");
        Assert.DoesNotContain("cli-life", await AwsAsync("s3", "ls"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("us-east-1")]
    [InlineData("eu-central-1")]
    public async Task Presign_Url_ServesWithoutKeysUntilTampered(string region)
    {
        var cancelled = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["file"], "content", cancelled);
        var bucket = $"cli-presign-{region}";
        await AwsAsync("s3", "mb", $"s3://{bucket}", "--region", region);
        await AwsAsync("s3", "cp", folder["file"], $"s3://{bucket}/a key", "--region", region);

        var url = (await AwsAsync("s3", "presign", $"s3://{bucket}/a key", "--region", region)).Trim();

        Assert.Equal("content", await Http.GetStringAsync(new Uri(url), cancelled));
        using var refused = await Http.GetAsync(new Uri(url.Replace("a%20key", "another", StringComparison.Ordinal)), cancelled);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("SignatureDoesNotMatch", await refused.Content.ReadAsStringAsync(cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cp_StandardInputAndOutput_Streams()
    {
        await AwsAsync("s3", "mb", "s3://cli-pipe");
        var output = await server.Client("bash", "-c", "head -c 9000000 /dev/zero | aws s3 cp - s3://cli-pipe/zeros && aws s3 cp s3://cli-pipe/zeros - | wc -c").RunAsync();
        Assert.Equal("9000000", output.Trim());
    }

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(7).NextBytes(bytes);
        return bytes;
    }

    private static List<string> Names(string listing) =>
        [.. listing.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(3)))];

    private Task<string> AwsAsync(params string[] arguments) => server.Client("aws", arguments).RunAsync();
}
