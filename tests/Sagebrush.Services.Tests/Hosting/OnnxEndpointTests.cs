using Microsoft.Extensions.DependencyInjection;
using Sagebrush.Services.Hosting;
using Sagebrush.Serving.Onnx;
using Sagebrush.Testing;

namespace Sagebrush.Services.Tests.Hosting;

public sealed class OnnxEndpointTests(HostingFixture fixture)
{
    /// <summary>y = 2x for rows of two, as a file or as a Triton repository.</summary>
    private const string Double = """
        import onnx
        from onnx import helper as h, TensorProto as T
        graph = h.make_graph([h.make_node("Add", ["x", "x"], ["y"])], "double", [h.make_tensor_value_info("x", T.FLOAT, ["n", 2])], [h.make_tensor_value_info("y", T.FLOAT, ["n", 2])])
        path = PATH
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        onnx.save(h.make_model(graph, opset_imports=[h.make_opsetid("", 13)]), path)
        """;

    [Fact]
    public async Task OnnxArchives_UnderFrameworkImages_AreServedInTheirServersForms()
    {
        var file = await fixture.Server.TrainAsync("onnx/file.tar.gz", Double.Replace("PATH", "'model.onnx'", StringComparison.Ordinal));
        var triton = await fixture.Server.TrainAsync("onnx/triton.tar.gz", Double.Replace("PATH", "'twice/1/model.onnx'", StringComparison.Ordinal)
            + "\nopen('twice/config.pbtxt', 'w').write('name: \"twice\"\\nbackend: \"onnxruntime\"\\n')");
        var saved = await fixture.Server.TrainAsync("onnx/saved.tar.gz", "os.makedirs('1'); open('1/saved_model.pb', 'w').close()");
        await fixture.Server.Boto3Async($$"""
            TFS = "763104351884.dkr.ecr.us-east-1.amazonaws.com/tensorflow-inference:2.11-cpu"
            TRITON = "785573368785.dkr.ecr.us-east-1.amazonaws.com/sagemaker-tritonserver:22.12-py3"
            for name, image, url in (("onnx-skl", SKLEARN, "{{file}}"), ("onnx-tfs", TFS, "{{file}}"), ("onnx-triton", TRITON, "{{triton}}")):
                endpoint = deploy(name, image, url)
                assert endpoint["EndpointStatus"] == "InService", endpoint
            assert json.loads(invoke("onnx-tfs", json.dumps(dict(instances=[[1, 2]])), "application/json")[0]) == dict(predictions=[[2, 4]])
            assert invoke("onnx-skl", "1,2\n3,4", "text/csv")[:2] == ("2,4\n6,8\n", "text/csv")
            answer = json.loads(invoke("onnx-triton", json.dumps(dict(inputs=[dict(name="x", shape=[1, 2], datatype="FP32", data=[1, 2])])), "application/json")[0])
            assert answer == dict(model_name="twice", model_version="1", outputs=[dict(name="y", datatype="FP32", shape=[1, 2], data=[2, 4])]), answer
            bad = error(invoke, "onnx-tfs", json.dumps(dict(instances=[[1, 2, 3]])), "application/json")
            assert bad["OriginalStatusCode"] == 400 and "wants the shape [-1,2] and was given [1,3]" in bad["OriginalMessage"], bad
            failed = deploy("onnx-saved", TFS, "{{saved}}")
            assert failed["EndpointStatus"] == "Failed" and "TensorFlow SavedModel" in failed["FailureReason"], failed
            """);
    }

    [Fact]
    public async Task AcceleratorType_NoAcceleratorHere_IsRefusedWithTheReason()
    {
        Assert.SkipWhen(Accelerator.Available is not null, $"This machine accelerates models by {Accelerator.Available}.");
        await fixture.Server.Boto3Async($$"""
            model("onnx-slow", XGBOOST, "{{fixture.XGBoostUrl}}")
            said = error(config_of, "onnx-slow", {**variant("onnx-slow"), "AcceleratorType": "ml.eia2.medium"})["Error"]
            assert said["Code"] == "ValidationException" and 'AcceleratorType "ml.eia2.medium" of variant "AllTraffic"' in said["Message"], said
            assert "no execution provider" in said["Message"], said
            """);
    }

    [Fact]
    public async Task AcceleratorType_OfAProvider_IsWhatOnnxModelsRunOn()
    {
        // This library has no CUDA: that it says so shows that the model was to run there.
        using var folder = new TemporaryFolder();
        await using var server = await HostingServer.StartAsync(more: services => services.AddSingleton(
            new HostingOptions { Folder = folder["endpoints"], AcceleratorProvider = "CUDAExecutionProvider" }));
        var file = await server.TrainAsync("onnx/file.tar.gz", Double.Replace("PATH", "'model.onnx'", StringComparison.Ordinal));
        var trees = await server.PutAsync("trees.tar.gz", await fixture.Server.GetAsync(fixture.XGBoostUrl));
        Assert.SkipWhen(Accelerator.Available is "CUDAExecutionProvider", "This machine has CUDA.");
        await server.Boto3Async($$"""
            def accelerated(name, image, url):
                model(name, image, url)
                config_of(name, {**variant(name), "AcceleratorType": "ml.eia2.medium"})
                sm.create_endpoint(EndpointName=name, EndpointConfigName=name)
                return settled(name)
            failed = accelerated("onnx-fast", SKLEARN, "{{file}}")
            assert failed["EndpointStatus"] == "Failed" and "CUDA" in failed["FailureReason"], failed
            assert accelerated("trees-fast", XGBOOST, "{{trees}}")["EndpointStatus"] == "InService"
            assert 0 < float(invoke("trees-fast", "0.9,0.8,0.7")[0]) < 1
            """);
    }

    [Theory]
    [InlineData(null, "CPUExecutionProvider")]
    [InlineData("CUDAExecutionProvider", "TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider")]
    [InlineData("CoreMLExecutionProvider", "XnnpackExecutionProvider", "CoreMLExecutionProvider", "CPUExecutionProvider")]
    public void Accelerator_AmongProviders_IsTheBestThatIsNotTheProcessor(string? best, params string[] providers) =>
        Assert.Equal(best, Accelerator.Best(providers));

    [Fact]
    public async Task XGBoostModels_UnderTensorServers_AnswerAsTheBuiltInAlgorithmDoes()
    {
        var triton = await fixture.Server.TrainAsync(
            "onnx/trees.tar.gz",
            HostingFixture.XGBoost + "\nos.makedirs('trees/1'); os.remove('xgboost-model'); b.save_model('trees/1/xgboost.json')\n" +
            "open('trees/config.pbtxt', 'w').write('name: \"trees\"\\nbackend: \"fil\"\\n')");
        await fixture.Server.Boto3Async($$"""
            TFS = "763104351884.dkr.ecr.us-east-1.amazonaws.com/tensorflow-inference:2.11-cpu"
            TRITON = "785573368785.dkr.ecr.us-east-1.amazonaws.com/sagemaker-tritonserver:22.12-py3"
            for name, image, url in (("trees-own", XGBOOST, "{{fixture.XGBoostUrl}}"), ("trees-tfs", TFS, "{{fixture.XGBoostUrl}}"), ("trees-triton", TRITON, "{{triton}}")):
                endpoint = deploy(name, image, url)
                assert endpoint["EndpointStatus"] == "InService", endpoint
            expected = [float(v) for v in invoke("trees-own", "0.9,0.8,0.7\n0.1,,0.3")[0].split()]
            rows = json.loads(invoke("trees-tfs", json.dumps(dict(instances=[[0.9, 0.8, 0.7], [0.1, None, 0.3]])), "application/json")[0])["predictions"]
            answer = json.loads(invoke("trees-triton", json.dumps(dict(inputs=[dict(name="input__0", shape=[1, 3], datatype="FP32", data=[0.9, 0.8, 0.7])])), "application/json")[0])
            assert max(abs(a - b) for a, b in zip(rows, expected)) < 1e-6, (rows, expected)
            assert abs(answer["outputs"][0]["data"][0] - expected[0]) < 1e-6 and answer["model_name"] == "trees", answer
            wide = error(invoke, "trees-tfs", json.dumps(dict(instances=[[1, 2, 3, 4, 5]])), "application/json")
            assert wide["OriginalStatusCode"] == 400 and "Feature size" in wide["OriginalMessage"], wide
            """);
    }
}
