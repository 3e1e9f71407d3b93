using Sagebrush.Server;
using Xunit;

namespace Sagebrush.Tests.Server;

public sealed class ApiCoverageTests
{
    [Fact]
    public async Task Page_InTheRepository_IsUpToDate()
    {
        var page = Path.Combine(Root(), ApiCoverage.File);
        var committed = File.Exists(page) ? await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken) : "";

        Assert.True(committed == await ApiCoverage.WriteAsync(), $"{ApiCoverage.File} is out of date; bring it up to date with: {ApiCoverage.Command}");
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Sagebrush.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Sagebrush.slnx was not found above the test's folder.");
        }

        return folder;
    }
}
