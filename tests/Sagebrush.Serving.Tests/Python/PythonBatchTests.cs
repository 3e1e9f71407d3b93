using System.Globalization;
using Sagebrush.Serving.Python;

namespace Sagebrush.Serving.Tests.Python;

/// <summary>Requests that a quick model is sent several at a time.</summary>
public sealed class PythonBatchTests
{
    private const string Quick = """
        import os, signal, time
        def model_fn(model_dir): return model_dir
        def transform_fn(model, body, content_type, accept):
            if body == "die":
                os._exit(3)
            if body == "raise":
                raise ValueError("no")
            if body == "parts":
                return iter(["a", "b"]), "text/plain"
            if body == "late parts":
                time.sleep(0.1)
                return iter(["a", "b"]), "text/plain"
            if body == "hang":
                # As a library does that never comes back to Python.
                signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])
                time.sleep(600)
            if body == "wait":
                print("waiting", flush=True)
                while not os.path.exists(os.path.join(model, "go")):
                    time.sleep(0.001)
            return body, "text/plain"
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task InvokeAsync_ManyAtOnce_EachGetsItsOwnAnswer()
    {
        await using var model = await QuickModelAsync(workers: 2);

        await AssertNumbersAsync([.. Numbers(500).Select(number => model.InvokeAsync(number))]);
    }

    [Fact]
    public async Task InvokeAsync_FailuresAndPartsAmongMany_AreTheirOwn()
    {
        await using var model = await QuickModelAsync(workers: 1);

        var many = Numbers(100).Select(number => model.InvokeAsync(number)).ToArray();
        var failing = Enumerable.Range(0, 20).Select(_ => model.FailAsync("raise")).ToArray();
        var parts = Enumerable.Range(0, 20).Select(_ => model.InvokeAsync("parts")).ToArray();
        var more = Numbers(100).Select(number => model.InvokeAsync(number)).ToArray();

        await AssertNumbersAsync(many);
        Assert.All(await Task.WhenAll(failing), error => Assert.StartsWith("ValueError: no", error.Message, StringComparison.Ordinal));
        Assert.All(await Task.WhenAll(parts), answer => Assert.Equal("ab", answer.Body));
        await AssertNumbersAsync(more);
    }

    [Fact]
    public async Task InvokeAsync_OneTakesLong_OthersAreNotHeldUp()
    {
        await using var model = await QuickModelAsync(workers: 2);

        var before = Numbers(100).Select(number => model.InvokeAsync(number)).ToArray();
        var slow = model.InvokeAsync("wait");
        var after = Numbers(100).Select(number => model.InvokeAsync(number)).ToArray();

        await AssertNumbersAsync(before);
        await AssertNumbersAsync(after);
        Assert.False(slow.IsCompleted);
        await File.WriteAllTextAsync(model["model", "go"], "", Cancellation);
        Assert.Equal("wait", (await slow).Body);
    }

    [Fact]
    public async Task InvokeAsync_PartsThatComeLate_AreAllThere()
    {
        await using var model = await QuickModelAsync(workers: 1);

        var before = Numbers(20).Select(number => model.InvokeAsync(number)).ToArray();
        var parts = model.InvokeAsync("late parts");
        var after = Numbers(20).Select(number => model.InvokeAsync(number)).ToArray();

        Assert.Equal("ab", (await parts).Body);
        await AssertNumbersAsync(before);
        await AssertNumbersAsync(after);
    }

    [Fact]
    public async Task InvokeAsync_OneHangsOutsidePython_TimesOutAndTheNextIsServed()
    {
        await using var model = await QuickModelAsync(workers: 1, requestTimeout: TimeSpan.FromSeconds(2));

        var before = Numbers(20).Select(number => model.InvokeAsync(number)).ToArray();
        var hanging = model.FailAsync("hang");
        var after = Numbers(20).Select(number => Record.ExceptionAsync(() => model.InvokeAsync(number)).AsTask()).ToArray();

        Assert.Equal(InvocationFailure.TimedOut, (await hanging).Failure);
        await Record.ExceptionAsync(() => Task.WhenAll(before));
        await Task.WhenAll(after);
        Assert.Equal("next", (await model.InvokeAsync("next")).Body);
    }

    [Fact]
    public async Task InvokeAsync_WorkerDiesOfOne_FailsThatOneAlone()
    {
        await using var model = await QuickModelAsync(workers: 1);

        var before = Numbers(50).Select(number => model.InvokeAsync(number)).ToArray();
        var deadly = model.FailAsync("die");
        var after = Numbers(50).Select(number => model.InvokeAsync(number)).ToArray();

        Assert.Equal("The model's worker process ended with exit code 3", (await deadly).Message);
        await AssertNumbersAsync(before);
        await AssertNumbersAsync(after);
    }

    [Fact]
    public async Task DisposeAsync_WithManyOnTheirWay_AnswersOrTurnsAwayEach()
    {
        var model = await QuickModelAsync(workers: 2);
        var many = Numbers(500).Select(number => model.InvokeAsync(number)).ToArray();

        await model.DisposeAsync();

        foreach (var answer in many)
        {
            var error = await Record.ExceptionAsync(() => answer);
            Assert.True(error is null or ModelInvocationException { Failure: InvocationFailure.Unavailable }, error?.ToString());
        }
    }

    /// <summary>A model whose worker has found its requests to be quick.</summary>
    private static async Task<PythonModel> QuickModelAsync(int workers, TimeSpan? requestTimeout = null)
    {
        var model = new PythonModel(Quick);
        model.Options = model.Options with { Workers = workers, RequestTimeout = requestTimeout ?? PythonModelOptions.DefaultRequestTimeout };
        await model.LoadAsync();
        for (var i = 0; i < 50; i++)
        {
            await model.InvokeAsync("x");
        }

        return model;
    }

    private static async Task AssertNumbersAsync(Task<(string ContentType, string Body)>[] answers) =>
        Assert.Equal(Numbers(answers.Length), (await Task.WhenAll(answers)).Select(answer => answer.Body));

    private static IEnumerable<string> Numbers(int count) => Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture));
}
