using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Tagging;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Tests.Training;

/// <summary>What is refused, listed, deleted and tagged; no job of these tests needs to end.</summary>
public sealed class TrainingRequestTests : TrainingTestBase
{
    private static CreateTrainingJobRequest Valid(string name = "job") =>
        Request(name, XGBoostImage, new() { ["num_round"] = "3" }, ("train", "train"));

    public static TheoryData<string, Action<CreateTrainingJobRequest>> Broken() => new()
    {
        { "You must specify either TrainingImage or AlgorithmName", request => request.AlgorithmSpecification!.TrainingImage = null },
        { "You must specify either TrainingImage or AlgorithmName", request => request.AlgorithmSpecification!.AlgorithmName = "mine" },
        { "cannot name an image", request => request.AlgorithmSpecification!.TrainingImage = "Not An Image" },
        { "cannot name an image", request => request.AlgorithmSpecification!.TrainingImage = "repository:tag:tag" },
        { "serves models; it cannot train", request => request.AlgorithmSpecification!.TrainingImage = "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference:2.0" },
        { "not built in here. Built-in algorithms", request => request.AlgorithmSpecification!.TrainingImage = "205585389593.dkr.ecr.us-east-1.amazonaws.com/sagemaker-clarify-processing:1.0" },
        { "You can't override the metric definitions", request => request.AlgorithmSpecification!.MetricDefinitions = [new MetricDefinition { Name = "a", Regex = "b" }] },
        { "AlgorithmSpecification is required", request => request.AlgorithmSpecification = null },
        { "ResourceConfig is required", request => request.ResourceConfig = null },
        { "Channel names must be unique", request => request.InputDataConfig!.Add(Input("train", "s3://b/k")) },
        { "Invalid S3 URI in the S3Uri of the channel 'train'", request => request.InputDataConfig![0].DataSource.S3DataSource!.S3Uri = "https://b/k" },
        { "Invalid S3 URI in OutputDataConfig.S3OutputPath", request => request.OutputDataConfig.S3OutputPath = "https://b/k" },
        { "which needs the input mode Pipe", request => request.InputDataConfig![0].DataSource.S3DataSource!.S3DataType = S3DataType.AugmentedManifestFile },
        { "if, and only if", request => request.InputDataConfig![0].DataSource.S3DataSource!.AttributeNames = ["a"] },
        { "CompressionType Gzip, which needs the input mode Pipe", request => request.InputDataConfig![0].CompressionType = CompressionType.Gzip },
        { "RecordWrapperType RecordIO, which needs the input mode Pipe", request => request.InputDataConfig![0].RecordWrapperType = RecordWrapper.RecordIO },
        { "either an S3DataSource or a FileSystemDataSource", request => request.InputDataConfig![0].DataSource.S3DataSource = null },
        { "Invalid MaxWaitTimeInSeconds", request => request.EnableManagedSpotTraining = true },
        { "Duplicate tag key", request => request.Tags = [new Tag { Key = "a", Value = "1" }, new Tag { Key = "a", Value = "2" }] },
        { "reserved for system use", request => request.Tags = [new Tag { Key = "aws:x", Value = "1" }] },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task Create_ABrokenRequest_IsRefused(string message, Action<CreateTrainingJobRequest> breakIt)
    {
        ArgumentNullException.ThrowIfNull(breakIt);
        var request = Valid();
        breakIt(request);

        var refusal = await Assert.ThrowsAsync<ServiceException>(() => CreateAsync(request));

        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(400, refusal.StatusCode);
    }

    [Theory]
    [InlineData("811284229777.dkr.ecr.us-east-1.amazonaws.com/xgboost:1")]
    [InlineData("433757028032.dkr.ecr.us-west-2.amazonaws.com/xgboost:latest")]
    [InlineData("683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.5-1-cpu-py3")]
    [InlineData("451049120500.dkr.ecr.cn-northwest-1.amazonaws.com.cn/sagemaker-xgboost:1.2-2")]
    [InlineData("763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.0.0-cpu-py310")]
    [InlineData("763104351884.dkr.ecr.us-west-2.amazonaws.com/huggingface-pytorch-training:2.1.0-transformers4.36.0-gpu-py310-cu121-ubuntu20.04")]
    [InlineData("520713654638.dkr.ecr.us-east-1.amazonaws.com/sagemaker-chainer:5.0.0-cpu-py3")]
    [InlineData("462105765813.dkr.ecr.us-east-1.amazonaws.com/sagemaker-rl-ray-container:ray-1.6.0-tf-cpu-py37")]
    public async Task Create_APublishedImageOfAnyRegion_IsTaken(string image)
    {
        var request = Valid();
        request.AlgorithmSpecification!.TrainingImage = image;

        Assert.Equal("arn:aws:sagemaker:us-east-1:000000000000:training-job/job", await CreateAsync(request));
    }

    [Fact]
    public async Task Create_ANameThatIsTaken_IsRefusedInSageMakersWords()
    {
        await CreateAsync(Valid());

        var refusal = await Assert.ThrowsAsync<ServiceException>(() => CreateAsync(Valid()));

        Assert.Equal("ResourceInUse", refusal.Code);
        Assert.Equal(
            "Training job names must be unique within an AWS account and region, and a training job with this name already exists "
            + "(arn:aws:sagemaker:us-east-1:000000000000:training-job/job)",
            refusal.Message);
    }

    [Fact]
    public async Task Describe_AnUnknownName_IsRefusedInSageMakersWords()
    {
        var refusal = await Assert.ThrowsAsync<ServiceException>(() => DescribeAsync("nobody"));

        Assert.Equal(("ValidationException", "Requested resource not found."), (refusal.Code, refusal.Message));
    }

    [Fact]
    public async Task List_WithFiltersAndPages_GivesWhatFits()
    {
        foreach (var name in (string[])["alpha-1", "alpha-2", "beta-1"])
        {
            await CreateAsync(Valid(name));
            await EndedAsync(name);
        }

        var first = await Training.ListAsync(new ListTrainingJobsRequest { MaxResults = 2, SortBy = SortBy.Name, SortOrder = SortOrder.Descending }, Context, Cancelled);
        var second = await Training.ListAsync(
            new ListTrainingJobsRequest { MaxResults = 2, SortBy = SortBy.Name, SortOrder = SortOrder.Descending, NextToken = first.NextToken }, Context, Cancelled);
        var named = await Training.ListAsync(new ListTrainingJobsRequest { NameContains = "ALPHA", StatusEquals = TrainingJobStatus.Failed }, Context, Cancelled);

        Assert.Equal(["beta-1", "alpha-2"], first.TrainingJobSummaries.Select(job => job.TrainingJobName));
        Assert.Equal(["alpha-1"], second.TrainingJobSummaries.Select(job => job.TrainingJobName));
        Assert.Null(second.NextToken);
        Assert.Equal(["alpha-1", "alpha-2"], named.TrainingJobSummaries.Select(job => job.TrainingJobName));
        var refusal = await Assert.ThrowsAsync<ServiceException>(async () => await Training.ListAsync(new ListTrainingJobsRequest { NextToken = "x" }, Context, Cancelled));
        Assert.Equal("ValidationException", refusal.Code);
    }

    [Fact]
    public async Task Delete_AJob_WorksOnceItHasEnded()
    {
        await CreateAsync(await ScriptAsync("busy", "import time; print('ready', flush=True); time.sleep(600)"));
        await PrintedAsync("busy", "ready");
        var request = new DeleteTrainingJobRequest { TrainingJobName = "busy" };
        var refusal = await Assert.ThrowsAsync<ServiceException>(async () => await Training.DeleteAsync(request, Context, Cancelled));
        Assert.Equal("ResourceInUse", refusal.Code);

        await StopAsync("busy");
        await EndedAsync("busy");
        await Training.DeleteAsync(request, Context, Cancelled);

        await Assert.ThrowsAsync<ServiceException>(() => DescribeAsync("busy"));
    }

    [Fact]
    public async Task Tags_OfAJob_AreAddedListedAndRemoved()
    {
        var request = Valid();
        request.Tags = [new Tag { Key = "team", Value = "churn" }];
        var arn = await CreateAsync(request);
        var tagging = new TaggingCapability(Server.Store);

        await tagging.AddAsync(new AddTagsInput { ResourceArn = arn, Tags = [new Tag { Key = "cost", Value = "1" }, new Tag { Key = "team", Value = "growth" }] }, Context, Cancelled);
        await tagging.DeleteAsync(new DeleteTagsInput { ResourceArn = arn, TagKeys = ["cost"] }, Context, Cancelled);

        var tags = (await tagging.ListAsync(new ListTagsInput { ResourceArn = arn }, Context, Cancelled)).Tags!;
        Assert.Equal([("team", "growth")], tags.Select(tag => (tag.Key, tag.Value)));
        await Assert.ThrowsAsync<ServiceException>(async () => await tagging.ListAsync(new ListTagsInput { ResourceArn = arn + "x" }, Context, Cancelled));
        var tooMany = new AddTagsInput { ResourceArn = arn, Tags = [.. Enumerable.Range(0, 50).Select(tag => new Tag { Key = $"k{tag}", Value = "" })] };
        await Assert.ThrowsAsync<ServiceException>(async () => await tagging.AddAsync(tooMany, Context, Cancelled));
    }
}
