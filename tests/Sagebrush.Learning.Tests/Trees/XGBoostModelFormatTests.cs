using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sagebrush.Learning.Trees.XGBoost;
using Xunit;

namespace Sagebrush.Learning.Tests.Trees;

/// <summary>Damaged and foreign files end in a <see cref="ModelFormatException"/>, never in anything else.</summary>
public sealed class XGBoostModelFormatTests
{
    private static readonly Dictionary<XGBoostFormat, byte[]> Models = TrainModels();

    public static TheoryData<XGBoostFormat> Formats => [.. Enum.GetValues<XGBoostFormat>()];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Load_TruncatedAnywhere_SaysWhere(XGBoostFormat format)
    {
        var content = Models[format];
        for (var length = 0; length < content.Length; length += Math.Max(1, content.Length / 400))
        {
            var error = Assert.Throws<ModelFormatException>(() => XGBoostModel.Load(content.AsSpan(0, length)));
            Assert.NotEmpty(error.Message);
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Load_RandomBytesChanged_ReadsOrRefuses(XGBoostFormat format)
    {
        var content = Models[format];
        var changes = ArbMap.Default.GeneratorFor<(int Position, byte Value)>().NonEmptyListOf().Resize(8);
        var row = new float[64];
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1500), Prop.ForAll(changes.ToArbitrary(), list =>
        {
            var damaged = content.ToArray();
            foreach (var (position, value) in list)
            {
                damaged[(int)((uint)position % (uint)damaged.Length)] = value;
            }

            try
            {
                var model = XGBoostModel.Load(damaged);
                if (model.FeatureCount <= row.Length)
                {
                    model.Predict(row, new float[model.OutputCount]);
                }
            }
            catch (ModelFormatException)
            {
            }
        }));
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("hello", "the file ends within the learner's parameters")]
    [InlineData("{", "The model is not valid JSON: the file ends early, at byte")]
    [InlineData("{}", "it has no member 'learner'")]
    [InlineData("{\"learner\":[1,2]}", "at the document.learner: it is a value of the kind array of numbers, not an object")]
    [InlineData("{\"learner\":{\"x\":tru}}", "expected true, at byte")]
    [InlineData("{\"a\":1}x", "there is more after the end of the document")]
    [InlineData("bs64AAAA", "base64")]
    public void Load_NotAModel_SaysWhatIsWrong(string text, string expected)
    {
        var error = Assert.Throws<ModelFormatException>(() => XGBoostModel.Load(Encoding.UTF8.GetBytes(text)));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_Pickle_SaysHowToSaveInstead()
    {
        var error = Assert.Throws<ModelFormatException>(() => XGBoostModel.Load([0x80, 0x04, 0x95, 0, 0]));

        Assert.Contains("save_model", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NestedTooDeeply_Refuses()
    {
        var text = "{\"learner\":" + new string('[', 100_000);

        var error = Assert.Throws<ModelFormatException>(() => XGBoostModel.Load(Encoding.UTF8.GetBytes(text)));

        Assert.Contains("nested too deeply", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"left_children\":[", "\"left_children\":[7000,", "has the child 7000")]
    [InlineData("\"objective\":{\"name\":\"multi:softprob\"", "\"objective\":{\"name\":\"reg:magic\"", "The objective 'reg:magic' is not known")]
    [InlineData("\"tree_info\":[", "\"tree_info\":[9,", "the groups of")]
    [InlineData("\"split_indices\":[", "\"split_indices\":[0.5,", "0.5 is not a whole number in range")]
    public void Load_InconsistentJson_NamesThePlace(string from, string to, string expected)
    {
        var text = Encoding.UTF8.GetString(Models[XGBoostFormat.Json]);
        Assert.Contains(from, text, StringComparison.Ordinal);
        var at = text.IndexOf(from, StringComparison.Ordinal);
        var changed = text[..at] + to + text[(at + from.Length)..];
        if (from.Contains("left_children", StringComparison.Ordinal))
        {
            // Keep the length: the first child is replaced, not added to.
            var comma = changed.IndexOf(',', at + to.Length);
            changed = changed[..(at + to.Length - 1)] + changed[comma..];
        }

        var error = Assert.Throws<ModelFormatException>(() => XGBoostModel.Load(Encoding.UTF8.GetBytes(changed)));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_CycleAmongNodes_Refuses()
    {
        const string Tree = """
            {"learner":{"learner_model_param":{"base_score":"5E-1","num_class":"0","num_feature":"2"},
             "objective":{"name":"reg:squarederror"},"gradient_booster":{"name":"gbtree","model":{"tree_info":[0],
             "trees":[{"left_children":[1,0,-1],"right_children":[2,2,-1],"split_indices":[0,1,0],
             "split_conditions":[0.5,0.5,1],"default_left":[true,false,false]}]}}}}
            """;

        var error = Assert.Throws<ModelFormatException>(() => XGBoostModel.Load(Encoding.UTF8.GetBytes(Tree)));

        Assert.Contains("has two parents", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2.5", 0.25f)]
    [InlineData("NaN", -0.5f)]
    [InlineData("0.5", 0.25f)]
    [InlineData("0.49", -0.5f)]
    public void Predict_HandWrittenModelWithVectorBaseScore_FollowsTheTree(string value, float leaf)
    {
        // The schema of 1.0 (booleans for directions) with the base score in brackets of 3.1.
        const string Model = """
            {"learner":{"learner_model_param":{"base_score":"[1E0]","num_class":"0","num_feature":"1"},
             "objective":{"name":"reg:squarederror"},"gradient_booster":{"name":"gbtree","model":{"tree_info":[0],
             "trees":[{"left_children":[1,-1,-1],"right_children":[2,-1,-1],"split_indices":[0,0,0],
             "split_conditions":[0.5,-0.5,0.25],"default_left":[true,false,false]}]}}}}
            """;
        var model = XGBoostModel.Load(Encoding.UTF8.GetBytes(Model));
        var output = new float[1];

        model.Predict([float.Parse(value, System.Globalization.CultureInfo.InvariantCulture)], output);

        Assert.Equal(1f + leaf, output[0]);
    }

    private static Dictionary<XGBoostFormat, byte[]> TrainModels()
    {
        using var training = new RandomTraining(11, "multi:softprob");
        return Enum.GetValues<XGBoostFormat>().ToDictionary(format => format, format => training.Booster.Save(format));
    }
}
