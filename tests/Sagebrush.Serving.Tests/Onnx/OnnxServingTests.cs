using System.Text;
using Sagebrush.Testing;

namespace Sagebrush.Serving.Tests.Onnx;

public sealed class OnnxServingTests(OnnxModels models) : IClassFixture<OnnxModels>
{
    private const string Npy = "application/x-npy";

    [Theory]
    [InlineData("affine", """{"instances": [[1,2,3],[0,0,0]]}""", """{"predictions":[[5,4.5],[1,-1]]}""")]
    [InlineData("affine", """[[1,2,3]]""", """{"predictions":[[5,4.5]]}""")]
    [InlineData("affine", """{"signature_name": "serving_default", "inputs": [[1,2,3]]}""", """{"outputs":[[5,4.5]]}""")]
    [InlineData("affine", """{"inputs": {"x": [[1,2,3]]}}""", """{"outputs":[[5,4.5]]}""")]
    [InlineData("two", """{"instances": [{"a": 1.5, "b": 2},{"a": [4], "b": [-3]}]}""", null)]
    [InlineData("two", """{"instances": [{"a": [1.5], "b": [2]},{"a": [4], "b": [-3]}]}""", """{"predictions":[{"sum":[3.5],"product":[3]},{"sum":[1],"product":[-12]}]}""")]
    [InlineData("two", """{"inputs": {"a": [1.5, 4], "b": [2, -3]}}""", """{"outputs":{"sum":[[3.5],[1]],"product":[[3],[-12]]}}""")]
    [InlineData("words", """{"instances": ["Wort", {"b64": "w6Q="}]}""", """{"predictions":["Wort","ä"]}""")]
    [InlineData("half", """{"instances": [1.5, 2]}""", """{"predictions":[3,4]}""")]
    [InlineData("trees", """{"instances": [[0, 0],[1, 1]]}""", """{"predictions":[{"label":3,"probabilities":[0.75,0.25,0]},{"label":7,"probabilities":[0.25,0.75,0]}]}""")]
    [InlineData("affine", """{"instances": [[1e39,"NaN",3]]}""", """{"predictions":[[NaN,NaN]]}""")]
    public async Task TensorFlowServingRequests_AreAnsweredInKind(string model, string request, string? expected)
    {
        await using var server = models.Serve(model);
        if (expected is null)
        {
            await Assert.ThrowsAsync<ModelInvocationException>(() => OnnxModels.AskAsync(server, request));
            return;
        }

        Assert.Equal((expected, "application/json"), await OnnxModels.AskAsync(server, request));
    }

    [Theory]
    [InlineData("affine", """{"id":"7","inputs":[{"name":"x","shape":[1,3],"datatype":"FP32","data":[1,2,3]}]}""",
        """{"id":"7","model_name":"affine","model_version":"1","outputs":[{"name":"y","datatype":"FP32","shape":[1,2],"data":[5,4.5]}]}""")]
    [InlineData("affine", """{"inputs":[{"name":"x","shape":[2,3],"datatype":"FP32","data":[[1,2,3],[0,0,0]]}]}""",
        """{"model_name":"affine","model_version":"1","outputs":[{"name":"y","datatype":"FP32","shape":[2,2],"data":[5,4.5,1,-1]}]}""")]
    [InlineData("two", """{"inputs":[{"name":"b","shape":[1,1],"datatype":"INT64","data":[2]},{"name":"a","shape":[1,1],"datatype":"FP32","data":[1.5]}],"outputs":[{"name":"product"}]}""",
        """{"model_name":"two","model_version":"1","outputs":[{"name":"product","datatype":"FP32","shape":[1,1],"data":[3]}]}""")]
    [InlineData("words", """{"inputs":[{"name":"w","shape":[2],"datatype":"BYTES","data":["a","b"]}]}""",
        """{"model_name":"words","model_version":"1","outputs":[{"name":"same","datatype":"BYTES","shape":[2],"data":["a","b"]}]}""")]
    public async Task KServeRequests_AreAnsweredInKind(string model, string request, string expected)
    {
        await using var server = models.Serve(model);
        Assert.Equal((expected, "application/json"), await OnnxModels.AskAsync(server, request));
    }

    [Fact]
    public async Task KServeBinaryRequest_IsAnsweredInBytes()
    {
        await using var server = models.Serve("affine");
        var json = """{"inputs":[{"name":"x","shape":[1,3],"datatype":"FP32","parameters":{"binary_data_size":12}}]}"""u8.ToArray();
        byte[] body = [.. json, .. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(2f), .. BitConverter.GetBytes(3f)];
        var (answer, type) = await OnnxModels.AskAsync(server, body, $"application/vnd.sagemaker-triton.binary+json;json-header-size={json.Length}");
        Assert.StartsWith("application/vnd.sagemaker-triton.binary+json;json-header-size=", type, StringComparison.Ordinal);
        var header = int.Parse(type[(type.IndexOf('=', StringComparison.Ordinal) + 1)..], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(
            """{"model_name":"affine","model_version":"1","outputs":[{"name":"y","datatype":"FP32","shape":[1,2],"parameters":{"binary_data_size":8}}]}""",
            Encoding.UTF8.GetString(answer.AsSpan(0, header)));
        Assert.Equal([5f, 4.5f], [BitConverter.ToSingle(answer, header), BitConverter.ToSingle(answer, header + 4)]);
    }

    [Theory]
    [InlineData("affine", "1,2,3\n0,0,0\n", "text/csv", null, "5,4.5\n1,-1\n", "text/csv")]
    [InlineData("affine", "1,2,3", "text/csv; charset=utf-8", "application/json", """{"predictions":[[5,4.5]]}""", "application/json")]
    [InlineData("two", "1.5,2\r\n4,-3", "text/csv", null, "3.5,3\n1,-12\n", "text/csv")]
    [InlineData("trees", "0,0\n1,1", "text/csv", null, "3,0.75,0.25,0\n7,0.25,0.75,0\n", "text/csv")]
    public async Task CsvRequests_AreAnswered(string model, string request, string type, string? accept, string expected, string expectedType)
    {
        await using var server = models.Serve(model);
        Assert.Equal((expected, expectedType), await OnnxModels.AskAsync(server, request, type, accept));
    }

    [Fact]
    public async Task NumpyRequest_IsAnsweredAsNumpyReadsIt()
    {
        using var folder = new TemporaryFolder();
        var (code, _, error) = PythonProgram.Run("import sys, numpy as np; np.save(sys.argv[1], np.array([[1, 2, 3], [4, 5, 6]], 'f8'))", folder["in.npy"]);
        Assert.True(code == 0, error);
        await using var server = models.Serve("affine");
        var (answer, type) = await OnnxModels.AskAsync(server, await File.ReadAllBytesAsync(folder["in.npy"], TestContext.Current.CancellationToken), Npy);
        Assert.Equal(Npy, type);
        await File.WriteAllBytesAsync(folder["out.npy"], answer, TestContext.Current.CancellationToken);
        var (_, output, _) = PythonProgram.Run("import sys, numpy as np; y = np.load(sys.argv[1]); print(y.dtype, y.tolist())", folder["out.npy"]);
        Assert.Equal("float32 [[5.0, 4.5], [9.5, 11.25]]", output.Trim());
    }

    [Theory]
    [InlineData("affine", """{"instances": [[1,2]]}""", "wants the shape [-1,3] and was given [1,2]")]
    [InlineData("affine", """{"instances": []}""", "'instances' must be a list")]
    [InlineData("affine", """{"instances": [[1,2,3],[1,2]]}""", "is no regular list")]
    [InlineData("affine", """{"instances": [[1,"x",3]]}""", "\\\"x\\\" is not a number")]
    [InlineData("affine", """{"rows": [[1,2,3]]}""", "neither 'instances' nor 'inputs'")]
    [InlineData("affine", "{", "depth")]
    [InlineData("two", """{"instances": [[1,2]]}""", "which a request must name: 'a' (FP32 [-1,1]), 'b' (INT64 [-1,1])")]
    [InlineData("two", """{"instances": [{"a": [1]}]}""", "instance 1 has no 'b'")]
    [InlineData("two", """{"instances": [{"a": [1], "b": [1], "c": [1]}]}""", "has 'c', which is no input of the model")]
    [InlineData("two", """{"inputs": {"a": [1], "b": [1.5]}}""", "1.5 is no INT64")]
    [InlineData("two", """{"inputs": {"a": [1], "b": [1e30]}}""", "1e30 is no INT64")]
    [InlineData("affine", """{"inputs":[{"name":"x","shape":[1,3],"datatype":"FP64","data":[1,2,3]}]}""", "wants the datatype FP32 and was given FP64")]
    [InlineData("affine", """{"inputs":[{"name":"x","shape":[1,4],"datatype":"FP32","data":[1,2,3]}]}""", "has 4 elements, but its data have 3")]
    [InlineData("affine", """{"inputs":[{"name":"x","shape":[-1,3],"datatype":"FP32","data":[1,2,3]}]}""", "is impossible or too large")]
    [InlineData("affine", """{"inputs":[{"name":"x","shape":[4000000000,4000000000],"datatype":"FP32","data":[]}]}""", "is impossible or too large")]
    [InlineData("affine", """{"inputs":[{"name":"z","shape":[1,3],"datatype":"FP32","data":[1,2,3]}]}""", "the model has no input 'z'")]
    [InlineData("affine", """{"inputs":[{"name":"x","shape":[1,3],"datatype":"FP31","data":[1,2,3]}]}""", "datatype FP31")]
    [InlineData("fixed", """{"instances": [[1,2],[3,4],[5,6]]}""", "wants the shape [2,2] and was given [3,2]")]
    public async Task RequestsThatDoNotFit_AreRefusedByName(string model, string request, string words)
    {
        await using var server = models.Serve(model);
        var error = await Assert.ThrowsAsync<ModelInvocationException>(() => OnnxModels.AskAsync(server, request));
        Assert.Equal(400, error.OriginalStatusCode);
        Assert.StartsWith("{\"error\": \"", error.Message, StringComparison.Ordinal);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("image/png", null, 415, "application/json, text/csv, application/x-npy")]
    [InlineData("text/csv", "image/png", 406, "application/json, text/csv, application/x-npy")]
    [InlineData("application/x-npy", null, 400, "no .npy file")]
    public async Task UnknownTypes_AreRefusedWithThoseThatAreKnown(string type, string? accept, int status, string words)
    {
        await using var server = models.Serve("affine");
        var error = await Assert.ThrowsAsync<ModelInvocationException>(() => OnnxModels.AskAsync(server, "1,2,3", type, accept));
        Assert.Equal(status, error.OriginalStatusCode);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConcurrentRequests_AreAnsweredEachWithItsOwn()
    {
        await using var server = models.Serve("affine");
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), TestContext.Current.CancellationToken, async (i, _) =>
        {
            var (text, _) = await OnnxModels.AskAsync(server, $"{{\"instances\": [[{i},0,0]]}}");
            Assert.Equal(FormattableString.Invariant($$$"""{"predictions":[[1,{{{(i * 0.25) - 1}}}]]}"""), text);
        });
    }
}
