using Sagebrush.Learning.Features;
using Sagebrush.Learning.Tables.Typed;
using Xunit;

namespace Sagebrush.Learning.Tests.Features;

public sealed class FeaturePipelineTests
{
    [Fact]
    public void Learn_EveryStyle_SavesAndMakesTheSameFeatures()
    {
        var table = Table(300);
        foreach (var style in Enum.GetValues<FeatureStyle>())
        {
            var (pipeline, _) = FeaturePipeline.Learn(table, Recipe(table, style));
            var again = FeaturePipeline.Load(pipeline.Save());

            Assert.Equal(pipeline.FeatureNames, again.FeatureNames);
            Assert.Equal(pipeline.Transform(table).Values.ToArray(), again.Transform(table).Values.ToArray());
            if (style == FeatureStyle.Scaled)
            {
                Assert.DoesNotContain(again.Transform(table).Values.ToArray(), float.IsNaN);
            }
        }
    }

    [Fact]
    public void Learn_CategoryPerRow_GivesNoRowItsOwnTarget()
    {
        // Every row has a category of its own: a mean that knew the row would give the label away.
        var rows = 400;
        var random = new Random(3);
        float[] labels = [.. Enumerable.Range(0, rows).Select(_ => random.Next(2) == 0 ? 0f : 1f)];
        var table = new TypedTable([new TableColumn("key", [.. Enumerable.Range(0, rows)], [.. Enumerable.Range(0, rows).Select(i => $"k{i}")])], rows);
        var profile = new ColumnProfile { Name = "key", Type = ColumnType.Categorical, Missing = 0, Distinct = rows };

        var (pipeline, features) = FeaturePipeline.Learn(table, new() { Style = FeatureStyle.TreesOfTarget, Columns = [profile], Targets = [labels], Seed = 1 });

        var column = pipeline.FeatureNames.ToList().IndexOf("target by key");
        var (zeros, ones) = (Mean(labels, 0), Mean(labels, 1));
        Assert.InRange(ones - zeros, -0.05, 0.05);
        double Mean(float[] of, float label) => Enumerable.Range(0, rows).Where(row => of[row] == label).Average(row => (double)features.Row(row)[column]);
    }

    [Fact]
    public void Find_TargetThatIsARatio_FindsTheRatio()
    {
        var random = new Random(2);
        var rows = 3000;
        double[] a = [.. Enumerable.Range(0, rows).Select(_ => 1 + (random.NextDouble() * 99))], b = [.. Enumerable.Range(0, rows).Select(_ => 1 + (random.NextDouble() * 99))];
        double[] c = [.. Enumerable.Range(0, rows).Select(_ => random.NextDouble())];
        float[] labels = [.. Enumerable.Range(0, rows).Select(i => (float)((a[i] / b[i] > 1.2 ? 3 : 0) + c[i]))];
        var source = new FeatureSource(new([new TableColumn("a", a), new TableColumn("b", b), new TableColumn("c", c)], rows));
        float[] features = [.. Enumerable.Range(0, rows).SelectMany(i => (float[])[(float)a[i], (float)b[i], (float)c[i]])];

        var pairs = PairSearch.Find(source, ["a", "b", "c"], features, 3, labels, isBinary: false, seed: 1);

        Assert.Contains(pairs[0].Name, (string[])["a / b", "b / a"]);
    }

    private static TypedTable Table(int rows)
    {
        var random = new Random(1);
        return new(
            [
                new TableColumn("n", [.. Enumerable.Range(0, rows).Select(i => i % 11 == 0 ? double.NaN : Math.Exp(random.NextDouble() * 12))]),
                new TableColumn("c", [.. Enumerable.Range(0, rows).Select(i => (i % 4) - 1)], ["red", "green", "blue"]),
                new TableColumn("d", [.. Enumerable.Range(0, rows).Select(i => i % 28)], [.. Enumerable.Range(1, 28).Select(i => $"2024-02-{i:D2}")]),
                new TableColumn("t", [.. Enumerable.Range(0, rows).Select(i => i % 50)], [.. Enumerable.Range(0, 50).Select(i => $"word{i % 7} and word{i % 5} again")]),
            ],
            rows);
    }

    private static FeatureRecipe Recipe(TypedTable table, FeatureStyle style)
    {
        ColumnType[] types = [ColumnType.Numeric, ColumnType.Categorical, ColumnType.DateTime, ColumnType.Text];
        return new()
        {
            Style = style,
            Columns = [.. table.Columns.Select((column, i) => ColumnProfile.Of(column) with { Type = types[i] })],
            Targets = [[.. Enumerable.Range(0, table.RowCount).Select(i => i % 3 == 0 ? 1f : 0f)]],
            Pairs = [new() { Column = "n", Other = "n", Operation = PairOperation.Product }],
        };
    }
}
