using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Logs;
using Sagebrush.Testing;

namespace Sagebrush.Services.Tests.Training;

/// <summary>Jobs on several hosts: what each of them is told, how they find each other, and how they end together.</summary>
public sealed class ManyHostsTests : TrainingTestBase
{
    protected override TimeSpan? StopGrace => TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Create_SeveralHosts_EachKnowsItselfAndReachesTheOthers()
    {
        // Each host listens on one and the same port, tells everybody its name, and writes down what it was told.
        var request = await ScriptAsync(
            "ring",
            """
            import json, os, socket, time
            hosts, me = json.loads(os.environ['SM_HOSTS']), os.environ['SM_CURRENT_HOST']
            assert socket.gethostname() == me and os.environ['SM_NETWORK_INTERFACE_NAME'] == 'lo'
            config = json.load(open('/opt/ml/input/config/resourceconfig.json'))
            assert config['current_host'] == me and config['hosts'] == hosts
            server = socket.create_server((me, 5555))
            def call(host):
                while True:
                    try:
                        return socket.create_connection((host, 5555), timeout=30)
                    except ConnectionRefusedError:
                        time.sleep(0.02)
            for host in hosts:
                call(host).sendall(me.encode())
            heard = sorted(server.accept()[0].recv(100).decode() for _ in hosts)
            print('heard', ' '.join(heard), flush=True)
            open(f'/opt/ml/model/{me}', 'w').write(' '.join(heard))
            open('/opt/ml/model/shared', 'w').write(me)
            """);
        request.ResourceConfig!.InstanceCount = 3;

        var job = await RunAsync(request);

        Assert.Null(job.FailureReason);
        var model = await ArtifactAsync("ring");
        Assert.All(["algo-1", "algo-2", "algo-3"], host => Assert.Equal("algo-1 algo-2 algo-3", model[host]));
        Assert.Equal("algo-1", model["shared"]);
        var streams = await StreamsAsync("ring");
        Assert.Equal(["algo-1", "algo-2", "algo-3"], streams.Select(stream => stream.Key.Name.Split('/')[1][..6]).Order());
        // What the job held comes free a moment after its end is written down.
        await Eventually.TrueAsync(() => Server.Queue.Used == default, Cancelled);
    }

    [Fact]
    public async Task Create_InstanceGroups_TellsThemAndGivesChannelsToThoseNamed()
    {
        await PutAsync("data/rows.csv", "1,2\n");
        var request = await ScriptAsync(
            "mixed",
            """
            import json, os
            print('RESULT', os.environ['SM_CURRENT_HOST'], os.environ['SM_CURRENT_INSTANCE_GROUP'], os.environ['SM_CURRENT_INSTANCE_TYPE'],
                  os.environ['SM_CURRENT_INSTANCE_GROUP_HOSTS'], os.environ['SM_IS_HETERO'], os.environ['SM_CHANNELS'])
            """);
        request.ResourceConfig = new ResourceConfig
        {
            VolumeSizeInGB = 1,
            InstanceGroups =
            [
                new InstanceGroup { InstanceGroupName = "data", InstanceType = "ml.c5.large", InstanceCount = 1 },
                new InstanceGroup { InstanceGroupName = "train", InstanceType = "ml.m5.large", InstanceCount = 2 },
            ],
        };
        var channel = Input("rows", $"s3://{Bucket}/data/");
        channel.DataSource.S3DataSource!.InstanceGroupNames = ["data"];
        request.InputDataConfig = [channel];

        var job = await RunAsync(request);

        Assert.Null(job.FailureReason);
        List<string> results = [];
        foreach (var stream in await StreamsAsync("mixed"))
        {
            results.AddRange((await Server.Logs.ReadAsync(stream.Key, new LogRead { FromHead = true }, Cancelled))!.Select(line => line.Message).Where(line => line.StartsWith("RESULT", StringComparison.Ordinal)));
        }

        Assert.Equal(
            [
                "RESULT algo-1 data ml.c5.large [\"algo-1\"] true [\"rows\"]",
                "RESULT algo-2 train ml.m5.large [\"algo-2\",\"algo-3\"] true []",
                "RESULT algo-3 train ml.m5.large [\"algo-2\",\"algo-3\"] true []",
            ],
            results.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Create_OneHostFails_EndsTheJobAndNamesTheHost()
    {
        var request = await ScriptAsync(
            "weakest",
            """
            import os, time
            if os.environ['SM_CURRENT_HOST'] == 'algo-2':
                raise ValueError('out of luck')
            time.sleep(600)
            """);
        request.ResourceConfig!.InstanceCount = 2;

        var job = await RunAsync(request);

        Assert.Equal(TrainingJobStatus.Failed, job.TrainingJobStatus);
        Assert.StartsWith("AlgorithmError: algo-2: ExecuteUserScriptError:\nExitCode 1\nErrorMessage \"ValueError: out of luck\"", job.FailureReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_Mpi_RunsOneProgramOverAllHosts()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/mpirun") && System.IO.Directory.Exists("/usr/lib/python3/dist-packages/mpi4py"), "Needs openmpi-bin and python3-mpi4py.");
        var request = await ScriptAsync(
            "mpi",
            """
            import os, socket
            from mpi4py import MPI
            world = MPI.COMM_WORLD
            total = world.allreduce(world.Get_rank() + 1)
            hosts = world.gather((socket.gethostname(), os.environ['SM_CURRENT_HOST']))
            if world.Get_rank() == 0:
                open('/opt/ml/model/result', 'w').write(f'{world.Get_size()} {total} {hosts}')
            """,
            new() { ["sagemaker_mpi_enabled"] = "true", ["sagemaker_mpi_num_of_processes_per_host"] = "2", ["sagemaker_mpi_custom_mpi_options"] = "\"-x GREETING=hello\"" });
        request.ResourceConfig!.InstanceCount = 2;

        var job = await RunAsync(request);

        Assert.Null(job.FailureReason);
        Assert.Equal(
            "4 10 [('algo-1', 'algo-1'), ('algo-1', 'algo-1'), ('algo-2', 'algo-2'), ('algo-2', 'algo-2')]", (await ArtifactAsync("mpi"))["result"]);
    }

    [Fact]
    public async Task Create_MpiWithAFailingRank_FailsWithItsError()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/mpirun") && System.IO.Directory.Exists("/usr/lib/python3/dist-packages/mpi4py"), "Needs openmpi-bin and python3-mpi4py.");
        var request = await ScriptAsync(
            "mpi-fails",
            """
            from mpi4py import MPI
            if MPI.COMM_WORLD.Get_rank() == 1:
                raise ValueError('rank 1 is broken')
            MPI.COMM_WORLD.Barrier()
            """,
            new() { ["sagemaker_mpi_enabled"] = "true" });
        request.ResourceConfig!.InstanceCount = 2;

        var job = await RunAsync(request);

        Assert.Equal(TrainingJobStatus.Failed, job.TrainingJobStatus);
        Assert.StartsWith("AlgorithmError: algo-1: ExecuteUserScriptError:", job.FailureReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_XGBoostOnSeveralHosts_LearnsWhatOneHostWould()
    {
        const string Name = "xgb";
        const int Hosts = 3;

        // y = 1 when x0·x1 is positive, with noise; a table that no host's part alone would teach as well.
        var random = new Random(7);
        var rows = Enumerable.Range(0, 3000).Select(_ => (X: random.NextDouble() - 0.5, Y: random.NextDouble() - 0.5, Noise: random.NextDouble() - 0.5))
            .Select(row => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{((row.X * row.Y) + (row.Noise / 20) > 0 ? 1 : 0)},{row.X:F4},{row.Y:F4},{row.Noise:F1}\n")).ToList();
        await PutAsync($"{Name}/train/rows.csv", string.Concat(rows.Take(2000)));
        await PutAsync($"{Name}/validation/rows.csv", string.Concat(rows.Skip(2000)));
        var hyperparameters = new Dictionary<string, string> { ["num_round"] = "20", ["objective"] = "binary:logistic", ["eval_metric"] = "auc,error,accuracy", ["tree_method"] = "hist" };
        CreateTrainingJobRequest Job(string job, int count)
        {
            var request = Request(job, XGBoostImage, new(hyperparameters), ("train", $"{Name}/train/"), ("validation", $"{Name}/validation/"));
            request.ResourceConfig!.InstanceCount = count;
            return request;
        }

        var alone = await RunAsync(Job(Name + "-alone", 1));
        var together = await RunAsync(Job(Name + "-together", Hosts));

        Assert.Null(together.FailureReason);
        Assert.Equal(alone.FinalMetricDataList!.Select(metric => metric.MetricName), together.FinalMetricDataList!.Select(metric => metric.MetricName));
        Assert.All(alone.FinalMetricDataList!.Zip(together.FinalMetricDataList!), pair => Assert.Equal(pair.First.Value!.Value, pair.Second.Value!.Value, 0.02));
        Assert.Equal(["xgboost-model"], (await ArtifactAsync(Name + "-together")).Keys);
        Assert.Equal(Hosts, (await StreamsAsync(Name + "-together")).Count);
    }

    [Fact]
    public async Task Create_TorchDistributed_StartsTheLauncherOnEachHostWithItsRank()
    {
        // In place of PyTorch, a module of its launcher's name that tells how it was called.
        var request = await ScriptAsync(
            "torch", "", new() { ["sagemaker_torch_distributed_enabled"] = "true", ["epochs"] = "3" });
        await PutArchiveAsync(
            "code/torch/sourcedir.tar.gz",
            ("train.py", "print()"),
            ("torch/__init__.py", ""),
            ("torch/distributed/__init__.py", ""),
            ("torch/distributed/run.py", "import os, sys; open('/opt/ml/model/' + os.environ['SM_CURRENT_HOST'], 'w').write(' '.join(sys.argv[1:]) + ' on ' + os.environ['GLOO_SOCKET_IFNAME'])"));
        request.ResourceConfig!.InstanceCount = 2;

        var job = await RunAsync(request);

        Assert.Null(job.FailureReason);
        var model = await ArtifactAsync("torch");
        Assert.Matches(@"^--nnodes 2 --nproc_per_node 1 --master_addr algo-1 --master_port 2\d{4} --node_rank 0 train.py --epochs 3 on lo$", model["algo-1"]);
        Assert.Equal(model["algo-1"].Replace("node_rank 0", "node_rank 1", StringComparison.Ordinal), model["algo-2"]);
    }

    [Fact]
    public async Task Restart_WhileSeveralHostsTrain_GoesOnWithAll()
    {
        var request = await ScriptAsync(
            "pair",
            """
            import os, time
            print('before', flush=True)
            while not os.path.exists('/opt/ml/model/go'):
                time.sleep(0.02)
            open('/opt/ml/model/' + os.environ['SM_CURRENT_HOST'], 'w').write('done')
            """);
        request.ResourceConfig!.InstanceCount = 2;
        await CreateAsync(request);
        await Eventually.TrueAsync(async () => (await StreamsAsync("pair")).Count == 2, Cancelled);

        await RestartAsync();
        foreach (var model in System.IO.Directory.GetDirectories(Path.Join(Directory, "jobs")).SelectMany(job => System.IO.Directory.GetDirectories(job, "algo-*")))
        {
            await File.WriteAllTextAsync(Path.Join(model, "ml", "model", "go"), "", Cancelled);
        }

        var ended = await EndedAsync("pair");
        Assert.Null(ended.FailureReason);
        Assert.Equal(["algo-1", "algo-2", "go"], (await ArtifactAsync("pair")).Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("ml.m5.large", 101, "ResourceLimitExceeded")]
    [InlineData("ml.none.large", 2, "ValidationException")]
    public async Task Create_InstancesThatCannotBe_AreRefused(string type, int count, string code)
    {
        var request = await ScriptAsync("refused", "print()");
        request.ResourceConfig!.InstanceType = type;
        request.ResourceConfig.InstanceCount = count;

        var refusal = await Assert.ThrowsAsync<Wire.Dispatch.ServiceException>(() => CreateAsync(request));

        Assert.Equal(code, refusal.Code);
    }

    private async Task<IReadOnlyList<LogStream>> StreamsAsync(string job)
    {
        var group = new LogGroupKey(Context.AccountId, Context.Region, "/aws/sagemaker/TrainingJobs");
        return (await Server.Logs.ListStreamsAsync(new LogStreamQuery { Group = group, Prefix = job + "/" }, Cancelled))?.Streams ?? [];
    }
}
