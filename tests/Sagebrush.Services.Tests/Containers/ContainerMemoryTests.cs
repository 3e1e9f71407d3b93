using Sagebrush.Compute.Capacity;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Tests.Training;

namespace Sagebrush.Services.Tests.Containers;

/// <summary>Containers that want more memory than their machine offers.</summary>
[Collection("containers")]
public sealed class ContainerMemoryTests(PodmanEngine podman) : TrainingTestBase
{
    private const string Reason = "ClientError: Please use an instance type with more memory, or reduce the size of training data processed on an instance., exit code: ";

    protected override ComputeResources? Capacity => new(2, 256L << 20, 0);

    private protected override async Task<string?> EngineAsync() => await podman.SocketAsync();

    [Theory]
    [InlineData("itself", "x = bytearray(512 << 20)", 137)]
    [InlineData("its-child", "import subprocess, sys; sys.exit(min(1, abs(subprocess.call(['/usr/bin/python3', '-c', 'x = bytearray(512 << 20)']))))", 1)]
    public async Task Run_MoreMemoryThanTheInstanceHas_IsToldFromOtherKills(string name, string script, int code)
    {
        var job = await RunAsync(Request(name, PodmanEngine.Image, new() { ["script"] = script }));

        Assert.Equal(TrainingJobStatus.Failed, job.TrainingJobStatus);
        Assert.Equal($"{Reason}{code}", job.FailureReason);
    }

    [Fact]
    public async Task Run_AProgramThatAnotherKills_IsNotTakenForOneWithoutMemory()
    {
        await CreateAsync(Request("victim", PodmanEngine.Image, new() { ["script"] = "import time; print('ready'); time.sleep(600)" }));
        await PrintedAsync("victim", "ready");
        await podman.RunAsync("kill", await podman.RunAsync("ps", "--quiet", "--filter", "label=sagebrush.purpose=training-job/victim/algo-1"));

        var job = await EndedAsync("victim");

        Assert.Equal("AlgorithmError: ready, exit code: 137", job.FailureReason);
    }
}
