using System.Buffers;
using System.Globalization;
using System.Text;
using Sagebrush.Learning;
using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Algorithms.Tests.XGBoost;

public sealed class XGBoostInferenceTests : IDisposable
{
    // Two features; the leaves are chosen so that the answers show Python's way to print numbers.
    private const string TwoFeatures = """
        {"learner":{"learner_model_param":{"base_score":"0","num_class":"0","num_feature":"2"},
         "objective":{"name":"reg:squarederror"},"gradient_booster":{"name":"gbtree","model":{"tree_info":[0],
         "trees":[{"left_children":[1,-1,3,-1,-1],"right_children":[2,-1,4,-1,-1],"split_indices":[0,0,1,0,0],
         "split_conditions":[0.5,0.1,10,3,0.00001],"default_left":[1,0,0,0,0]}]}}}}
        """;

    private const string ThreeClasses = """
        {"learner":{"learner_model_param":{"base_score":"0","num_class":"3","num_feature":"1"},
         "objective":{"name":"OBJECTIVE"},"gradient_booster":{"name":"gbtree","model":{"tree_info":[0,1,2],
         "trees":[{"left_children":[-1],"right_children":[-1],"split_indices":[0],"split_conditions":[0],"default_left":[0]},
                  {"left_children":[-1],"right_children":[-1],"split_indices":[0],"split_conditions":[0],"default_left":[0]},
                  {"left_children":[-1],"right_children":[-1],"split_indices":[0],"split_conditions":[0.6931472],"default_left":[0]}]}}}}
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("0.1,0", "0.10000000149011612\n")]
    [InlineData("0.1,0\n", "0.10000000149011612\n")]
    [InlineData("0.1,0\r\n1,2\r\n", "0.10000000149011612\n3.0\n")]
    [InlineData(",", "0.10000000149011612\n")]
    [InlineData("1,", "9.999999747378752e-06\n")]
    [InlineData("nan;12\n1;12", "0.10000000149011612\n9.999999747378752e-06\n")]
    [InlineData("1\t2", "3.0\n")]
    public void Predict_Csv_AnswersAsPythonPrints(string body, string expected) => Assert.Equal(expected, Ask(TwoFeatures, body));

    [Theory]
    [InlineData("0:0.1 1:0", "0.10000000149011612\n")]
    [InlineData("1 0:1 1:12", "9.999999747378752e-06\n")]
    [InlineData("0:1 1:2\n0:1 1:12\n", "3.0\n9.999999747378752e-06\n")]
    [InlineData("1:2", "0.10000000149011612\n")]
    public void Predict_Libsvm_CountsAbsentAsMissing(string body, string expected)
    {
        Assert.Equal(expected, Ask(TwoFeatures, body, "text/libsvm"));
        Assert.Equal(expected, Ask(TwoFeatures, body, "text/x-libsvm; charset=utf8"));
    }

    [Theory]
    [InlineData("""{"instances":[{"features":[1,2]},{"features":[0,null]}]}""")]
    [InlineData("""{"instances":[[1,2],[0,2]]}""")]
    [InlineData("""{"instances":[{"data":{"features":{"values":[1,2],"shape":[2]}}},{"configuration":{"a":[1]},"features":[0,2]}]}""")]
    [InlineData("[[1,2],[0,2]]")]
    public void Predict_Json_TakesTheDocumentedForms(string body) =>
        Assert.Equal("3.0\n0.10000000149011612\n", Ask(TwoFeatures, body, "application/json"));

    [Theory]
    [InlineData("[1,2]", "application/json")]
    [InlineData("""{"features":[1,2]}""", "application/json")]
    [InlineData("[1,2]\n", "application/jsonlines")]
    public void Predict_OneJsonRow_NeedsNoList(string body, string contentType) => Assert.Equal("3.0\n", Ask(TwoFeatures, body, contentType));

    [Fact]
    public void Predict_JsonLines_ReadsARowPerLine() =>
        Assert.Equal("3.0\n0.10000000149011612\n", Ask(TwoFeatures, "{\"features\":[1,2]}\n[0,2]\n", "application/jsonlines"));

    [Theory]
    [InlineData("text/csv", "3.0\n0.10000000149011612\n", "text/csv")]
    [InlineData(null, "3.0\n0.10000000149011612\n", "text/csv")]
    [InlineData("*/*", "3.0\n0.10000000149011612\n", "text/csv")]
    [InlineData("application/json", """{"predictions": [{"score": 3.0}, {"score": 0.10000000149011612}]}""", "application/json")]
    [InlineData("image/png, Application/JSON;q=0.9", """{"predictions": [{"score": 3.0}, {"score": 0.10000000149011612}]}""", "application/json")]
    [InlineData("application/jsonlines", "{\"score\": 3.0}\n{\"score\": 0.10000000149011612}\n", "application/jsonlines")]
    public void Predict_Accept_ChoosesTheAnswersForm(string? accept, string expected, string contentType)
    {
        var output = new ArrayBufferWriter<byte>();

        var answered = Load(TwoFeatures).Predict("1,2\n0,2"u8, "text/csv", accept, output);

        Assert.Equal(contentType, answered);
        Assert.Equal(expected, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void Predict_ClassProbabilities_AreLists()
    {
        var model = ThreeClasses.Replace("OBJECTIVE", "multi:softprob", StringComparison.Ordinal);

        Assert.Equal("0.25,0.25,0.5\n0.25,0.25,0.5\n", Ask(model, "1\n2"));
        Assert.Equal("""{"predictions": [{"score": [0.25, 0.25, 0.5]}]}""", Ask(model, "1", accept: "application/json"));
        Assert.Equal("{\"score\": [0.25, 0.25, 0.5]}\n", Ask(model, "1", accept: "application/jsonlines"));
        Assert.Equal("[0.25, 0.25, 0.5],[0.25, 0.25, 0.5]", Ask(model, "1\n2", version: "1.0-1"));
    }

    [Fact]
    public void Predict_Class_IsANumber() =>
        Assert.Equal("2.0\n", Ask(ThreeClasses.Replace("OBJECTIVE", "multi:softmax", StringComparison.Ordinal), "1"));

    [Theory]
    [InlineData("latest")]
    [InlineData("1")]
    [InlineData("0.90-2-cpu-py3")]
    [InlineData("1.3-1")]
    public void Predict_OldImages_SeparateRowsByCommas(string version) =>
        Assert.Equal("3.0,0.10000000149011612", Ask(TwoFeatures, "1,2\n0,2", version: version));

    [Theory]
    [InlineData("1,2,3", "text/csv", 400, "Feature size of csv inference data 3 is not consistent with feature size of trained model 2 (row 1).")]
    [InlineData("1,2\n1", "text/csv", 400, "Feature size of csv inference data 1 is not consistent with feature size of trained model 2 (row 2).")]
    [InlineData("1,a", "text/csv", 415, "Loading csv data failed, please ensure data is in csv format: row 1, column 2: 'a' is not a number.")]
    [InlineData("1,2\n\n1,2", "text/csv", 415, "row 2, the row is empty")]
    [InlineData("", "text/csv", 400, "The request's body is empty.")]
    [InlineData("\n", "text/csv", 400, "The request's body is empty.")]
    [InlineData("0:1 5:2", "text/libsvm", 400, "Feature size of libsvm inference data 6 is larger than feature size of trained model 2 (row 1).")]
    [InlineData("0:1 x", "text/libsvm", 415, "row 1, 'x' is not of the form index:value.")]
    [InlineData("1,2", null, 415, "row 1, '1,2' is not of the form index:value.")]
    [InlineData("{\"instances\":[[1,2]", "application/json", 415, "Loading json data failed")]
    [InlineData("{\"instances\":[[1]]}", "application/json", 400, "Feature size of json inference data 1")]
    [InlineData("{\"instances\":[[1,\"a\"]]}", "application/json", 415, "row 1, value 2 is not a number")]
    [InlineData("{\"rows\":[[1,2]]}", "application/json", 415, "an object has no rows under 'instances' or 'features'")]
    [InlineData("[]", "application/json", 400, "Feature size of json inference data 0")]
    [InlineData("7", "application/json", 415, "expected a list of numbers")]
    [InlineData("[[[[[[[[[[1]]]]]]]]]]", "application/json", 415, "depth")]
    [InlineData("1,2", "image/png", 415, "Content-type image/png is not supported.")]
    public void Predict_WrongRequest_SaysWhat(string body, string? contentType, int status, string expected)
    {
        var output = new ArrayBufferWriter<byte>();

        var error = Assert.Throws<InferenceInputException>(
            () => Load(TwoFeatures).Predict(Encoding.UTF8.GetBytes(body), contentType, null, output));

        Assert.Equal(status, error.StatusCode);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, output.WrittenCount);
    }

    [Fact]
    public void Predict_FewBytesThatAskForMuchMemory_AreRefused()
    {
        var wide = TwoFeatures.Replace("\"num_feature\":\"2\"", "\"num_feature\":\"1000000\"", StringComparison.Ordinal);

        var error = Assert.Throws<InferenceInputException>(() => Ask(wide, "1 0:1" + new string('\n', 100_000) + "1 0:1", "text/libsvm"));

        Assert.Equal(400, error.StatusCode);
        Assert.Contains("Please send fewer rows per request.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Predict_UnknownAccept_Is406()
    {
        var error = Assert.Throws<InferenceInputException>(
            () => Load(TwoFeatures).Predict("1,2"u8, "text/csv", "image/png", new ArrayBufferWriter<byte>()));

        Assert.Equal(406, error.StatusCode);
        Assert.StartsWith("Accept type image/png is not supported.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Predict_SingleRow_AllocatesNothing()
    {
        var model = Load(TwoFeatures);
        var output = new ArrayBufferWriter<byte>(256);
        model.Predict("1,2"u8, "text/csv", "text/csv", output);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 100; i++)
        {
            output.ResetWrittenCount();
            model.Predict("1,2"u8, "text/csv", "text/csv", output);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Predict_ManyRows_AnswersEach()
    {
        var body = string.Join('\n', Enumerable.Range(0, 5000).Select(i => i % 2 == 0 ? "1,2" : "0,2"));

        var answer = Ask(TwoFeatures, body);

        Assert.Equal(string.Concat(Enumerable.Range(0, 5000).Select(i => i % 2 == 0 ? "3.0\n" : "0.10000000149011612\n")), answer);
    }

    [Fact]
    public void Load_OnlyFileOfAnotherName_IsTheModel()
    {
        File.WriteAllText(_folder["model.json"], TwoFeatures);
        File.WriteAllText(_folder[".hidden"], "");

        var model = BuiltInAlgorithms.Find("XGBoost")!.Load(_folder.Path);

        Assert.Equal(2, Assert.IsType<Sagebrush.Algorithms.XGBoost.XGBoostInference>(model).Model.FeatureCount);
    }

    [Fact]
    public void Load_NoOrSeveralFilesOrNoModel_SaysSo()
    {
        var xgboost = BuiltInAlgorithms.Find("xgboost")!;
        Assert.Contains("holds no model: expected the file xgboost-model", Assert.Throws<ModelFormatException>(() => xgboost.Load(_folder.Path)).Message, StringComparison.Ordinal);

        File.WriteAllText(_folder["a"], "x");
        Assert.StartsWith("Model a cannot be loaded: ", Assert.Throws<ModelFormatException>(() => xgboost.Load(_folder.Path)).Message, StringComparison.Ordinal);

        File.WriteAllText(_folder["b"], "x");
        Assert.Contains("holds 2 files (a, b) and none is xgboost-model", Assert.Throws<ModelFormatException>(() => xgboost.Load(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Format_AnyFloat_IsWhatPythonPrints()
    {
        var random = new Random(4);
        List<float> values = [0f, -0f, 1f, 1e15f, 9.9e15f, 1e16f, 1.5e20f, 123456.7f, 1e-4f, 9.9e-5f, float.MaxValue, float.Epsilon, -2.5f];
        values.AddRange(Enumerable.Range(0, 2000).Select(_ => BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue))).Where(float.IsFinite));
        var bits = string.Join(' ', values.Select(v => BitConverter.SingleToUInt32Bits(v).ToString(CultureInfo.InvariantCulture)));

        var expected = Python.Run(
            "import sys, numpy as np\nfor b in sys.argv[1].split(): print(float(np.uint32(int(b)).view(np.float32)))", bits)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);

        var target = new byte[64];
        for (var i = 0; i < values.Count; i++)
        {
            var length = Sagebrush.Algorithms.Formats.PythonNumber.Format(values[i], target);
            Assert.Equal(expected[i], Encoding.ASCII.GetString(target, 0, length));
        }
    }

    private IInferenceModel Load(string model, string? version = null)
    {
        File.WriteAllText(_folder["xgboost-model"], model);
        return BuiltInAlgorithms.Find("xgboost")!.Load(_folder.Path, version);
    }

    private string Ask(string model, string body, string contentType = "text/csv", string? accept = null, string? version = null)
    {
        var output = new ArrayBufferWriter<byte>();
        Load(model, version).Predict(Encoding.UTF8.GetBytes(body), contentType, accept, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
