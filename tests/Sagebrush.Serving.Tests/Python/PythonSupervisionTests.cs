using System.Diagnostics;
using Sagebrush.Testing;

namespace Sagebrush.Serving.Tests.Python;

public sealed class PythonSupervisionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("def model_fn(model_dir)\n    pass", "importing inference.py failed: SyntaxError: expected ':'")]
    [InlineData("import no_such_package", "importing inference.py failed: ModuleNotFoundError: No module named 'no_such_package'")]
    [InlineData("x = 1", "inference does not define model_fn(model_dir), which loads the model")]
    [InlineData("def model_fn(d): return open(d + '/weights')", "model_fn failed: FileNotFoundError: [Errno 2] No such file or directory")]
    [InlineData("import pickle\ndef model_fn(d): return pickle.loads(b'junk')", "model_fn failed: _pickle.UnpicklingError")]
    [InlineData("import sys\ndef model_fn(d): sys.exit('bye')", "model_fn failed: SystemExit: bye")]
    [InlineData("def model_fn(d): pass\ndef transform_fn(*a): pass\ndef input_fn(*a): pass", "transform_fn cannot be used together with input_fn")]
    [InlineData("import os, sys\ndef model_fn(d):\n    print('out of ideas', file=sys.stderr, flush=True)\n    os._exit(3)", "while it loaded the model, the process ended with exit code 3; it last wrote: out of ideas")]
    [InlineData("import os, signal\ndef model_fn(d): os.kill(os.getpid(), signal.SIGSEGV)", "while it loaded the model, the process was ended by signal 11")]
    public async Task LoadAsync_ModelThatCannotLoad_SaysWhy(string code, string reason)
    {
        await using var model = new PythonModel(code);
        var error = await Assert.ThrowsAsync<ModelLoadException>(model.LoadAsync);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task LoadAsync_MissingEntryPoint_NamesWhatIsThere()
    {
        await using var model = new PythonModel(PythonModel.RowSums, "other.py");
        model.Options = model.Options with { Program = "inference.py" };
        var error = await Assert.ThrowsAsync<ModelLoadException>(model.LoadAsync);
        Assert.Equal("the entry point inference.py is not in the model's code folder, which holds: other.py", error.Message);
    }

    [Fact]
    public async Task LoadAsync_PythonIsNotThere_SaysSo()
    {
        await using var model = new PythonModel(PythonModel.RowSums);
        model.Options = model.Options with { PythonPath = "/nowhere/python3" };
        var error = await Assert.ThrowsAsync<ModelLoadException>(model.LoadAsync);
        Assert.Contains("'/nowhere/python3' cannot be started", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAsync_TooSlow_TimesOut()
    {
        var clock = new ManualTimeProvider();
        await using var model = new PythonModel("print('begun', flush=True)\nimport time\ntime.sleep(600)");
        model.Options = model.Options with { TimeProvider = clock };
        var loading = model.LoadAsync();
        await Eventually.TrueAsync(() => model.Log.Contains("begun"), Cancellation);

        clock.Advance(model.Options.StartupTimeout);

        var error = await Assert.ThrowsAsync<ModelLoadException>(() => loading);
        Assert.Equal("the model did not load within 480 seconds", error.Message);
    }

    [Fact]
    public async Task LoadAsync_RequirementThatCannotBeHad_SaysWhich()
    {
        await using var model = new PythonModel(PythonModel.RowSums);
        await File.WriteAllTextAsync(
            model["model", "code", "requirements.txt"], "numpy\n--no-index\nsagebrush-has-no-such-package==1.0\n", Cancellation);
        var error = await Assert.ThrowsAsync<ModelLoadException>(model.LoadAsync);
        Assert.Contains("requirements.txt asks for", error.Message, StringComparison.Ordinal);
        Assert.Contains("sagebrush-has-no-such-package==1.0", error.Message, StringComparison.Ordinal);
        Assert.Contains("could not be installed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAsync_RequirementsThatAreThere_InstallsNothing()
    {
        await using var model = new PythonModel(PythonModel.RowSums);
        await File.WriteAllTextAsync(model["model", "code", "requirements.txt"], "# present\nnumpy\nscikit-learn>=0.20\n", Cancellation);
        await model.LoadAsync();
        Assert.DoesNotContain(model.Log, line => line.Contains("Installing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task InvokeAsync_WorkerDies_FailsThatRequestAndServesTheNext()
    {
        await using var model = await new PythonModel("""
            import os, signal
            def model_fn(model_dir): return None
            def transform_fn(model, body, content_type, accept):
                if body == "die":
                    os.kill(os.getpid(), signal.SIGKILL)
                return body, "text/plain"
            """).LoadAsync();

        var error = await model.FailAsync("die");

        Assert.Equal((InvocationFailure.Faulted, 500), (error.Failure, error.OriginalStatusCode));
        Assert.Equal("The model's worker process was ended by signal 9", error.Message);
        Assert.Equal("alive", (await model.InvokeAsync("alive")).Body);
        await model.FailAsync("die");
        Assert.Equal("again", (await model.InvokeAsync("again")).Body);
    }

    [Fact]
    public async Task InvokeAsync_TooSlow_TimesOutAndReplacesTheWorker()
    {
        var clock = new ManualTimeProvider();
        await using var model = new PythonModel("""
            import time
            def model_fn(model_dir): return None
            def transform_fn(model, body, content_type, accept):
                if body == "slow":
                    print("sleeping", flush=True)
                    time.sleep(600)
                return body, "text/plain"
            """);
        model.Options = model.Options with { TimeProvider = clock };
        await model.LoadAsync();
        var slow = model.FailAsync("slow");
        await Eventually.TrueAsync(() => model.Log.Contains("sleeping"), Cancellation);

        clock.Advance(model.Options.RequestTimeout);

        Assert.Equal((InvocationFailure.TimedOut, 0), ((await slow).Failure, (await slow).OriginalStatusCode));
        Assert.Equal("quick", (await model.InvokeAsync("quick")).Body);
    }

    [Fact]
    public async Task InvokeAsync_SeveralWorkers_AnswerAtOnce()
    {
        await using var model = new PythonModel("""
            import os, time
            def model_fn(model_dir): return model_dir
            def transform_fn(model, body, content_type, accept):
                mine, other = body.split(",")
                open(os.path.join(model, mine), "w").close()
                while not os.path.exists(os.path.join(model, other)):
                    time.sleep(0.001)
                return str(os.getpid()), "text/plain"
            """);
        model.Options = model.Options with { Workers = 2 };
        await model.LoadAsync();

        // Each waits for the other: one worker alone would never answer.
        var answers = await Task.WhenAll(model.InvokeAsync("a,b"), model.InvokeAsync("b,a"));

        Assert.NotEqual(answers[0].Body, answers[1].Body);
    }

    [Fact]
    public async Task InvokeAsync_QueueIsFull_TurnsRequestsAway()
    {
        await using var model = new PythonModel("""
            import os, time
            def model_fn(model_dir): return model_dir
            def transform_fn(model, body, content_type, accept):
                print("at work", flush=True)
                while not os.path.exists(os.path.join(model, "go")):
                    time.sleep(0.001)
                return body, "text/plain"
            """);
        model.Options = model.Options with { QueueLength = 1 };
        await model.LoadAsync();
        var first = model.InvokeAsync("1");
        await Eventually.TrueAsync(() => model.Log.Contains("at work"), Cancellation);
        var second = model.InvokeAsync("2");

        var third = await model.FailAsync("3");

        Assert.Equal((InvocationFailure.Unavailable, 503), (third.Failure, third.OriginalStatusCode));
        await File.WriteAllTextAsync(model["model", "go"], "", Cancellation);
        Assert.Equal("1", (await first).Body);
        Assert.Equal("2", (await second).Body);
    }

    [Fact]
    public async Task InvokeAsync_TooMuchMemory_FailsTheRequestOnly()
    {
        await using var model = new PythonModel("""
            def model_fn(model_dir): return None
            def transform_fn(model, body, content_type, accept):
                return "x" * int(body), "text/plain"
            """);
        model.Options = model.Options with { WorkerMemoryLimit = 256 << 20 };
        await model.LoadAsync();

        Assert.StartsWith("MemoryError", (await model.FailAsync("1000000000")).Message, StringComparison.Ordinal);
        Assert.Equal("xxx", (await model.InvokeAsync("3")).Body);
    }

    [Fact]
    public async Task InvokeAsync_ResponseTooLarge_Fails()
    {
        await using var model = await new PythonModel("""
            def model_fn(model_dir): return None
            def transform_fn(model, body, content_type, accept):
                return "x" * int(body), "text/plain"
            """).LoadAsync();

        Assert.Equal("the response is larger than 6291456 bytes", (await model.FailAsync("6291457")).Message);
        Assert.Equal(6291456, (await model.InvokeAsync("6291456")).Body.Length);
    }

    [Fact]
    public async Task InvokeAsync_CallerLeaves_TheWorkerServesOn()
    {
        await using var model = await new PythonModel("""
            import os, time
            def model_fn(model_dir): return model_dir
            def transform_fn(model, body, content_type, accept):
                print("at work", flush=True)
                while not os.path.exists(os.path.join(model, "go")):
                    time.sleep(0.001)
                return str(os.getpid()), "text/plain"
            """).LoadAsync();
        using var caller = new CancellationTokenSource();
        var left = model.Server!.InvokeAsync(default, new System.Buffers.ArrayBufferWriter<byte>(), caller.Token).AsTask();
        await Eventually.TrueAsync(() => model.Log.Contains("at work"), Cancellation);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);

        await File.WriteAllTextAsync(model["model", "go"], "", Cancellation);
        await model.InvokeAsync("x");
        Assert.DoesNotContain(model.Log, line => line.Contains("replaced", StringComparison.Ordinal));
    }

    [Fact]
    public async Task InvokeAsync_WorkersKeepDying_SaysSoInsteadOfWaiting()
    {
        var clock = new ManualTimeProvider();
        await using var model = new PythonModel("""
            import os
            def model_fn(model_dir):
                if os.path.exists(os.path.join(model_dir, "broken")):
                    raise ValueError("weights are gone")
            def transform_fn(model, body, content_type, accept):
                os._exit(1)
            """);
        model.Options = model.Options with { TimeProvider = clock };
        await model.LoadAsync();
        await File.WriteAllTextAsync(model["model", "broken"], "", Cancellation);
        await model.FailAsync("x");
        await Eventually.TrueAsync(async () => !await model.Server!.PingAsync(Cancellation), Cancellation);

        var error = await model.FailAsync("x");
        Assert.Equal("No worker of the model is up: model_fn failed: ValueError: weights are gone", error.Message);

        File.Delete(model["model", "broken"]);
        clock.Advance(TimeSpan.FromMinutes(1));
        await Eventually.TrueAsync(async () => await model.Server!.PingAsync(Cancellation), Cancellation);
    }

    [Fact]
    public async Task DisposeAsync_ChildrenAndDeafWorkers_AreAllGone()
    {
        var model = await new PythonModel("""
            import signal, subprocess, os
            def model_fn(model_dir):
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                child = subprocess.Popen(["sleep", "600"])
                orphan = subprocess.run("sleep 601 >/dev/null 2>&1 & echo $!", shell=True, capture_output=True, text=True).stdout
                print("pids", os.getpid(), child.pid, orphan.strip(), flush=True)
            """).LoadAsync();
        await Eventually.TrueAsync(() => model.Log.Any(line => line.StartsWith("pids", StringComparison.Ordinal)), Cancellation);
        var pids = model.Log.First(line => line.StartsWith("pids", StringComparison.Ordinal))
            .Split(' ')[1..].Select(text => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(3, pids.Length);

        await model.DisposeAsync();

        await Eventually.TrueAsync(() => pids.All(pid => !IsRunning(pid)), Cancellation);
    }

    [Fact]
    public async Task Log_PrintedAGigabyteStyleLine_StaysInPieces()
    {
        await using var model = await new PythonModel("""
            import sys
            def model_fn(model_dir):
                sys.stdout.write("y" * 3_000_000)
                sys.stdout.flush()
            """).LoadAsync();
        await Eventually.TrueAsync(() => model.Log.Sum(line => line.Count(c => c == 'y')) >= 2_900_000, Cancellation);
        Assert.All(model.Log, line => Assert.InRange(line.Length, 0, 65_536));
    }

    private static bool IsRunning(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);

            // A killed orphan stays a zombie where nobody reaps it.
            return !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (Exception error) when (error is ArgumentException or IOException)
        {
            return false;
        }
    }
}
