using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sagebrush.CommandLine;
using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Tests.CommandLine;

public sealed class QuickstartTests : IDisposable
{
    private readonly TemporaryFolder _data = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Quickstart_Sample_TrainsDeploysScoresAndEnds()
    {
        var result = await RunAsync("quickstart", "--port", "0");

        Assert.True(result.ExitCode == ExitCode.Success, result.Error + result.Output);
        Assert.Empty(result.Error);
        Assert.InRange(Figure(result, "accuracy"), 0.9, 1);
        Assert.InRange(Figure(result, "AUC"), 0.95, 1);
        Assert.Contains("p99", result.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.NotRunning, (await RunAsync("env")).ExitCode);
    }

    [Fact]
    public async Task Quickstart_BesideARunningServer_UsesItAndItsSnippetWorks()
    {
        var (server, url) = await ProgramUnderTest.StartServerAsync(_data.Path, Cancellation);
        await using (server)
        {
            var result = await RunAsync("quickstart");
            Assert.True(result.ExitCode == ExitCode.Success, result.Error + result.Output);
            var job = JsonNode.Parse((await RunAsync("jobs", "--format", "json")).Output)!.AsArray().Single()!;
            Assert.Equal("Completed", (string?)job["status"]);
            Assert.Contains($"endpoint   {job["name"]}", result.Output, StringComparison.Ordinal);
            Assert.Contains("validation-logloss", (await RunAsync("logs", (string)job["name"]!)).Output, StringComparison.Ordinal);

            var snippet = result.Output.Split("<<'EOF'\n")[1].Split("\nEOF")[0];
            var answer = await ClientScript.RunAsync(_data.Path, url, "-c", snippet);

            Assert.Equal(5, answer.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(line => float.Parse(line, CultureInfo.InvariantCulture) is >= 0 and <= 1));
        }
    }

    [Fact]
    public async Task Quickstart_NumberToPredict_IsRegression()
    {
        var file = Write("x;colour;price", Enumerable.Range(0, 300).Select(i => $"{i % 50};{(i % 3 == 0 ? "red" : "blue")};{(i % 50 * 2.5) + (i % 3 == 0 ? 40 : 0)}"));

        var result = await RunAsync("quickstart", "--csv", file, "--target", "price", "--port", "0", "--exit");

        Assert.True(result.ExitCode == ExitCode.Success, result.Error + result.Output);
        Assert.InRange(Figure(result, "R²"), 0.95, 1);
    }

    [Fact]
    public async Task Quickstart_ThreeClasses_CountsEachAgainstEach()
    {
        var file = Write("x,y,kind", Enumerable.Range(0, 300).Select(i => $"{i % 30},{i % 7},{(i % 30 < 10 ? "low" : i % 30 < 20 ? "mid" : "high")}"));

        var result = await RunAsync("quickstart", "--csv", file, "--target", "kind", "--port", "0");

        Assert.True(result.ExitCode == ExitCode.Success, result.Error + result.Output);
        Assert.InRange(Figure(result, "accuracy"), 0.95, 1);
        Assert.Matches(@"\| high +\| +20 \| +0 \| +0 \|", result.Output);
    }

    [Fact]
    public async Task Quickstart_BankMarketing_ReachesThePublishedAccuracy()
    {
        var bank = Datasets.Find("bank-additional-full.csv");
        Assert.SkipWhen(bank is null, "The data set is not here.");

        var result = await RunAsync("quickstart", "--csv", bank!, "--target", "y", "--port", "0");

        Assert.True(result.ExitCode == ExitCode.Success, result.Error + result.Output);
        Assert.InRange(Figure(result, "accuracy"), 0.91, 0.94);
        Assert.InRange(Figure(result, "AUC"), 0.945, 0.97);
    }

    [Theory]
    [InlineData("a,b,y\n1,2,3\n1,2\n", "y", ":3: 2 cells where the header has 3: column 'y' is missing")]
    [InlineData("a,b,why\n1,2,3\n", "y", ":1: no column 'y'")]
    [InlineData("a,b,y\n1,2,3\n4,5,6\n", "y", ": 2 rows; at least 30 are needed")]
    [InlineData("", "y", ": is empty")]
    public async Task Quickstart_BadTable_SaysWhereBeforeAnythingStarts(string text, string target, string expected)
    {
        var file = _data["table.csv"];
        await File.WriteAllTextAsync(file, text, Cancellation);

        var result = await RunAsync("quickstart", "--csv", file, "--target", target);

        Assert.Equal(ExitCode.BadInput, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.StartsWith($"error: {file}{expected}", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quickstart_WithoutTarget_ListsTheColumns()
    {
        var file = Write("age,income", ["1,2"]);

        var result = await RunAsync("quickstart", "--csv", file);

        Assert.Equal(ExitCode.Usage, result.ExitCode);
        Assert.Contains("the columns are: age, income", result.Error, StringComparison.Ordinal);
    }

    private static double Figure(ProgramResult result, string label) =>
        double.Parse(Regex.Match(result.Output, $@"^{label}\s+(\S+)", RegexOptions.Multiline).Groups[1].ValueSpan, CultureInfo.InvariantCulture);

    private string Write(string header, IEnumerable<string> rows)
    {
        var file = _data["table.csv"];
        File.WriteAllText(file, new StringBuilder(header).Append('\n').AppendJoin('\n', rows).Append('\n').ToString());
        return file;
    }

    private Task<ProgramResult> RunAsync(params string[] arguments) => ProgramUnderTest.RunAsync(_data.Path, Cancellation, arguments);
}
