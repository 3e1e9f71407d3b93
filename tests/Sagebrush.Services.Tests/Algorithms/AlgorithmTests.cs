using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Algorithms;
using Sagebrush.Services.Tests.Training;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Tests.Algorithms;

/// <summary>Algorithms by name, and the training jobs that use them.</summary>
public sealed class AlgorithmTests : TrainingTestBase
{
    private AlgorithmCapability Algorithms => new(Server.Store);

    [Fact]
    public async Task Create_AnAlgorithm_CanBeDescribedListedAndDeleted()
    {
        var arn = (await Algorithms.CreateAsync(Forest(), Context, Cancelled)).AlgorithmArn;

        Assert.Equal("arn:aws:sagemaker:us-east-1:000000000000:algorithm/Forest", arn);
        var described = await Algorithms.DescribeAsync(new DescribeAlgorithmInput { AlgorithmName = arn }, Context, Cancelled);
        Assert.Equal(("Forest", "Completed"), (described.AlgorithmName, described.AlgorithmStatus));
        Assert.Equal(3, described.TrainingSpecification.SupportedHyperParameters!.Count);
        Assert.Equal(arn, Assert.Single((await Algorithms.ListAsync(new ListAlgorithmsInput(), Context, Cancelled)).AlgorithmSummaryList).AlgorithmArn);
        Assert.Contains("already exists", (await Assert.ThrowsAsync<ServiceException>(async () => await Algorithms.CreateAsync(Forest(), Context, Cancelled))).Message, StringComparison.Ordinal);
        await Algorithms.DeleteAsync(new DeleteAlgorithmInput { AlgorithmName = "Forest" }, Context, Cancelled);
        await Assert.ThrowsAsync<ServiceException>(async () => await Algorithms.DescribeAsync(new DescribeAlgorithmInput { AlgorithmName = "Forest" }, Context, Cancelled));
    }

    [Fact]
    public async Task CreateTrainingJob_ByAlgorithmName_TrainsWithItsImageDefaultsAndMetrics()
    {
        await Algorithms.CreateAsync(Forest(), Context, Cancelled);
        await PutAsync("train/rows.csv", "1,2\n");
        var request = await RequestAsync("by-name");
        request.DebugHookConfig = new DebugHookConfig { S3OutputPath = $"s3://{Bucket}/debug", CollectionConfigurations = [new CollectionConfiguration { CollectionName = "losses" }] };

        var job = await RunAsync(request);

        Assert.Null(job.FailureReason);
        Assert.Equal("Forest", job.AlgorithmSpecification!.AlgorithmName);
        Assert.Null(job.AlgorithmSpecification.TrainingImage);
        Assert.Equal(("score", 0.25f), (Assert.Single(job.FinalMetricDataList!).MetricName, job.FinalMetricDataList![0].Value));
        Assert.Equal("10", job.HyperParameters!["trees"]);
        Assert.Contains("debug losses /opt/ml/output/tensors", await LogAsync("by-name"));
    }

    public static TheoryData<string, Action<CreateTrainingJobRequest>> Broken() => new()
    {
        { "Algorithm gone does not exist.", request => request.AlgorithmSpecification!.AlgorithmName = "gone" },
        { "The algorithm has no hyperparameter 'leaves'", request => request.HyperParameters!["leaves"] = "1" },
        { "The hyperparameter 'depth' is required", request => request.HyperParameters!.Remove("depth") },
        { "The value '1.5' of the hyperparameter 'depth' is not an integer", request => request.HyperParameters!["depth"] = "1.5" },
        { "The value '99' of the hyperparameter 'depth' is not between 1 and 9", request => request.HyperParameters!["depth"] = "99" },
        { "The value 'x' of the hyperparameter 'split' is none of gini, entropy", request => request.HyperParameters!["split"] = "x" },
        { "cannot train on the instance type 'ml.c5.xlarge'", request => request.ResourceConfig!.InstanceType = "ml.c5.xlarge" },
        { "does not support distributed training", request => request.ResourceConfig!.InstanceCount = 2 },
        { "The channel 'train' is required", request => request.InputDataConfig!.Clear() },
        { "The algorithm has no channel 'other'", request => request.InputDataConfig!.Add(Input("other", "s3://b/k")) },
        { "cannot have the content type 'text/plain'", request => request.InputDataConfig![0].ContentType = "text/plain" },
        { "cannot have the input mode 'FastFile'", request => request.AlgorithmSpecification!.TrainingInputMode = TrainingInputMode.FastFile },
        { "You can't override the metric definitions", request => request.AlgorithmSpecification!.MetricDefinitions = [new MetricDefinition { Name = "a", Regex = "b" }] },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task CreateTrainingJob_NotAsTheAlgorithmSays_IsRefused(string message, Action<CreateTrainingJobRequest> breakIt)
    {
        ArgumentNullException.ThrowIfNull(breakIt);
        await Algorithms.CreateAsync(Forest(), Context, Cancelled);
        var request = await RequestAsync("broken");
        breakIt(request);

        Assert.Contains(message, (await Assert.ThrowsAsync<ServiceException>(() => CreateAsync(request))).Message, StringComparison.Ordinal);
    }

    private async Task<CreateTrainingJobRequest> RequestAsync(string name)
    {
        var request = await ScriptAsync(
            name,
            """
            import json
            print('score: 0.25')
            try:
                hook = json.load(open('/opt/ml/input/config/debughookconfig.json'))
                print('debug', hook['CollectionConfigurations'][0]['CollectionName'], hook['LocalPath'])
            except OSError: pass
            """,
            new() { ["depth"] = "3", ["split"] = "gini" });
        request.AlgorithmSpecification = new AlgorithmSpecification { AlgorithmName = "Forest", TrainingInputMode = TrainingInputMode.File };
        request.InputDataConfig = [Input("train", $"s3://{Bucket}/train")];
        return request;
    }

    private static CreateAlgorithmInput Forest() => new()
    {
        AlgorithmName = "Forest",
        TrainingSpecification = new TrainingSpecification
        {
            TrainingImage = SklearnImage,
            SupportedTrainingInstanceTypes = ["ml.m5.large"],
            SupportsDistributedTraining = false,
            MetricDefinitions = [new MetricDefinition { Name = "score", Regex = "score: ([0-9.]+)" }],
            SupportedHyperParameters =
            [
                new HyperParameterSpecification
                {
                    Name = "depth", Type = ParameterType.Integer, IsRequired = true,
                    Range = new ParameterRange { IntegerParameterRangeSpecification = new IntegerParameterRangeSpecification { MinValue = "1", MaxValue = "9" } },
                },
                new HyperParameterSpecification { Name = "trees", Type = ParameterType.Integer, DefaultValue = "10" },
                new HyperParameterSpecification
                {
                    Name = "split", Type = ParameterType.Categorical,
                    Range = new ParameterRange { CategoricalParameterRangeSpecification = new CategoricalParameterRangeSpecification { Values = ["gini", "entropy"] } },
                },
            ],
            TrainingChannels = [new ChannelSpecification { Name = "train", IsRequired = true, SupportedContentTypes = ["text/csv"], SupportedInputModes = ["File"] }],
        },
    };
}
