using System.IO.Compression;
using System.Text;
using Sagebrush.Contracts.SageMaker;

namespace Sagebrush.Services.Tests.Training;

/// <summary>How data comes to scripts: as they see it.</summary>
public sealed class TrainingInputTests : TrainingTestBase
{
    // Prints each channel's files with their contents, sorted.
    private const string ShowFiles = """
        import glob, os
        for name in sorted(k for k in os.environ if k.startswith('SM_CHANNEL_')):
            root = os.environ[name]
            files = sorted(f for f in glob.glob(root + '/**', recursive=True) if os.path.isfile(f))
            print(os.environ.get('SM_CURRENT_HOST'), ' '.join(os.path.relpath(f, root) + '=' + open(f).read().strip() for f in files))
        """;

    // Reads two epochs of a channel's pipes as AWS describes it: retrying until the next one is there.
    private const string ShowPipes = """
        import os, time
        root = os.path.join(os.environ['SM_INPUT_DIR'], 'data')
        def read(name):
            for _ in range(2000):
                if os.path.exists(os.path.join(root, name)): return open(os.path.join(root, name), 'rb').read()
                time.sleep(0.005)
        print(read('train_0'))
        print(read('train_1'))
        print(sorted(f for f in os.listdir(root) if f != 'train_2'))
        """;

    [Fact]
    public async Task Create_AManifest_BringsItsObjects()
    {
        await PutAsync("all/a/1.csv", "one");
        await PutAsync("all/a/2.csv", "two");
        await PutAsync("all/3.csv", "three");
        await PutAsync("list.manifest", $$"""[{"prefix": "s3://{{Bucket}}/all/"}, "a/2.csv", "3.csv"]""");
        var request = await ScriptAsync("manifest", ShowFiles);
        request.InputDataConfig = [Manifest("list.manifest")];

        Assert.Null((await RunAsync(request)).FailureReason);
        Assert.Contains("algo-1 3.csv=three a/2.csv=two", await LogAsync("manifest"));
    }

    [Theory]
    [InlineData("""[{"prefix": "s3://test-bucket/all/"}, "there.csv", "gone.csv", "lost.csv"]""", "2 of the objects it names do not exist: s3://test-bucket/all/gone.csv, s3://test-bucket/all/lost.csv.")]
    [InlineData("""["a.csv"]""", "it must be a JSON array whose first element is {\"prefix\": \"s3://bucket/folder/\"}, followed by keys.")]
    [InlineData("""[{"prefix": "s3://test-bucket/all/"}, 7]""", "its element 1 is not a string.")]
    [InlineData("no json", "it is not JSON")]
    public async Task Create_AWrongManifest_FailsAndSaysWhere(string manifest, string reason)
    {
        await PutAsync("all/there.csv", "1");
        await PutAsync("list.manifest", manifest);
        var request = await ScriptAsync("wrong", ShowFiles);
        request.InputDataConfig = [Manifest("list.manifest")];

        Assert.StartsWith($"ClientError: Data download failed: the manifest \"s3://{Bucket}/list.manifest\" cannot be used: {reason}", (await RunAsync(request)).FailureReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_APipe_StreamsEachEpoch()
    {
        await PutAsync("data/1", "one\n");
        await PutAsync("data/2", "two\n");
        var request = await PipeAsync("pipe", ShowPipes);

        Assert.Null((await RunAsync(request)).FailureReason);
        Assert.Equal(["b'one\\ntwo\\n'", "b'one\\ntwo\\n'", "[]"], (await LogAsync("pipe")).TakeLast(3));
    }

    [Fact]
    public async Task Create_APipeOfGzipInRecords_UnpacksAndWraps()
    {
        await PutAsync("data/1.gz", Packed("hello"));
        var request = await PipeAsync("gzip", ShowPipes);
        request.InputDataConfig![0].CompressionType = CompressionType.Gzip;
        request.InputDataConfig[0].RecordWrapperType = RecordWrapper.RecordIO;

        Assert.Null((await RunAsync(request)).FailureReason);
        Assert.Contains(@"b'\n#\xd7\xce\x05\x00\x00\x00hello\x00\x00\x00'", await LogAsync("gzip"));
    }

    [Fact]
    public async Task Create_APipeOfBrokenGzip_FailsWithTheObject()
    {
        await PutAsync("data/bad.gz", "not gzip at all");
        var request = await PipeAsync("bad", ShowPipes);
        request.InputDataConfig![0].CompressionType = CompressionType.Gzip;

        Assert.StartsWith("ClientError: The object 'bad.gz' of the channel 'train' is not valid gzip", (await RunAsync(request)).FailureReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_AShuffledPipe_BringsAllInAnotherOrderEachEpoch()
    {
        for (var i = 0; i < 20; i++)
        {
            await PutAsync($"data/{i:00}", $"{i:00} ");
        }

        var request = await PipeAsync("shuffled", ShowPipes);
        request.InputDataConfig![0].ShuffleConfig = new ShuffleConfig { Seed = 7 };

        Assert.Null((await RunAsync(request)).FailureReason);
        var epochs = (await LogAsync("shuffled")).TakeLast(3).Take(2).Select(line => line.Split(['\'', ' '], StringSplitOptions.RemoveEmptyEntries)[1..]).ToList();
        var sorted = Enumerable.Range(0, 20).Select(i => $"{i:00}").ToList();
        Assert.NotEqual(epochs[0], epochs[1]);
        Assert.All(epochs, epoch => Assert.NotEqual(sorted, epoch));
        Assert.All(epochs, epoch => Assert.Equal(sorted, epoch.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Create_AnAugmentedManifest_StreamsAttributesInOrder()
    {
        await PutAsync("img/a.jpg", "AAAA");
        await PutAsync("img/b.jpg", "BB");
        await PutAsync("lines.manifest", $$"""
            {"is-a-cat": 1, "image-ref": "s3://{{Bucket}}/img/a.jpg", "other": "x"}
            {"image-ref": "s3://{{Bucket}}/img/b.jpg", "is-a-cat": 0}

            """);
        var request = await PipeAsync("augmented", ShowPipes);
        var source = request.InputDataConfig![0].DataSource.S3DataSource!;
        (source.S3DataType, source.S3Uri, source.AttributeNames) = (S3DataType.AugmentedManifestFile, $"s3://{Bucket}/lines.manifest", ["image-ref", "is-a-cat"]);
        request.InputDataConfig[0].RecordWrapperType = RecordWrapper.RecordIO;

        Assert.Null((await RunAsync(request)).FailureReason);
        const string Frame = @"\n#\xd7\xce";
        Assert.Contains(
            $@"b'{Frame}\x04\x00\x00\x00AAAA{Frame}\x01\x00\x00\x001\x00\x00\x00{Frame}\x02\x00\x00\x00BB\x00\x00{Frame}\x01\x00\x00\x000\x00\x00\x00'", await LogAsync("augmented"));
    }

    [Fact]
    public async Task Create_AnAugmentedManifestWithoutTheAttribute_NamesTheLine()
    {
        await PutAsync("lines.manifest", "{\"a\": 1}\n{\"b\": 2}\n");
        var request = await PipeAsync("attribute", ShowPipes);
        var source = request.InputDataConfig![0].DataSource.S3DataSource!;
        (source.S3DataType, source.S3Uri, source.AttributeNames) = (S3DataType.AugmentedManifestFile, $"s3://{Bucket}/lines.manifest", ["a"]);

        Assert.EndsWith("line 2 has no attribute 'a'.", (await RunAsync(request)).FailureReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_ShardsFewerThanHosts_GivesTheLastHostNone()
    {
        await PutAsync("data/1", "one");
        await PutAsync("data/2", "two");
        var request = await ScriptAsync("sharded", ShowFiles);
        request.ResourceConfig!.InstanceCount = 3;
        request.InputDataConfig = [Input("train", $"s3://{Bucket}/data")];
        request.InputDataConfig[0].DataSource.S3DataSource!.S3DataDistributionType = S3DataDistribution.ShardedByS3Key;

        Assert.Null((await RunAsync(request)).FailureReason);
        Assert.Contains("algo-1 1=one", await LogAsync("sharded", "algo-1"));
        Assert.Contains("algo-2 2=two", await LogAsync("sharded", "algo-2"));
        Assert.Contains("algo-3 ", await LogAsync("sharded", "algo-3"));
    }

    [Fact]
    public async Task Create_AFileSystem_ShowsItsFolderAndLeavesItAlone()
    {
        var folder = Path.Join(Directory + "-files", "sets", "digits");
        System.IO.Directory.CreateDirectory(folder);
        try
        {
            await File.WriteAllTextAsync(Path.Join(folder, "a.txt"), "ink", Cancelled);
            var request = await ScriptAsync("files", ShowFiles);
            request.InputDataConfig = [FileSystem(TrainingServer.FileSystem, "/sets/digits")];

            Assert.Null((await RunAsync(request)).FailureReason);
            Assert.Contains("algo-1 a.txt=ink", await LogAsync("files"));
            Assert.True(File.Exists(Path.Join(folder, "a.txt")));
        }
        finally
        {
            System.IO.Directory.Delete(Directory + "-files", recursive: true);
        }
    }

    [Theory]
    [InlineData("fs-aaaaaaaaaaaaaaaaa", "/x", "The file system 'fs-aaaaaaaaaaaaaaaaa' is not known here.")]
    [InlineData(TrainingServer.FileSystem, "/../x", "The DirectoryPath '/../x' must not lead out of its file system.")]
    [InlineData(TrainingServer.FileSystem, "/gone", "has no folder '/gone'.")]
    public async Task Create_AFileSystemThatIsNotThere_Fails(string id, string path, string reason)
    {
        var request = await ScriptAsync("files", ShowFiles);
        request.InputDataConfig = [FileSystem(id, path)];

        Assert.Contains(reason, (await RunAsync(request)).FailureReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restart_InTheMiddleOfAPipe_TheScriptSeesAllOfIt()
    {
        var line = string.Concat(new string('x', 99_999), "\n");
        await PutAsync("data/1", string.Concat(Enumerable.Repeat(line, 100)));
        var request = await PipeAsync(
            "survivor",
            """
            import os
            root = os.environ['SM_INPUT_DIR']
            with open(os.path.join(root, 'data', 'train_0'), 'rb') as pipe:
                count = len(pipe.readline())
                print('reading', flush=True)
                while not os.path.exists(os.path.join(root, 'data', 'go_on')): pass
                print('read', count + len(pipe.read()))
            """);
        await CreateAsync(request);
        await PrintedAsync("survivor", "reading");

        await RestartAsync();
        var host = Assert.Single(System.IO.Directory.GetDirectories(Path.Join(Directory, "jobs")));
        await File.WriteAllTextAsync(Path.Join(host, "algo-1", "ml", "input", "data", "go_on"), "", Cancelled);

        Assert.Null((await EndedAsync("survivor")).FailureReason);
        Assert.Contains("read 10000000", await LogAsync("survivor"));
    }

    private static byte[] Packed(string text)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return bytes.ToArray();
    }

    private static Channel Manifest(string key)
    {
        var channel = Input("train", $"s3://{Bucket}/{key}");
        channel.DataSource.S3DataSource!.S3DataType = S3DataType.ManifestFile;
        return channel;
    }

    private static Channel FileSystem(string id, string path) => new()
    {
        ChannelName = "train",
        DataSource = new DataSource
        {
            FileSystemDataSource = new FileSystemDataSource
            {
                FileSystemId = id,
                FileSystemType = FileSystemType.Efs,
                FileSystemAccessMode = FileSystemAccessMode.Ro,
                DirectoryPath = path,
            },
        },
    };

    private async Task<CreateTrainingJobRequest> PipeAsync(string name, string script)
    {
        var request = await ScriptAsync(name, script);
        request.AlgorithmSpecification!.TrainingInputMode = TrainingInputMode.Pipe;
        request.InputDataConfig = [Input("train", $"s3://{Bucket}/data")];
        return request;
    }
}
