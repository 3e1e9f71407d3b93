using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Clients.Tests.S3;

/// <summary>S3 as boto3 sees it; the cases are the functions of <c>boto3_cases.py</c>.</summary>
public sealed class Boto3Tests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Theory]
    [InlineData("buckets")]
    [InlineData("objects")]
    [InlineData("ranges")]
    [InlineData("conditions")]
    [InlineData("checksums")]
    [InlineData("lists")]
    [InlineData("deletes")]
    [InlineData("copies")]
    [InlineData("multipart")]
    [InlineData("presigned")]
    [InlineData("presigned_bucket")]
    [InlineData("virtual_host")]
    [InlineData("transfer")]
    public async Task Case_Boto3_Succeeds(string name)
    {
        using var folder = new TemporaryFolder();
        await server.Client("python3", Path.Combine(AppContext.BaseDirectory, "S3", "boto3_cases.py"), name, folder.Path, "200").RunAsync();
    }
}
