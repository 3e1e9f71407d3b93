using Sagebrush.Serving.Python;

namespace Sagebrush.Serving.Tests.Python;

/// <summary>The conventions of Hugging Face's image, around a library that is a few lines of the test's own: Transformers is not among Debian's packages.</summary>
public sealed class HuggingFaceHandlerTests
{
    // Answers with what it was made of and asked.
    private const string Transformers = """
        class pipeline:
            def __init__(self, task, model, device, **readers):
                self.task = task
                self.reader = next(iter(readers))

            def __call__(self, inputs, **parameters):
                texts = inputs if isinstance(inputs, list) else [inputs]
                return [{"task": self.task, "reader": self.reader, "text": text, **parameters} for text in texts]
        """;

    [Theory]
    [InlineData("""{"inputs": "grün"}""", """[{"task":"text-classification","reader":"tokenizer","text":"grün"}]""")]
    [InlineData("""{"inputs": ["a", "b"], "parameters": {"top_k": 2}}""",
        """[{"task":"text-classification","reader":"tokenizer","text":"a","top_k":2},{"task":"text-classification","reader":"tokenizer","text":"b","top_k":2}]""")]
    public async Task InvokeAsync_WithoutScript_AsksThePipelineOfTheModelsTask(string body, string expected)
    {
        await using var model = await WithTransformersAsync("""{"architectures": ["BertForSequenceClassification"]}""");
        await model.LoadAsync();

        Assert.Equal(("application/json", expected), await model.InvokeAsync(body, "application/json"));
    }

    [Fact]
    public async Task InvokeAsync_Csv_NeedsItsHeader()
    {
        await using var model = await WithTransformersAsync("""{"architectures": ["GPT2LMHeadModel"]}""");
        await model.LoadAsync();

        Assert.Equal(
            "task,reader,text\ntext-generation,tokenizer,one\ntext-generation,tokenizer,\"two, three\"\n",
            (await model.InvokeAsync("inputs\none\n\"two, three\"\n", "text/csv", "text/csv")).Body);
        var error = await model.FailAsync("1,2\n", "text/csv");
        Assert.Equal((400, "CSV needs a header line with the column inputs, or with question and context"), (error.OriginalStatusCode, error.Message));
    }

    [Fact]
    public async Task InvokeAsync_TaskOfTheEnvironment_Wins()
    {
        await using var model = await WithTransformersAsync("""{"architectures": ["GPT2LMHeadModel"]}""", "image-classification");
        await model.LoadAsync();

        Assert.Contains("\"task\":\"image-classification\",\"reader\":\"feature_extractor\"", (await model.InvokeAsync("""{"inputs": 1}""", "application/json")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InvokeAsync_OwnModelFnAndPredictFn_AreUsed()
    {
        await using var model = new PythonModel("""
            def model_fn(model_dir):
                return "model"

            def predict_fn(data, model):
                return {"by": model, "asked": data["inputs"]}
            """);
        model.Options = model.Options with { Framework = PythonFramework.HuggingFace };
        await model.LoadAsync();

        Assert.Equal("""{"by":"model","asked":"x"}""", (await model.InvokeAsync("""{"inputs": "x"}""", "application/json")).Body);
        Assert.Equal(400, (await model.FailAsync("{", "application/json")).OriginalStatusCode);
    }

    [Theory]
    [InlineData(null, "the model has no config.json that tells its task")]
    [InlineData("""{"architectures": ["Unheard"]}""", "no task is known for the architecture 'Unheard'")]
    public async Task LoadAsync_TaskThatCannotBeTold_SaysWhatToDo(string? configuration, string message)
    {
        await using var model = await WithTransformersAsync(configuration);

        var error = await Assert.ThrowsAsync<ModelLoadException>(model.LoadAsync);

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("HF_TASK", error.Message, StringComparison.Ordinal);
    }

    private static async Task<PythonModel> WithTransformersAsync(string? configuration, string? task = null)
    {
        var model = new PythonModel("");
        File.Delete(model["model", "code", "inference.py"]);
        await File.WriteAllTextAsync(model["lib", "transformers.py"], Transformers, TestContext.Current.CancellationToken);
        if (configuration is not null)
        {
            await File.WriteAllTextAsync(model["model", "config.json"], configuration, TestContext.Current.CancellationToken);
        }

        var environment = new Dictionary<string, string> { ["PYTHONPATH"] = Path.GetDirectoryName(model["lib", "transformers.py"])! };
        if (task is not null)
        {
            environment["HF_TASK"] = task;
        }

        model.Options = model.Options with { Framework = PythonFramework.HuggingFace, Environment = environment };
        return model;
    }
}
