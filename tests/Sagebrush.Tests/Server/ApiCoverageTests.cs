using Sagebrush.Server;
using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Tests.Server;

public sealed class ApiCoverageTests
{
    [Fact]
    public async Task Page_InTheRepository_IsUpToDate()
    {
        var page = ProjectFolder.Find(ApiCoverage.File);
        var committed = File.Exists(page) ? await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken) : "";

        Assert.True(committed == await ApiCoverage.WriteAsync(), $"{ApiCoverage.File} is out of date; bring it up to date with: {ApiCoverage.Command}");
    }
}
