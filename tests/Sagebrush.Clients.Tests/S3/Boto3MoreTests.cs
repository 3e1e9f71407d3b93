using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Clients.Tests.S3;

/// <summary>Versions, settings of buckets and browsers' requests; the cases are the functions of <c>boto3_more_cases.py</c>.</summary>
public sealed class Boto3MoreTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Theory]
    [InlineData("versioning")]
    [InlineData("version_pages")]
    [InlineData("settings")]
    [InlineData("access_lists")]
    [InlineData("cors")]
    [InlineData("browser_forms")]
    [InlineData("odd_keys")]
    [InlineData("part_checksums")]
    [InlineData("conditional_writes")]
    [InlineData("refused_buckets")]
    [InlineData("object_locks")]
    [InlineData("customer_keys")]
    public async Task Case_Boto3_Succeeds(string name)
    {
        using var folder = new TemporaryFolder();
        await server.Client("python3", Path.Combine(AppContext.BaseDirectory, "S3", "boto3_more_cases.py"), name, folder.Path).RunAsync();
    }
}
