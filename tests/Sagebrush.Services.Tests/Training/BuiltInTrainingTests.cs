using System.Globalization;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Learning.Tables.Conversion;
using Sagebrush.State.Metrics;
using TableFormat = Sagebrush.Learning.Tables.Conversion.TableFormat;

namespace Sagebrush.Services.Tests.Training;

/// <summary>XGBoost as a job: what it makes, and how bad input ends.</summary>
public sealed class BuiltInTrainingTests : TrainingTestBase
{
    private static readonly string Rows = string.Concat(Enumerable.Range(0, 60).Select(row =>
        string.Create(CultureInfo.InvariantCulture, $"{row % 2},{row},{row * row % 7}\n")));

    [Fact]
    public async Task Create_XGBoost_MakesAModelAndMetrics()
    {
        await PutAsync("train/data.csv", Rows);
        await PutAsync("validation/data.csv", Rows);
        var request = Request(
            "xgb", XGBoostImage, new() { ["num_round"] = "3", ["objective"] = "binary:logistic", ["eval_metric"] = "auc" }, ("train", "train/"), ("validation", "validation/"));

        var job = await RunAsync(request);

        Assert.Null(job.FailureReason);
        Assert.Equal(TrainingJobStatus.Completed, job.TrainingJobStatus);
        Assert.Contains("xgboost-model", (await ArtifactAsync("xgb")).Keys);
        Assert.Equal(["train:auc", "validation:auc"], job.FinalMetricDataList!.Select(metric => metric.MetricName));
        Assert.Equal(3, await CountInCloudWatchAsync("xgb", "validation:auc"));
        Assert.Contains(job.AlgorithmSpecification!.MetricDefinitions!, metric => metric.Name == "validation:rmse");
    }

    private async Task<double> CountInCloudWatchAsync(string job, string metric)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var points = await Server.Metrics.ReadAsync(
            new MetricRead
            {
                Metric = new MetricKey("000000000000", "us-east-1", "/aws/sagemaker/TrainingJobs", metric, MetricDimensions.Of(("TrainingJobName", job))),
                Start = now - 3600,
                End = now + 60,
                Period = 1,
            },
            TestContext.Current.CancellationToken);
        return points.Sum(point => point.Values.SampleCount);
    }

    [Theory]
    [InlineData("application/x-recordio-protobuf", TableFormat.RecordIo, "File")]
    [InlineData("application/x-recordio-protobuf", TableFormat.RecordIo, "Pipe")]
    [InlineData("application/x-parquet", TableFormat.Parquet, "FastFile")]
    [InlineData("text/csv;label_size=1", TableFormat.Csv, "Pipe")]
    [InlineData("text/libsvm", TableFormat.Libsvm, "Pipe")]
    public async Task Create_XGBoostOnOtherFormatsAndModes_LearnsAsFromCsv(string contentType, TableFormat format, string mode)
    {
        var (csv, other) = (Path.Join(Directory, "rows.csv"), Path.Join(Directory, "rows.other"));
        await File.WriteAllTextAsync(csv, Rows, Cancelled);
        TableConverter.Convert([csv], TableFormat.Csv, other, format, new ConversionOptions { FirstIndex = 0 }, Cancelled);
        await PutAsync("csv/data", Rows);
        await PutAsync("other/data", await File.ReadAllBytesAsync(other, Cancelled));
        var expected = await RunAsync(Request("csv", XGBoostImage, new() { ["num_round"] = "3" }, ("train", "csv/")));
        var request = Request("other", XGBoostImage, new() { ["num_round"] = "3" }, ("train", "other/"));
        (request.InputDataConfig![0].ContentType, request.InputDataConfig[0].InputMode) = (contentType, mode);

        var job = await RunAsync(request);

        Assert.Null(job.FailureReason);
        if (format != TableFormat.Libsvm)
        {
            Assert.Equal(Assert.Single(expected.FinalMetricDataList!).Value, Assert.Single(job.FinalMetricDataList!).Value);
        }
    }

    [Theory]
    [InlineData("unknown-name", "num_rounds", "5", "0,1\n1,2\n", "num_rounds")]
    [InlineData("wrong-type", "eta", "fast", "0,1\n1,2\n", "eta")]
    [InlineData("ragged", "eta", "0.3", "0,1,2\n1,2\n", "2")]
    [InlineData("not-a-number", "eta", "0.3", "0,1,2\n1,2,abc\n", "abc")]
    [InlineData("empty-file", "eta", "0.3", "", "train")]
    public async Task Create_XGBoostWithBadInput_FailsAndSaysWhere(string name, string hyperparameter, string value, string rows, string word)
    {
        await PutAsync("train/data.csv", rows);

        var job = await RunAsync(Request(name, XGBoostImage, new() { ["num_round"] = "3", [hyperparameter] = value }, ("train", "train")));

        Assert.Equal(TrainingJobStatus.Failed, job.TrainingJobStatus);
        Assert.StartsWith("ClientError: ", job.FailureReason, StringComparison.Ordinal);
        Assert.EndsWith(", exit code: 1", job.FailureReason, StringComparison.Ordinal);
        Assert.Contains(word, job.FailureReason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("test-bucket", "nothing/here")]
    [InlineData("no-such-bucket", "train")]
    public async Task Create_AChannelWithoutObjects_FailsInSageMakersWords(string bucket, string prefix)
    {
        var request = Request("nothing", XGBoostImage, new() { ["num_round"] = "3" });
        request.InputDataConfig = [Input("train", $"s3://{bucket}/{prefix}")];

        var job = await RunAsync(request);

        Assert.Equal(
            $"ClientError: Data download failed: No S3 objects found under S3 URL \"s3://{bucket}/{prefix}\" given in input data source. Please ensure that the bucket "
            + "exists in the selected region (us-east-1), that objects exist under that S3 prefix, and that the role "
            + $"\"{Role}\" has \"s3:ListBucket\" permissions on bucket \"{bucket}\".",
            job.FailureReason);
    }

    [Fact]
    public async Task Create_AnOutputBucketThatDoesNotExist_FailsBeforeTraining()
    {
        await PutAsync("train/data.csv", Rows);
        var request = Request("nowhere", XGBoostImage, new() { ["num_round"] = "3" }, ("train", "train"));
        request.OutputDataConfig.S3OutputPath = "s3://no-such-bucket/out";

        var job = await RunAsync(request);

        Assert.Contains("no-such-bucket", job.FailureReason, StringComparison.Ordinal);
        Assert.DoesNotContain(job.SecondaryStatusTransitions!, step => step.Status == SecondaryStatus.Training);
    }
}
