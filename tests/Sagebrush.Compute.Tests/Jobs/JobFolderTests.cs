using System.Text.Json.Nodes;
using Sagebrush.Compute.Jobs;
using Sagebrush.Testing;

namespace Sagebrush.Compute.Tests.Jobs;

public sealed class JobFolderTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    private JobFolder Folder => new(_temporary["job"]);

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void Prepare_AJob_WritesTheContract()
    {
        var folder = Folder;

        folder.Prepare(Job(new JobChannel("train") { ContentType = "text/csv" }, new JobChannel("validation")) with
        {
            Hyperparameters = new Dictionary<string, string> { ["max_depth"] = "5", ["name"] = "\"größe\"" },
            Checkpoints = new JobCheckpoints("s3://bucket/checkpoints", "/opt/ml/checkpoints"),
        });

        AssertJson("""{"max_depth":"5","name":"\"größe\""}""", folder.Contract.HyperparametersFile);
        AssertJson(
            """
            {"train":{"ContentType":"text/csv","TrainingInputMode":"File","S3DistributionType":"FullyReplicated","RecordWrapperType":"None"},
             "validation":{"TrainingInputMode":"File","S3DistributionType":"FullyReplicated","RecordWrapperType":"None"}}
            """,
            folder.Contract.InputDataConfigFile);
        AssertJson(
            """
            {"current_host":"algo-1","current_instance_type":"ml.m5.large","current_group_name":"homogeneousCluster","hosts":["algo-1"],
             "instance_groups":[{"instance_group_name":"homogeneousCluster","instance_type":"ml.m5.large","hosts":["algo-1"]}],"network_interface_name":"eth0"}
            """,
            folder.Contract.ResourceConfigFile);
        AssertJson("""{"S3Uri":"s3://bucket/checkpoints","LocalPath":"/opt/ml/checkpoints"}""", folder.Contract.CheckpointConfigFile);
        Assert.All(
            [folder.Contract.Channel("train"), folder.Contract.Channel("validation"), folder.Contract.Model, folder.Contract.OutputData, folder.Contract.Code, folder.Contract.Checkpoints],
            directory => Assert.True(Directory.Exists(directory)));
    }

    [Fact]
    public void Prepare_Again_KeepsWhatIsThere()
    {
        var folder = Folder;
        folder.Prepare(Job(new JobChannel("train")));
        File.WriteAllText(Path.Join(folder.Contract.Channel("train"), "data.csv"), "1,2");

        folder.Prepare(Job(new JobChannel("train")));

        Assert.Equal("1,2", File.ReadAllText(Path.Join(folder.Contract.Channel("train"), "data.csv")));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("")]
    public void Prepare_AChannelThatLeavesTheFolder_IsRefused(string name) =>
        Assert.Throws<ArgumentException>(() => Folder.Prepare(Job(new JobChannel(name))));

    [Fact]
    public void ReadFailure_AText_IsCutToItsLimit()
    {
        var folder = Folder;
        folder.Prepare(Job());
        File.WriteAllText(folder.Contract.Failure, "  Äpfel\0" + new string('x', 2000));

        Assert.Equal("Äpfel\uFFFDxx", folder.ReadFailure(10));
    }

    [Fact]
    public void ReadFailure_WithoutAPlainFile_IsNull()
    {
        var folder = Folder;
        folder.Prepare(Job());
        Assert.Null(folder.ReadFailure(1024));

        File.CreateSymbolicLink(folder.Contract.Failure, "/etc/hostname");
        Assert.Null(folder.ReadFailure(1024));

        File.Delete(folder.Contract.Failure);
        Directory.CreateDirectory(folder.Contract.Failure);
        Assert.Null(folder.ReadFailure(1024));
    }

    private static JobDescription Job(params JobChannel[] channels) => new()
    {
        Name = "job",
        Arn = "arn:aws:sagemaker:us-east-1:000000000000:training-job/job",
        Region = "us-east-1",
        Channels = channels,
        Cluster = JobCluster.SingleHost("ml.m5.large"),
        CpuCount = 2,
    };

    private static void AssertJson(string expected, string path) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(File.ReadAllText(path))), File.ReadAllText(path));
}
