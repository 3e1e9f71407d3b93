using Sagebrush.Compute.Execution;
using Sagebrush.Services.Training;

namespace Sagebrush.Services.Tests.Training;

public sealed class FailureReasonTests
{
    [Fact]
    public void Of_ALongText_IsCutAndKeepsTheExitCode()
    {
        var reason = FailureReason.Of(Exit(2), "ClientError: " + new string('x', 5000), null, []);

        Assert.Equal(1024, reason.Length);
        Assert.StartsWith("ClientError: xxx", reason, StringComparison.Ordinal);
        Assert.EndsWith("x, exit code: 2", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_OutOfMemory_AsksForALargerInstance() =>
        Assert.StartsWith("ClientError: Please use an instance type with more memory", FailureReason.Of(Exit(137) with { OutOfMemory = true }, null, null, []), StringComparison.Ordinal);

    [Fact]
    public void Of_AnEndNobodySaw_IsOurFault() =>
        Assert.StartsWith("InternalServerError: ", FailureReason.Of(Exit(null), null, null, []), StringComparison.Ordinal);

    [Fact]
    public void Of_AChainOfTracebacks_NamesTheLastError() =>
        Assert.Contains(
            "ErrorMessage \"sklearn.exceptions.NotFittedError: fit first\nand then predict\"",
            FailureReason.Of(Exit(1), null, "python train.py", ["KeyError: 'a'", "Traceback (most recent call last):", "  File \"train.py\"", "sklearn.exceptions.NotFittedError: fit first", "and then predict"]),
            StringComparison.Ordinal);

    [Fact]
    public void Of_AScriptUnderPyTorchsLauncher_NamesTheScriptsError() =>
        Assert.Contains(
            "ErrorMessage \"ValueError: could not convert string to float: 'malignant'\nin row 2\"",
            FailureReason.Of(Exit(1), null, "python -m torch.distributed.run train.py",
            [
                "Traceback (most recent call last):", "  File \"train.py\"", "ValueError: could not convert string to float: 'malignant'", "in row 2",
                "ERROR:torch.distributed.elastic.multiprocessing.api:failed (exitcode: 1) local_rank: 0 (pid: 15) of binary: /usr/bin/python3",
                "Traceback (most recent call last):", "  File \"torch/distributed/run.py\"",
                "torch.distributed.elastic.multiprocessing.errors.ChildFailedError: ", "train.py FAILED", "Root Cause (first observed failure):",
            ]),
            StringComparison.Ordinal);

    private static JobExit Exit(int? code) => new(code, OutOfMemory: false, default, default);
}
