using System.Buffers;

namespace Sagebrush.Serving.Tests.Python;

public sealed class PythonHandlerTests
{
    [Theory]
    [InlineData("text/csv", "1,2\n3,4\n", null, "application/json", "[3.0, 7.0]")]
    [InlineData("text/csv; charset=utf-8", "1,2", "*/*", "application/json", "[3.0]")]
    [InlineData("application/json", "[[1, 2], [3, 4]]", "text/csv", "text/csv; charset=utf-8", "3.0\n7.0\n")]
    [InlineData("application/json", "[1, 2]", "text/plain, text/csv;q=0.5", "text/csv; charset=utf-8", "3.0\n")]
    [InlineData(null, "0.1,0.2", "application/json", "application/json", "[0.30000001192092896]")]
    public async Task InvokeAsync_DefaultHandlers_ReadAndWriteTheUsualTypes(
        string? contentType, string body, string? accept, string expectedType, string expected)
    {
        await using var model = await new PythonModel(PythonModel.RowSums).LoadAsync();
        Assert.Equal((expectedType, expected), await model.InvokeAsync(body, contentType, accept));
    }

    [Fact]
    public async Task InvokeAsync_Npy_GoesInAndOut()
    {
        await using var model = await new PythonModel(PythonModel.RowSums).LoadAsync();

        // The NPY format 1.0 of [[1, 2]] in float64, written out by hand from its description.
        var header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }".PadRight(117) + "\n";
        byte[] body = [0x93, .. "NUMPY"u8, 1, 0, 118, 0, .. System.Text.Encoding.ASCII.GetBytes(header),
            .. BitConverter.GetBytes(1.0), .. BitConverter.GetBytes(2.0)];
        var output = new ArrayBufferWriter<byte>();
        var result = await model.Server!.InvokeAsync(
            new Invocation(new ReadOnlySequence<byte>(body), "application/x-npy", "application/x-npy"),
            output,
            TestContext.Current.CancellationToken);

        Assert.Equal("application/x-npy", result.ContentType);
        Assert.Equal(3.0, BitConverter.ToDouble(output.WrittenSpan[^8..]));
    }

    [Theory]
    [InlineData("text/csv", "1,2\n3\n", null, 400, "row 2 has 1 columns, the first has 2")]
    [InlineData("text/csv", "1,x\n", null, 400, "row 1, column 2: 'x' is not a number")]
    [InlineData("text/csv", "", null, 400, "no rows")]
    [InlineData("application/json", "[1,", null, 400, "not a JSON array")]
    [InlineData("application/x-npy", "junk", null, 400, "NPY")]
    [InlineData("image/png", "1,2", null, 415, "Content type image/png is not supported")]
    [InlineData("text/csv", "1,2", "image/png", 406, "Content type image/png is not supported")]
    public async Task InvokeAsync_RequestTheHandlersCannotRead_IsRefused(
        string contentType, string body, string? accept, int status, string message)
    {
        await using var model = await new PythonModel(PythonModel.RowSums).LoadAsync();

        var error = await model.FailAsync(body, contentType, accept);

        Assert.Equal(InvocationFailure.Refused, error.Failure);
        Assert.Equal(status, error.OriginalStatusCode);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InvokeAsync_OwnHandlers_AreCalledInTurn()
    {
        await using var model = await new PythonModel("""
            def model_fn(model_dir, context):
                return context.system_properties["model_dir"]

            def input_fn(body, content_type):
                return body + "|" + content_type

            def predict_fn(data, model, context):
                return data + "|" + context.get_request_header(0, "X-Amzn-SageMaker-Custom-Attributes")

            def output_fn(prediction, accept):
                return prediction.upper(), "text/" + accept
            """).LoadAsync();

        Assert.Equal(("text/shout", "ABC|TEXT/CSV|TRACE=1"), await model.InvokeAsync("abc", "text/csv", "shout", "trace=1"));
    }

    [Fact]
    public async Task InvokeAsync_TransformFn_DoesItAll()
    {
        await using var model = await new PythonModel("""
            def model_fn(model_dir):
                return 3

            def transform_fn(model, body, content_type, accept):
                return bytes(body) * model, content_type
            """).LoadAsync();

        Assert.Equal(("application/x", "ababab"), await model.InvokeAsync("ab", "application/x"));
    }

    [Fact]
    public async Task InvokeAsync_ToolkitNames_AreThere()
    {
        await using var model = await new PythonModel("""
            from sagemaker_containers.beta.framework import content_types, encoders, env, modules, worker
            from sagemaker_inference import decoder, errors

            def model_fn(model_dir):
                return None

            def input_fn(body, content_type):
                return decoder.decode(body, content_type)

            def predict_fn(data, model):
                if data.size > 2:
                    raise errors.GenericInferenceToolkitError(422, "two cells at most")
                return data * 2

            def output_fn(prediction, accept):
                return worker.Response(encoders.encode(prediction, content_types.CSV), mimetype="text/csv")
            """).LoadAsync();

        Assert.Equal(("text/csv; charset=utf-8", "2.0,4.0\n"), await model.InvokeAsync("1,2"));
        var error = await model.FailAsync("1,2,3");
        Assert.Equal((422, "two cells at most"), (error.OriginalStatusCode, error.Message));
    }

    [Fact]
    public async Task InvokeAsync_HandlerRaises_AnswersAndLogsPythonsWords()
    {
        await using var model = await new PythonModel("""
            def model_fn(model_dir):
                return {}

            def predict_fn(data, model):
                return model["weights"]
            """).LoadAsync();

        var error = await model.FailAsync("1,2");

        Assert.Equal((InvocationFailure.Faulted, 500), (error.Failure, error.OriginalStatusCode));
        Assert.StartsWith("KeyError: 'weights'", error.Message, StringComparison.Ordinal);
        await Sagebrush.Testing.Eventually.TrueAsync(
            () => model.Log.Any(line => line.Contains("return model[\"weights\"]", StringComparison.Ordinal)),
            TestContext.Current.CancellationToken);
        Assert.True(await model.Server!.PingAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task LoadAsync_ScikitLearnPickle_PredictsAsPythonDoes()
    {
        await using var model = new PythonModel("""
            import joblib, os

            def model_fn(model_dir):
                return joblib.load(os.path.join(model_dir, "model.joblib"))
            """, "serve_it.py");
        var expected = await SystemPython.RunAsync($"""
            import joblib, json
            from sklearn.datasets import load_iris
            from sklearn.linear_model import LogisticRegression
            x, y = load_iris(return_X_y=True)
            m = LogisticRegression(max_iter=500).fit(x, y)
            joblib.dump(m, {SystemPython.Literal(model["model", "model.joblib"])})
            print(json.dumps(m.predict(x[::30]).tolist()))
            """);
        await model.LoadAsync();

        var (_, body) = await model.InvokeAsync(
            "5.1,3.5,1.4,0.2\n4.8,3.1,1.6,0.2\n5.0,2.0,3.5,1.0\n5.5,2.6,4.4,1.2\n6.9,3.2,5.7,2.3\n");

        Assert.Equal(expected.Trim(), body);
    }

    [Fact]
    public async Task LoadAsync_XGBoostScriptMode_UsesDMatrix()
    {
        await using var model = new PythonModel("""
            import os, xgboost

            def model_fn(model_dir):
                booster = xgboost.Booster()
                booster.load_model(os.path.join(model_dir, "xgboost-model.json"))
                return booster
            """);
        model.Options = model.Options with { Framework = Sagebrush.Serving.Python.PythonFramework.XGBoost };
        var expected = await SystemPython.RunAsync($"""
            import numpy as np, xgboost
            x = np.array([[0, 1], [2, 0], [3, 4], [5, 1]], dtype="float32")
            b = xgboost.train({SystemPython.Braces("\"max_depth\": 2, \"base_score\": 0.5, \"min_child_weight\": 0")}, xgboost.DMatrix(x, label=[1, 2, 3, 4]), 3)
            b.save_model({SystemPython.Literal(model["model", "xgboost-model.json"])})
            for p in b.predict(xgboost.DMatrix(x[:2])): print(p)
            """);
        await model.LoadAsync();

        Assert.Equal(expected, (await model.InvokeAsync("0,1\n2,0", "text/csv", "text/csv")).Body);
        Assert.Equal(expected, (await model.InvokeAsync("1 1:0 2:1\n0 1:2 2:0", "text/libsvm", "text/csv")).Body);
    }
}
