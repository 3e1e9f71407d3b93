using System.Text.Json;
using Sagebrush.Serving.Python;

namespace Sagebrush.Serving.Tests.Python;

/// <summary>Models of PyTorch, with real torch: what the image's default handlers do, and what they say of a model they cannot load.</summary>
public sealed class PyTorchHandlerTests
{
    // A linear layer of known weights and a dropout, which changes answers unless the model is in its evaluation mode.
    private const string Module = """
        import torch
        layer = torch.nn.Linear(2, 1)
        with torch.no_grad():
            layer.weight.copy_(torch.tensor([[2.0, -1.0]]))
            layer.bias.fill_(0.5)
        model = torch.nn.Sequential(layer, torch.nn.Dropout(0.9))
        """;

    [Theory]
    [InlineData("application/json", "[[1, 2], [3, 4]]", "[[0.5], [2.5]]")]
    [InlineData("application/json", "[3, 4]", "[2.5]")]
    [InlineData("text/csv", "3,4", "[[2.5]]")]
    public async Task InvokeAsync_TorchScriptWithoutScript_IsLoadedAndCalled(string contentType, string body, string expected)
    {
        await using var model = await TorchScriptAsync("anything.pt");

        Assert.Equal(("application/json", expected), await model.InvokeAsync(body, contentType));
        Assert.Equal("2.5\n", (await model.InvokeAsync("3,4", "text/csv", "text/csv")).Body);
    }

    [Theory]
    [InlineData("application/json", "[[1, 2], [3]]", 400, "not a JSON array of one shape")]
    [InlineData("application/json", "[[1, 2, 3]]", 500, "mat1 and mat2 shapes cannot be multiplied")]
    [InlineData("image/png", "x", 415, "image/png is not supported")]
    public async Task InvokeAsync_RequestThatDoesNotFit_IsRefusedInItsWords(string contentType, string body, int status, string message)
    {
        await using var model = await TorchScriptAsync("model.pt");

        var error = await model.FailAsync(body, contentType);

        Assert.Equal(status, error.OriginalStatusCode);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal("[2.5]", (await model.InvokeAsync("[3, 4]", "application/json")).Body);
    }

    [Fact]
    public async Task InvokeAsync_ScriptWithModelFn_IsCalledWithoutGradients()
    {
        await using var model = await WithFramework(new PythonModel($"""
            {Module}
            class Watched(torch.nn.Sequential):
                def forward(self, rows):
                    answer = super().forward(rows)
                    assert not answer.requires_grad and not self.training and rows.dtype == torch.float32
                    return answer

            def model_fn(model_dir):
                return Watched(*model)
            """)).LoadAsync();

        Assert.Equal("[[0.5]]", (await model.InvokeAsync("[[1, 2]]", "application/json")).Body);
    }

    [Fact]
    public async Task InvokeAsync_ManyRows_AgreesWithTorchItself()
    {
        var script = """
            import torch
            torch.manual_seed(7)
            model = torch.nn.Sequential(torch.nn.Linear(3, 16), torch.nn.ReLU(), torch.nn.Linear(16, 4), torch.nn.Softmax(dim=1))
            """;
        await using var model = await WithFramework(new PythonModel($"{script}\ndef model_fn(model_dir): return model")).LoadAsync();
        var rows = Enumerable.Range(0, 200).Select(i => new[] { Math.Sin(i), Math.Cos(i), i / 100.0 }).ToArray();
        var body = JsonSerializer.Serialize(rows);

        var expected = await SystemPython.RunAsync($"{script}\nimport json; print(json.dumps(model(torch.tensor({body})).tolist()))");

        Assert.Equal(expected.Trim(), (await model.InvokeAsync(body, "application/json")).Body);
    }

    [Fact]
    public async Task LoadAsync_WeightsAlone_SaysWhatToDo()
    {
        await using var model = WithoutScript();
        await SystemPython.RunAsync($"{Module}\ntorch.save(model.state_dict(), {SystemPython.Literal(model["model", "weights.pth"])})");

        var error = await Assert.ThrowsAsync<ModelLoadException>(model.LoadAsync);

        Assert.Contains("weights.pth is not TorchScript", error.Message, StringComparison.Ordinal);
        Assert.Contains("model_fn", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAsync_NoModelOrSeveral_NamesThem()
    {
        await using var model = WithoutScript();
        Assert.Contains("the model has none", (await Assert.ThrowsAsync<ModelLoadException>(model.LoadAsync)).Message, StringComparison.Ordinal);

        await File.WriteAllTextAsync(model["model", "b.pt"], "", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(model["model", "a.pth"], "", TestContext.Current.CancellationToken);
        Assert.Contains("the model has a.pth, b.pt", (await Assert.ThrowsAsync<ModelLoadException>(model.LoadAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAsync_ScriptThatIsNamedButNotThere_IsMissed()
    {
        await using var model = WithoutScript();
        model.Options = model.Options with { Program = "serve.py", Environment = new Dictionary<string, string> { ["SAGEMAKER_PROGRAM"] = "serve.py" } };

        var error = await Assert.ThrowsAsync<ModelLoadException>(model.LoadAsync);

        Assert.Contains("the entry point serve.py is not in the model's code folder", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAsync_PythonWithoutTorch_SaysWhatToDo()
    {
        await using var model = WithoutScript();
        // A module in torch's place that cannot be imported stands for one that is not there.
        await File.WriteAllTextAsync(model["lib", "torch.py"], "raise ModuleNotFoundError(\"No module named 'torch'\")", TestContext.Current.CancellationToken);
        model.Options = model.Options with { Environment = new Dictionary<string, string> { ["PYTHONPATH"] = Path.GetDirectoryName(model["lib", "torch.py"])! } };

        var error = await Assert.ThrowsAsync<ModelLoadException>(model.LoadAsync);

        Assert.Contains("--python pytorch=PATH", error.Message, StringComparison.Ordinal);
        Assert.Contains("No module named 'torch'", error.Message, StringComparison.Ordinal);
    }

    private static PythonModel WithFramework(PythonModel model)
    {
        model.Options = model.Options with { Framework = PythonFramework.PyTorch };
        return model;
    }

    private static PythonModel WithoutScript()
    {
        var model = WithFramework(new PythonModel(""));
        File.Delete(model["model", "code", "inference.py"]);
        return model;
    }

    private static async Task<PythonModel> TorchScriptAsync(string name)
    {
        var model = WithoutScript();
        await SystemPython.RunAsync($"{Module}\ntorch.jit.save(torch.jit.script(model), {SystemPython.Literal(model["model", name])})");
        return await model.LoadAsync();
    }
}
