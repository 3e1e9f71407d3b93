using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Explaining;
using Sagebrush.Serving;

namespace Sagebrush.Services.Tests.Hosting.Explaining;

public sealed class ClarifyExplainerTests
{
    private static readonly double[] Weights = [1, -2, 3, 0.5];

    [Fact]
    public async Task ExplainAsync_LinearModel_EqualsTheClosedForm()
    {
        var answer = await ExplainAsync(Config("0,0,0,0\n2,4,6,8"), new ScriptedModel(Linear), "1,2,3,7\n0,0,0,0");

        Assert.Equal("1.0", answer.GetProperty("version").GetString());
        Assert.Equal("text/csv", answer.GetProperty("predictions").GetProperty("content_type").GetString());
        Assert.Equal("9.5\n0", answer.GetProperty("predictions").GetProperty("data").GetString());
        Assert.False(answer.TryGetProperty("label_headers", out _));
        Near([0, 0, 0, 1.5], Values(answer, 0));
        Near([-1, 4, -9, -2], Values(answer, 1));
    }

    [Fact]
    public async Task ExplainAsync_UseLogit_ExplainsLogOdds()
    {
        var config = Config("0,0,0,0");
        config.ShapConfig.UseLogit = true;
        var model = new ScriptedModel(line => Text(1 / (1 + Math.Exp(-double.Parse(Linear(line), CultureInfo.InvariantCulture)))));

        Near([0.1, -0.4, 0.9, 0.2], Values(await ExplainAsync(config, model, "0.1,0.2,0.3,0.4"), 0));
    }

    [Fact]
    public async Task ExplainAsync_ClassesWithLabels_GivesOneValuePerClass()
    {
        var config = Config("0,0", new() { ProbabilityIndex = 1, LabelIndex = 0, FeatureHeaders = ["a", "b"] });
        var model = new ScriptedModel(line => line.Split(',') is var cells ? $"\"['cat','dog']\",\"[{cells[0]},{cells[1]}]\"" : "");

        var answer = await ExplainAsync(config, model, "1,2");

        Assert.Equal("""["cat","dog"]""", answer.GetProperty("label_headers").GetRawText());
        Assert.Equal("a", Features(answer, 0)[0].GetProperty("feature_header").GetString());
        Assert.False(Features(answer, 0)[0].TryGetProperty("feature_type", out _));
        Near([1, 0], Attribution(Features(answer, 0)[0]));
        Near([0, 2], Attribution(Features(answer, 0)[1]));
    }

    [Fact]
    public async Task ExplainAsync_JsonLines_FillsTheTemplateAndFollowsTheAttributes()
    {
        var config = Config(
            """{"data":{"features":[0,"red",null]}}""",
            new() { FeaturesAttribute = "data.features", ContentTemplate = """{"data":{"features":$features}}""", ProbabilityAttribute = "p.score", LabelAttribute = "names" });
        config.ShapConfig.ShapBaselineConfig.MimeType = "application/jsonlines";
        var model = new ScriptedModel(Answer, "application/jsonlines");

        var answer = await ExplainAsync(config, model, """{"data":{"features":[2,"blue",4]}}""", "application/jsonlines");

        Assert.Equal("""["yes"]""", answer.GetProperty("label_headers").GetRawText());
        Near([2, 10, 4], Values(answer, 0));

        static string Answer(string line)
        {
            var features = JsonDocument.Parse(line).RootElement.GetProperty("data").GetProperty("features");
            var sum = features[0].GetDouble() + (features[1].GetString() == "blue" ? 10 : 0) + (features[2].ValueKind == JsonValueKind.Null ? 0 : features[2].GetDouble());
            return "{\"p\":{\"score\":" + Text(sum) + "},\"names\":[\"yes\"]}";
        }
    }

    [Theory]
    [InlineData("`true`", null, 0, 1)]
    [InlineData("`false`", null)]
    [InlineData("[0]>`1`", null, 0)]
    [InlineData("`false`", "[0]>`1`", 0)]
    [InlineData(null, "[0]<`1`", 1)]
    public async Task ExplainAsync_EnableExplanations_ChoosesRecords(string? configured, string? asked, params int[] expected)
    {
        var config = Config("0,0,0,0");
        config.EnableExplanations = configured;

        var answer = await ExplainAsync(config, new ScriptedModel(Linear), "1,2,3,7\n0,0,0,0", enable: asked);

        var explanations = answer.GetProperty("explanations");
        Assert.Equal(
            expected,
            !explanations.TryGetProperty("kernel_shap", out var records) ? []
            : records.EnumerateArray().Index().Where(each => each.Item.ValueKind != JsonValueKind.Null).Select(each => each.Index));
        Assert.Equal(expected.Length == 0 ? "{}" : "[", explanations.GetRawText() is "{}" ? "{}" : "[");
    }

    [Fact]
    public async Task ExplainAsync_Tokens_AreMaskedWhereTheyStand()
    {
        var config = Config("\"<MASK>\",0");
        config.ShapConfig.TextConfig = new() { Granularity = ClarifyTextGranularity.Token, Language = "en" };
        config.ShapConfig.NumberOfSamples = 100;
        var model = new ScriptedModel(line => Text((line.Contains("good", StringComparison.Ordinal) ? 3 : 0) + (line.EndsWith(",5", StringComparison.Ordinal) ? 1 : 0)));

        var answer = await ExplainAsync(config, model, "\"This is a good product\",5");

        var text = Features(answer, 0)[0];
        Assert.Equal("text", text.GetProperty("feature_type").GetString());
        Assert.Equal(
            ["This 0 0", "is 5 0", "a 8 0", "good 10 3", "product 15 0"],
            text.GetProperty("attributions").EnumerateArray().Select(unit => string.Create(
                CultureInfo.InvariantCulture,
                $"{unit.GetProperty("description").GetProperty("partial_text")} {unit.GetProperty("description").GetProperty("start_idx")} {Math.Abs(unit.GetProperty("attribution")[0].GetDouble()):0}")));
        Assert.Equal("numerical", Features(answer, 0)[1].GetProperty("feature_type").GetString());
        Near([1], Attribution(Features(answer, 0)[1]));
    }

    [Fact]
    public async Task ExplainAsync_TextWithoutWords_HasNoAttributions()
    {
        var config = Config("\"\"");
        config.ShapConfig.TextConfig = new() { Granularity = ClarifyTextGranularity.Sentence, Language = "en" };

        var answer = await ExplainAsync(config, new ScriptedModel(_ => "1"), "\" \"");

        Assert.Equal("[]", Features(answer, 0)[0].GetProperty("attributions").GetRawText());
    }

    [Fact]
    public async Task ExplainAsync_MaxRecordCount_BoundsWhatTheModelIsAskedAtOnce()
    {
        var model = new ScriptedModel(Linear);

        await ExplainAsync(Config("0,0,0,0", new() { MaxRecordCount = 4 }), model, "1,2,3,7");

        // Of four features: the record, then nobody and the fourteen coalitions.
        Assert.Equal([1, 4, 4, 4, 3], model.Asked);
    }

    [Fact]
    public async Task ExplainAsync_ModelThatTakesOneRecord_IsAskedOneByOne()
    {
        var model = new ScriptedModel(Linear) { Most = 1 };

        Near([1, -4, 9, 3.5], Values(await ExplainAsync(Config("0,0,0,0"), model, "1,2,3,7"), 0));
    }

    [Fact]
    public async Task ExplainAsync_ManyFeatures_IsReproducible()
    {
        var config = Config(string.Join(',', new int[20]));
        config.ShapConfig.NumberOfSamples = 300;
        config.ShapConfig.Seed = 7;
        var body = string.Join(',', Enumerable.Range(1, 20));
        var model = new ScriptedModel(line => Text(RecordFormat.ReadCsv(line)[0].Sum(cell => Math.Sqrt(double.Parse(cell.Text, CultureInfo.InvariantCulture)))));

        var first = Values(await ExplainAsync(config, model, body), 0);

        Assert.Equal(1 + 1 + 300, model.Asked.Sum());
        Assert.Equal(first, Values(await ExplainAsync(config, model, body), 0));
        Assert.Equal(Enumerable.Range(1, 20).Sum(value => Math.Sqrt(value)), first.Sum(), 1e-9);
    }

    [Theory]
    [InlineData("1,2,3", "text/csv", null, "record 1 has 3 features; the SHAP baseline has 4")]
    [InlineData("", "text/csv", null, "it has no records")]
    [InlineData("\"1,2", "text/csv", null, "a quote that is not closed")]
    [InlineData("1,2,3,4", "application/json", null, "ContentType must be text/csv or application/jsonlines, and is 'application/json'")]
    [InlineData("1,2,3,4", null, null, "ContentType must be text/csv or application/jsonlines, and is missing")]
    [InlineData("[1,2,3,4]", "application/jsonlines", null, "need InferenceConfig.ContentTemplate")]
    [InlineData("1,2,3,4", "text/csv", "[[", "'[[' is not a valid JMESPath expression")]
    [InlineData("1,2,3,4", "text/csv", "[0]", "neither true nor false")]
    public async Task ExplainAsync_BadRequest_IsRefused(string body, string? contentType, string? enable, string message)
    {
        var error = await Assert.ThrowsAsync<ModelInvocationException>(() => ExplainAsync(Config("0,0,0,0"), new ScriptedModel(Linear), body, contentType, enable));

        Assert.Equal(InvocationFailure.NotExplainable, error.Failure);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("yes", "The model's score \"yes\" is no number")]
    [InlineData("1\n2", "The model answered 1 records with 2")]
    public async Task ExplainAsync_AnswerThatCannotBeUnderstood_IsAModelError(string answer, string message)
    {
        var error = await Assert.ThrowsAsync<ModelInvocationException>(() => ExplainAsync(Config("0,0,0,0"), new ScriptedModel(_ => answer), "1,2,3,4"));

        Assert.Equal((InvocationFailure.Faulted, "explainer"), (error.Failure, error.Container));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static ClarifyExplainerConfig Config(string baseline, ClarifyInferenceConfig? inference = null) => new()
    {
        InferenceConfig = inference,
        ShapConfig = new() { ShapBaselineConfig = new() { ShapBaseline = baseline } },
    };

    private static async Task<JsonElement> ExplainAsync(
        ClarifyExplainerConfig config, ScriptedModel model, string body, string? contentType = "text/csv", string? enable = null)
    {
        var explainer = new ClarifyExplainer(config, new ExplainerBaseline(config, config.ShapConfig.ShapBaselineConfig.ShapBaseline!), TimeProvider.System);
        var request = new Serving.Invocation(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(body)), contentType, contentType) { EnableExplanations = enable };
        var output = new ArrayBufferWriter<byte>();
        Assert.Equal("application/json", (await explainer.ExplainAsync(model, request, output, TestContext.Current.CancellationToken)).ContentType);
        return JsonDocument.Parse(output.WrittenMemory).RootElement;
    }

    private static string Linear(string line) => Text(line.Split(',').Zip(Weights, (cell, weight) => double.Parse(cell, CultureInfo.InvariantCulture) * weight).Sum());

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static JsonElement[] Features(JsonElement answer, int record) => [.. answer.GetProperty("explanations").GetProperty("kernel_shap")[record].EnumerateArray()];

    private static double[] Attribution(JsonElement feature) =>
        [.. Assert.Single(feature.GetProperty("attributions").EnumerateArray()).GetProperty("attribution").EnumerateArray().Select(value => value.GetDouble())];

    private static double[] Values(JsonElement answer, int record) => [.. Features(answer, record).Select(feature => Assert.Single(Attribution(feature)))];

    private static void Near(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-7));
    }
}
