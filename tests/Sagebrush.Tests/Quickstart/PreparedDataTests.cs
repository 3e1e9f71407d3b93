using System.Globalization;
using System.Text;
using Sagebrush.CommandLine;
using Sagebrush.Quickstart;
using Xunit;

namespace Sagebrush.Tests.Quickstart;

public sealed class PreparedDataTests
{
    private const int Seed = 42;

    [Theory]
    [InlineData("yes", "no", "yes")]
    [InlineData("0", "1", "1")]
    [InlineData("True.", "False.", "True.")]
    [InlineData("benign", "malignant", "malignant")]
    [InlineData("blue", "red", "blue")]
    public void Target_TwoValues_IsBinaryWithTheClassAskedAboutSecond(string rarer, string commoner, string positive)
    {
        var target = Target.Of(Columns(("y", Enumerable.Range(0, 30).Select(i => i % 3 == 0 ? rarer : commoner))), 0);

        Assert.Equal(LearningTask.Binary, target.Task);
        Assert.Equal(positive, target.Classes[1]);
    }

    [Theory]
    [InlineData(3, false, LearningTask.Multiclass)]
    [InlineData(10, false, LearningTask.Multiclass)]
    [InlineData(28, false, LearningTask.Regression)]
    [InlineData(28, true, LearningTask.Multiclass)]
    public void Target_ManyValues_IsWhatTheySuggest(int values, bool text, object expected)
    {
        var target = Target.Of(Columns(("y", Enumerable.Range(0, 280).Select(i => (text ? "class " : "") + (i % values)))), 0);

        Assert.Equal(expected, target.Task);
        Assert.Equal((LearningTask)expected == LearningTask.Regression ? 0 : values, target.Classes.Count);
    }

    [Fact]
    public void Target_ClassesThatAreNumbers_AreInTheirOrder() =>
        Assert.Equal(["1", "2", "9", "10"], Target.Of(Columns(("y", Enumerable.Range(0, 40).Select(i => new[] { "10", "9", "2", "1" }[i % 4]))), 0).Classes);

    [Fact]
    public void Target_MissingAndRareOnes_AreLeftOutAndSaid()
    {
        var target = Target.Of(Columns(("y", Enumerable.Range(0, 60).Select(i => i == 7 ? "odd" : i % 10 == 0 ? "?" : i % 2 == 0 ? "a" : "b"))), 0);

        Assert.Equal(["6 rows without a target were left out", "class 'odd' was left out: it has 1 row, fewer than 5"], target.Notes);
        Assert.Equal(53, target.Rows.Count);
        Assert.Equal(target.Rows.Count, target.Values.Count);
    }

    [Fact]
    public void Target_OneValue_IsRefused() =>
        Assert.Contains("is the same in all rows ('no')", Refused(Columns(("y", Enumerable.Repeat("no", 50)), Noise(50)), "y"), StringComparison.Ordinal);

    [Fact]
    public void Target_NumbersWithASlip_NamesTheCell()
    {
        var table = Columns(("price", Enumerable.Range(0, 500).Select(i => i == 41 ? "12k" : (i * 1.5).ToString(CultureInfo.InvariantCulture))), Noise(500));

        Assert.Equal("table.csv:43: column 'price' holds '12k' where numbers are expected", Refused(table, "price"));
    }

    [Fact]
    public void Prepare_TooFewRows_IsRefused() =>
        Assert.Contains("29 rows; at least 30 are needed", Refused(Columns(("y", Alternating(29)), Noise(29)), "y"), StringComparison.Ordinal);

    [Fact]
    public void Prepare_NothingToLearnFrom_NamesWhatWasDropped()
    {
        var table = Columns(
            ("y", Alternating(40)),
            ("row", Enumerable.Range(1, 40).Select(i => i.ToString(CultureInfo.InvariantCulture))),
            ("phone", Enumerable.Range(1, 40).Select(i => $"555-{i:D4}")),
            ("unit", Enumerable.Repeat("kg", 40)));

        Assert.EndsWith(
            "can be learnt from: row (a running number), phone (40 different texts), unit (always the same)", Refused(table, "y"), StringComparison.Ordinal);
    }

    [Fact]
    public void Split_OfClasses_KeepsTheirShares()
    {
        var data = PreparedData.Prepare(Columns(("y", Enumerable.Range(0, 1000).Select(i => i % 10 == 0 ? "yes" : "no")), Noise(1000)), "y", null, Seed);

        Assert.Equal((700, 100, 200), (data.Split.Train.Count, data.Split.Validation.Count, data.Split.Test.Count));
        Assert.All(
            [data.Split.Train, data.Split.Validation, data.Split.Test],
            part => Assert.Equal(0.1, part.Average(position => data.Target.Values[position]), 10));
        Assert.Equal(1000, data.Split.Train.Concat(data.Split.Validation).Concat(data.Split.Test).Distinct().Count());
    }

    [Fact]
    public void Split_SameSeed_IsTheSame()
    {
        var table = Columns(("y", Alternating(200)), Noise(200));

        Assert.Equal(PreparedData.Prepare(table, "y", null, Seed).Split.Test, PreparedData.Prepare(table, "y", null, Seed).Split.Test);
        Assert.NotEqual(PreparedData.Prepare(table, "y", null, Seed).Split.Test, PreparedData.Prepare(table, "y", null, Seed + 1).Split.Test);
    }

    [Fact]
    public void Channel_MixedColumns_HoldsTargetNumbersAndIndicators()
    {
        var table = Columns(
            ("y", Alternating(60)),
            ("age", Enumerable.Range(0, 60).Select(i => i == 3 ? "NA" : (i * 0.5).ToString(CultureInfo.InvariantCulture))),
            ("colour", Enumerable.Range(0, 60).Select(i => i % 3 == 0 ? "red" : i == 1 ? "?" : "blue")));
        var data = PreparedData.Prepare(table, "y", null, Seed);

        Assert.Equal(["age", "colour=blue", "colour=red"], data.Encoder.FeatureNames);
        Assert.Equal(",0,1", data.Row(3));
        Assert.Equal("0.5,0,0", data.Row(1));
        Assert.Equal("2,1,0", data.Row(4));
        Assert.Equal($"{data.Target.Values[4]},2,1,0\n{data.Target.Values[3]},,0,1\n", Encoding.UTF8.GetString(data.Channel([4, 3])));
    }

    [Fact]
    public void Channel_CategoryOfManyValues_IsOneNumberFromTheCommonest()
    {
        var table = Columns(("y", Alternating(4000)), ("town", Enumerable.Range(0, 4000).Select(i => i % 2 == 0 ? "capital" : $"town {i % 97}")));
        var data = PreparedData.Prepare(table, "y", null, Seed);

        Assert.Equal(["town"], data.Encoder.FeatureNames);
        Assert.Equal("0", data.Row(2));
    }

    private static string Refused(Table table, string target)
    {
        var exception = Assert.Throws<CommandException>(() => PreparedData.Prepare(table, target, null, Seed));
        Assert.Equal(ExitCode.BadInput, exception.ExitCode);
        return exception.Message;
    }

    private static IEnumerable<string> Alternating(int rows) => Enumerable.Range(0, rows).Select(i => i % 2 == 0 ? "yes" : "no");

    private static (string Name, IEnumerable<string> Cells) Noise(int rows) =>
        ("noise", Enumerable.Range(0, rows).Select(i => (i * 7919 % 104729).ToString(CultureInfo.InvariantCulture)));

    private static Table Columns(params (string Name, IEnumerable<string> Cells)[] columns)
    {
        var cells = columns.Select(column => column.Cells.ToArray()).ToArray();
        return new("table.csv", ',', [.. columns.Select(column => column.Name)], cells, [.. Enumerable.Range(2, cells[0].Length)]);
    }
}
