using System.Text.Json.Nodes;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Algorithms;
using Sagebrush.Services.Tests.Training;

namespace Sagebrush.Services.Tests.Containers;

/// <summary>Training jobs of images of one's own, in real containers.</summary>
[Collection("containers")]
public sealed class ContainerTrainingTests(PodmanEngine podman) : TrainingTestBase
{
    protected override TimeSpan? StopGrace => TimeSpan.FromSeconds(2);

    private protected override async Task<string?> EngineAsync() => await podman.SocketAsync();

    private static CreateTrainingJobRequest Job(string name, string script, string image = PodmanEngine.Image, params (string Channel, string Prefix)[] channels) =>
        Request(name, image, new() { ["script"] = script }, channels);

    [Fact]
    public async Task Run_AnImage_SeesTheWholeContract()
    {
        await PutAsync("data/a.csv", "1,2");
        var request = Job(
            "contract",
            """
            import json, os, socket, sys
            config = "/opt/ml/input/config/"
            found = {name: json.load(open(config + name)) for name in os.listdir(config)}
            found["argv"] = sys.argv[1:]
            found["data"] = open("/opt/ml/input/data/train/a.csv").read()
            found["environment"] = {name: os.environ[name] for name in ("TRAINING_JOB_NAME", "SM_MODEL_DIR", "MINE", "AWS_REGION")}
            found["host"] = socket.gethostname(), socket.gethostbyname("algo-1")
            found["code"] = os.listdir("/opt/ml/code")
            found["shm"] = os.statvfs("/dev/shm").f_blocks * os.statvfs("/dev/shm").f_frsize
            try:
                open("/opt/ml/input/data/train/a.csv", "a").close()
                found["writable"] = True
            except OSError:
                found["writable"] = False
            json.dump(found, open("/opt/ml/model/found.json", "w"))
            open("/opt/ml/output/data/extra.txt", "w").write("more")
            open("/opt/ml/checkpoints/last", "w").write("kept")
            print("accuracy=0.75;")
            print("to standard error", file=sys.stderr)
            """,
            channels: ("train", "data"));
        request.Environment = new() { ["MINE"] = "yes" };
        request.CheckpointConfig = new CheckpointConfig { S3Uri = $"s3://{Bucket}/checkpoints" };
        request.AlgorithmSpecification!.MetricDefinitions = [new MetricDefinition { Name = "accuracy", Regex = "accuracy=([0-9.]+);" }];

        var job = await RunAsync(request);

        Assert.True(job.TrainingJobStatus == TrainingJobStatus.Completed, job.FailureReason);
        Assert.Equal(["Starting", "Downloading", "Training", "Uploading", "Completed"], job.SecondaryStatusTransitions!.Select(step => step.Status));
        Assert.Equal(0.75f, Assert.Single(job.FinalMetricDataList!).Value);
        Assert.Equal(["accuracy=0.75;", "to standard error"], (await LogAsync("contract")).Order(StringComparer.Ordinal));
        Assert.Equal("more", (await ArtifactAsync("contract", "output"))["extra.txt"]);
        using (var kept = Server.Objects.Open(Bucket, "checkpoints/last"))
        {
            Assert.Equal(4, kept.Info.Size);
        }

        var found = JsonNode.Parse((await ArtifactAsync("contract"))["found.json"])!;
        Assert.Equal(["train"], found["argv"]!.AsArray().Select(word => (string)word!));
        Assert.Equal("algo-1", (string)found["resourceconfig.json"]!["current_host"]!);
        Assert.Equal("File", (string)found["inputdataconfig.json"]!["train"]!["TrainingInputMode"]!);
        Assert.Contains("script", found["hyperparameters.json"]!.AsObject().Select(pair => pair.Key));
        Assert.Equal("1,2", (string)found["data"]!);
        Assert.False((bool)found["writable"]!);
        Assert.Equal("contract", (string)found["environment"]!["TRAINING_JOB_NAME"]!);
        Assert.Equal("/opt/ml/model", (string)found["environment"]!["SM_MODEL_DIR"]!);
        Assert.Equal("yes", (string)found["environment"]!["MINE"]!);
        Assert.Equal(["algo-1", "127.0.0.1"], found["host"]!.AsArray().Select(word => (string)word!));
        Assert.Contains("program.py", found["code"]!.AsArray().Select(word => (string)word!));
        Assert.Equal(4L << 30, (long)found["shm"]!);
        Assert.Empty(await podman.RunAsync("ps", "--all", "--quiet", "--filter", "label=sagebrush.purpose=training-job/contract/algo-1"));
    }

    [Fact]
    public async Task Run_AnAlgorithmByName_TrainsInItsImage()
    {
        await PutAsync("data/a.csv", "1,2");
        var algorithm = await new AlgorithmCapability(Server.Store).CreateAsync(
            new CreateAlgorithmInput
            {
                AlgorithmName = "Boxed",
                TrainingSpecification = new TrainingSpecification
                {
                    TrainingImage = PodmanEngine.Image,
                    SupportedTrainingInstanceTypes = ["ml.m5.large"],
                    MetricDefinitions = [new MetricDefinition { Name = "loss", Regex = "loss=([0-9.]+)" }],
                    SupportedHyperParameters =
                    [
                        new HyperParameterSpecification { Name = "script", Type = ParameterType.FreeText, IsRequired = true },
                        new HyperParameterSpecification { Name = "rate", Type = ParameterType.Continuous, DefaultValue = "0.5" },
                    ],
                    TrainingChannels = [new ChannelSpecification { Name = "train", IsRequired = true, SupportedContentTypes = ["text/csv"], SupportedInputModes = ["File"] }],
                },
            },
            Context,
            Cancelled);
        var request = Job("boxed", "import json; print('loss=' + json.load(open('/opt/ml/input/config/hyperparameters.json'))['rate'])", channels: ("train", "data"));
        request.AlgorithmSpecification = new AlgorithmSpecification { AlgorithmName = algorithm.AlgorithmArn, TrainingInputMode = TrainingInputMode.File };

        var job = await RunAsync(request);

        Assert.True(job.TrainingJobStatus == TrainingJobStatus.Completed, job.FailureReason);
        Assert.Equal(("loss", 0.5f), (Assert.Single(job.FinalMetricDataList!).MetricName, job.FinalMetricDataList![0].Value));
        Assert.Null(job.AlgorithmSpecification!.TrainingImage);
    }

    [Fact]
    public async Task Run_AnImagesOwnUser_MayWriteWhatItLeaves()
    {
        var job = await RunAsync(Job("user", "import os; open('/opt/ml/model/user', 'w').write(str(os.getuid())); open('/opt/ml/output/data/x', 'w')", "localhost/somebodys:1"));

        Assert.True(job.TrainingJobStatus == TrainingJobStatus.Completed, job.FailureReason);
        Assert.Equal("1234", (await ArtifactAsync("user"))["user"]);
    }

    [Fact]
    public async Task Run_AnEntrypointOfTheRequest_RunsInsteadOfTheImages()
    {
        var request = Job("entry", "unused", "localhost/without-entry-point:1");
        request.AlgorithmSpecification!.ContainerEntrypoint = ["/bin/sh", "-c"];
        request.AlgorithmSpecification.ContainerArguments = ["echo \"$0 here\" > /opt/ml/model/said", "it is"];

        var job = await RunAsync(request);

        Assert.True(job.TrainingJobStatus == TrainingJobStatus.Completed, job.FailureReason);
        Assert.Equal("it is here\n", (await ArtifactAsync("entry"))["said"]);
    }

    [Fact]
    public async Task Run_NetworkIsolation_LeavesTheLoopbackAlone()
    {
        var request = Job("alone", "import os; open('/opt/ml/model/networks', 'w').write(' '.join(sorted(os.listdir('/sys/class/net'))))");
        request.EnableNetworkIsolation = true;

        var job = await RunAsync(request);

        Assert.True(job.TrainingJobStatus == TrainingJobStatus.Completed, job.FailureReason);
        Assert.Equal("lo", (await ArtifactAsync("alone"))["networks"]);
    }

    [Fact]
    public async Task Run_PipeMode_BringsTheDataThroughPipes()
    {
        await PutAsync("piped/1", "one ");
        await PutAsync("piped/2", "two ");
        var request = Job("piped", "open('/opt/ml/model/read', 'w').write(open('/opt/ml/input/data/train_0').read())", channels: ("train", "piped"));
        request.AlgorithmSpecification!.TrainingInputMode = TrainingInputMode.Pipe;

        var job = await RunAsync(request);

        Assert.True(job.TrainingJobStatus == TrainingJobStatus.Completed, job.FailureReason);
        Assert.Equal("one two ", (await ArtifactAsync("piped"))["read"]);
    }

    [Fact]
    public async Task Run_FastFileMode_ShowsTheObjectsAsFiles()
    {
        await PutAsync("fast/deep/1", "one ");
        await PutAsync("fast/2", "two");
        var request = Job("fast", "import os; os.chdir('/opt/ml/input/data/train'); open('/opt/ml/model/read', 'w').write(open('deep/1').read() + open('2').read())", channels: ("train", "fast/"));
        request.AlgorithmSpecification!.TrainingInputMode = TrainingInputMode.FastFile;

        var job = await RunAsync(request);

        Assert.True(job.TrainingJobStatus == TrainingJobStatus.Completed, job.FailureReason);
        Assert.Equal("one two", (await ArtifactAsync("fast"))["read"]);
    }

    [Fact]
    public async Task Run_TwoHosts_ReachEachOtherByTheirNames()
    {
        var request = Job(
            "pair",
            """
            import json, socket, time
            me = json.load(open("/opt/ml/input/config/resourceconfig.json"))["current_host"]
            if me == "algo-1":
                server = socket.create_server((socket.gethostbyname("algo-1"), 5555))
                peer, _ = server.accept()
                open("/opt/ml/model/heard", "w").write(peer.recv(100).decode())
            else:
                for _ in range(600):
                    try:
                        socket.create_connection(("algo-1", 5555)).send(b"hello from " + me.encode())
                        break
                    except OSError:
                        time.sleep(0.05)
            print(me, socket.gethostname())
            """);
        request.ResourceConfig!.InstanceCount = 2;

        var job = await RunAsync(request);

        Assert.True(job.TrainingJobStatus == TrainingJobStatus.Completed, job.FailureReason);
        Assert.Equal("hello from algo-2", (await ArtifactAsync("pair"))["heard"]);
        Assert.Equal(["algo-1 algo-1"], await LogAsync("pair", "algo-1"));
        Assert.Equal(["algo-2 algo-2"], await LogAsync("pair", "algo-2"));
    }

    [Theory]
    [InlineData("raise", "import sys; print('going'); sys.exit(3)", "AlgorithmError: going, exit code: 3")]
    [InlineData("told", "open('/opt/ml/output/failure', 'w').write('no such column'); raise SystemExit(4)", "AlgorithmError: no such column, exit code: 4")]
    public async Task Run_AProgramThatFails_SaysWhy(string name, string script, string reason)
    {
        var job = await RunAsync(Job(name, script));

        Assert.Equal(TrainingJobStatus.Failed, job.TrainingJobStatus);
        Assert.Equal(reason, job.FailureReason);
    }

    [Fact]
    public async Task Run_AnImageThatCannotStart_SaysSo()
    {
        var job = await RunAsync(Job("no-train", "unused", "localhost/without-entry-point:1"));

        Assert.Equal(TrainingJobStatus.Failed, job.TrainingJobStatus);
        Assert.StartsWith("ClientError: CannotStartContainerError. ", job.FailureReason, StringComparison.Ordinal);
        Assert.Contains("train", job.FailureReason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1:9/nothing:1", "ClientError: The image '127.0.0.1:9/nothing:1' cannot be pulled: the registry is not reached")]
    [InlineData("localhost/elsewhere:1", "ClientError: The image 'localhost/elsewhere:1' is for the architecture s390x, and this machine is ")]
    public async Task Run_AnImageThatIsNotToBeHad_SaysWhy(string image, string reason)
    {
        var job = await RunAsync(Job("image", "unused", image));

        Assert.Equal(TrainingJobStatus.Failed, job.TrainingJobStatus);
        Assert.StartsWith(reason, job.FailureReason, StringComparison.Ordinal);
        Assert.Equal(["Starting", "Downloading", "Failed"], job.SecondaryStatusTransitions!.Select(step => step.Status));
        Assert.Equal("Downloading the training image", job.SecondaryStatusTransitions![1].StatusMessage);
    }

    [Fact]
    public async Task Stop_AProgramThatTakesItsTime_KeepsWhatItSaved()
    {
        await CreateAsync(Job(
            "polite",
            """
            import signal, sys, time
            def leave(*_):
                open("/opt/ml/model/saved", "w").write("in time")
                sys.exit(0)
            signal.signal(signal.SIGTERM, leave)
            print("ready")
            time.sleep(600)
            """));
        await PrintedAsync("polite", "ready");

        await StopAsync("polite");
        var job = await EndedAsync("polite");

        Assert.Equal(TrainingJobStatus.Stopped, job.TrainingJobStatus);
        Assert.Equal("in time", (await ArtifactAsync("polite"))["saved"]);
    }

    [Fact]
    public async Task Stop_AProgramThatIgnoresSigterm_IsKilledWithAllItsChildren()
    {
        await CreateAsync(Job(
            "stubborn",
            """
            import os, signal, time
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            for _ in range(1000):
                if os.fork() == 0:
                    time.sleep(600)
                    os._exit(0)
            print("ready")
            time.sleep(600)
            """));
        await PrintedAsync("stubborn", "ready");

        await StopAsync("stubborn");
        var job = await EndedAsync("stubborn");

        Assert.Equal(TrainingJobStatus.Stopped, job.TrainingJobStatus);
        Assert.Empty(await podman.RunAsync("ps", "--all", "--quiet", "--filter", "label=sagebrush.purpose=training-job/stubborn/algo-1"));
    }

    [Fact]
    public async Task Restart_WhileAContainerTrains_LosesNoLine()
    {
        const int Lines = 2000;
        await CreateAsync(Job(
            "survivor",
            $$"""
            import os, time
            for i in range({{Lines}}):
                print("line", i)
                if i % 100 == 0:
                    time.sleep(0.05)
            while not os.path.exists("/opt/ml/model/go"):
                time.sleep(0.02)
            """));
        await PrintedAsync("survivor", "line 0");
        await RestartAsync();
        await PrintedAsync("survivor", "line 1000");
        await RestartAsync();
        Go();

        var job = await EndedAsync("survivor");

        Assert.True(job.TrainingJobStatus == TrainingJobStatus.Completed, job.FailureReason);
        var lines = (await LogAsync("survivor")).Distinct().ToList();
        Assert.Equal(Enumerable.Range(0, Lines).Select(i => $"line {i}"), lines);
    }

    [Fact]
    public async Task Engine_GoneForAWhile_HurtsNoJob()
    {
        await CreateAsync(Job(
            "patient",
            """
            import os, time
            print("before")
            while not os.path.exists("/opt/ml/model/go"):
                time.sleep(0.02)
            print("after")
            """));
        await PrintedAsync("patient", "before");
        await podman.TurnAsync(on: false);
        try
        {
            Go();
        }
        finally
        {
            await podman.TurnAsync(on: true);
        }

        var job = await EndedAsync("patient");

        Assert.True(job.TrainingJobStatus == TrainingJobStatus.Completed, job.FailureReason);
        Assert.Equal(["before", "after"], await LogAsync("patient"));
    }

    private void Go()
    {
        foreach (var model in System.IO.Directory.GetDirectories(Path.Join(Directory, "jobs")).Select(job => Path.Join(job, "algo-1", "ml", "model")))
        {
            File.WriteAllText(Path.Join(model, "go"), "");
        }
    }
}
