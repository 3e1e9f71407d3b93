using System.Text;
using Sagebrush.CommandLine;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Instance;
using Sagebrush.Wire.Client;

namespace Sagebrush.Quickstart;

/// <summary>The way from a table to a scored endpoint, step by step, through the API alone: nothing here an SDK could not do.</summary>
internal sealed class QuickstartRun(ApiClient client, PreparedData data, Places places, int seed, TimeProvider clock)
{
    private const string InstanceType = "ml.m5.large";
    private const string Variant = "AllTraffic";
    private const int SingleRows = 500;
    private const int WarmUpRows = 100;
    private const int BatchRows = 500;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Stores the three parts of the table; gives the number of bytes.</summary>
    public async Task<long> UploadAsync(CancellationToken cancellationToken)
    {
        try
        {
            await client.SendAsync("s3", HttpMethod.Put, $"/{places.Bucket}", [], null, cancellationToken);
        }
        catch (ApiException exception) when (exception.Code is "BucketAlreadyOwnedByYou" or "BucketAlreadyExists")
        {
            // An earlier run made it.
        }

        var rows = string.Concat(data.Split.Test.Select(position => data.Row(position) + "\n"));
        var answers = string.Concat(data.Split.Test.Select(position => data.Answer(position) + "\n"));
        (string Key, byte[] Content)[] objects =
        [
            (places.TrainKey, data.Channel(data.Split.Train)),
            (places.ValidationKey, data.Channel(data.Split.Validation)),
            (places.TestKey, Encoding.UTF8.GetBytes(rows)),
            (places.AnswersKey, Encoding.UTF8.GetBytes(answers)),
        ];
        foreach (var (key, content) in objects)
        {
            await client.SendAsync("s3", HttpMethod.Put, $"/{places.Bucket}/{key}", content, "text/csv", cancellationToken);
        }

        return objects.Sum(entry => (long)entry.Content.Length);
    }

    /// <summary>Trains; reports each evaluation as the job's log brings it. Gives the finished job.</summary>
    /// <exception cref="CommandException">The job failed or was stopped by somebody.</exception>
    public async Task<DescribeTrainingJobResponse> TrainAsync(Action<TrainingProgress> report, CancellationToken cancellationToken)
    {
        await client.SendAsync(SageMakerApi.CreateTrainingJob, TrainingJob(), cancellationToken);
        var log = new JobLog(client, places.Name);
        var tail = new Queue<string>();
        try
        {
            while (true)
            {
                // Asked before reading: what the job wrote before it ended is then in the log.
                var job = await client.SendAsync(
                    SageMakerApi.DescribeTrainingJob, new DescribeTrainingJobRequest { TrainingJobName = places.Name }, cancellationToken);
                foreach (var line in await log.ReadNewAsync(cancellationToken))
                {
                    Remember(tail, line);
                    if (TrainingProgress.Parse(line) is { } progress)
                    {
                        report(progress);
                    }
                }

                switch (job.TrainingJobStatus)
                {
                    case TrainingJobStatus.Completed:
                        return job;
                    case TrainingJobStatus.Failed or TrainingJobStatus.Stopped:
                        throw new CommandException(
                            ExitCode.Failure,
                            $"training job {places.Name} {job.TrainingJobStatus.ToLowerInvariant()}: {job.FailureReason ?? "no reason given"}",
                            tail.Count == 0 ? null : "its last words: " + string.Join(" | ", tail));
                    default:
                        break;
                }

                await Task.Delay(Pause, clock, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            await StopJobAsync();
            throw;
        }
    }

    /// <summary>Puts the model behind an endpoint and waits until it serves.</summary>
    public async Task DeployAsync(DescribeTrainingJobResponse job, CancellationToken cancellationToken)
    {
        await client.SendAsync(
            SageMakerApi.CreateModel,
            new CreateModelInput
            {
                ModelName = places.Name,
                ExecutionRoleArn = places.RoleArn,
                PrimaryContainer = new() { Image = places.Image, ModelDataUrl = job.ModelArtifacts.S3ModelArtifacts },
            },
            cancellationToken);
        await client.SendAsync(
            SageMakerApi.CreateEndpointConfig,
            new CreateEndpointConfigInput
            {
                EndpointConfigName = places.Name,
                ProductionVariants = [new() { VariantName = Variant, ModelName = places.Name, InstanceType = InstanceType, InitialInstanceCount = 1, InitialVariantWeight = 1 }],
            },
            cancellationToken);
        await client.SendAsync(
            SageMakerApi.CreateEndpoint, new CreateEndpointInput { EndpointName = places.Name, EndpointConfigName = places.Name }, cancellationToken);
        while (true)
        {
            var endpoint = await client.SendAsync(SageMakerApi.DescribeEndpoint, new DescribeEndpointInput { EndpointName = places.Name }, cancellationToken);
            switch (endpoint.EndpointStatus)
            {
                case EndpointStatus.InService:
                    return;
                case EndpointStatus.Failed:
                    throw new CommandException(ExitCode.Failure, $"endpoint {places.Name} failed: {endpoint.FailureReason}");
                default:
                    await Task.Delay(Pause, clock, cancellationToken);
                    break;
            }
        }
    }

    /// <summary>Asks the endpoint for every held-out row: some one by one, to see how long an answer takes, the rest in batches.</summary>
    public async Task<Predictions> ScoreAsync(Action<int> report, CancellationToken cancellationToken)
    {
        var rows = data.Split.Test.Select(data.Row).ToArray();
        var width = data.Target.Task == LearningTask.Multiclass ? data.Target.Classes.Count : 1;
        var values = new List<float>(rows.Length * width);
        foreach (var row in rows.Take(WarmUpRows))
        {
            await InvokeAsync(row, width, cancellationToken);
        }

        var times = new List<TimeSpan>();
        foreach (var row in rows.Take(SingleRows))
        {
            var started = clock.GetTimestamp();
            var answer = await InvokeAsync(row, width, cancellationToken);
            times.Add(clock.GetElapsedTime(started));
            values.AddRange(answer);
            report(1);
        }

        foreach (var batch in rows.Skip(SingleRows).Chunk(BatchRows))
        {
            values.AddRange(await InvokeAsync(string.Join('\n', batch), batch.Length * width, cancellationToken));
            report(batch.Length);
        }

        return new([.. values], width, Latency.Of(times));
    }

    private async Task<float[]> InvokeAsync(string rows, int expected, CancellationToken cancellationToken) => Predictions.Parse(
        await client.SendAsync(
            "sagemaker", HttpMethod.Post, $"/endpoints/{places.Name}/invocations", Encoding.UTF8.GetBytes(rows), "text/csv", cancellationToken),
        expected);

    private CreateTrainingJobRequest TrainingJob() => new()
    {
        TrainingJobName = places.Name,
        AlgorithmSpecification = new() { TrainingImage = places.Image, TrainingInputMode = TrainingInputMode.File },
        RoleArn = places.RoleArn,
        HyperParameters = Recipe.HyperParameters(data.Target, seed),
        InputDataConfig = [Channel("train", places.TrainKey), Channel("validation", places.ValidationKey)],
        OutputDataConfig = new() { S3OutputPath = places.OutputUri },
        ResourceConfig = new() { InstanceType = InstanceType, InstanceCount = 1, VolumeSizeInGB = 10 },
        StoppingCondition = new() { MaxRuntimeInSeconds = (int)TimeSpan.FromHours(1).TotalSeconds },
        Tags = [new() { Key = "made-by", Value = "quickstart" }],
    };

    private Channel Channel(string name, string key) => new()
    {
        ChannelName = name,
        ContentType = "text/csv",
        DataSource = new()
        {
            S3DataSource = new() { S3DataType = S3DataType.S3Prefix, S3Uri = places.Uri(key), S3DataDistributionType = S3DataDistribution.FullyReplicated },
        },
    };

    /// <summary>Jobs outlive the program, so one nobody waits for any longer is told to stop.</summary>
    private async Task StopJobAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2), clock);
        try
        {
            await client.SendAsync(SageMakerApi.StopTrainingJob, new StopTrainingJobRequest { TrainingJobName = places.Name }, limit.Token);
        }
        catch (Exception exception) when (exception is ApiException or HttpRequestException or OperationCanceledException)
        {
            // The server is gone or going; the job ends by its stopping condition.
        }
    }

    private static void Remember(Queue<string> tail, string line)
    {
        const int kept = 3;
        tail.Enqueue(line);
        if (tail.Count > kept)
        {
            tail.Dequeue();
        }
    }
}
