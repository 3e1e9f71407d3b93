using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Training;

/// <summary>Implements <c>UpdateTrainingJob</c>: changes how long a job's instances are kept warm, and its profiler settings.</summary>
internal sealed class UpdateTrainingJobOperation(IResourceStore store, TimeProvider clock) : IOperation<UpdateTrainingJobRequest, UpdateTrainingJobResponse>
{
    private readonly ResourceSet<TrainingJobDocument> _jobs = store.For(TrainingJobs.Kind);

    /// <inheritdoc/>
    public async ValueTask<UpdateTrainingJobResponse> InvokeAsync(UpdateTrainingJobRequest request, CallContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        var updated = await _jobs.UpdateAsync(context.AccountId, context.Region, request.TrainingJobName, document => Update(document, request), cancellationToken)
            ?? throw Refusals.NotFound();
        return new UpdateTrainingJobResponse { TrainingJobArn = updated.Document.Job.TrainingJobArn };
    }

    private TrainingJobDocument Update(TrainingJobDocument document, UpdateTrainingJobRequest request)
    {
        var job = document.Job;
        if (request.ResourceConfig is { } resources)
        {
            if (document.HasEnded && job.WarmPoolStatus?.Status != WarmPoolResourceStatus.Available)
            {
                throw Refusals.Validation("The keep-alive period can be changed while the training job runs, or while its warm pool is available.");
            }

            job.ResourceConfig!.KeepAlivePeriodInSeconds = resources.KeepAlivePeriodInSeconds;
        }

        if (request.ProfilerConfig is not null || request.ProfilerRuleConfigurations is not null || request.RemoteDebugConfig is not null)
        {
            if (document.HasEnded || document.StopRequested)
            {
                throw Refusals.Validation($"The profiler of a training job in status {job.TrainingJobStatus} cannot be changed.");
            }

            UpdateProfiler(job, request);
        }

        job.LastModifiedTime = clock.GetUtcNow();
        return document;
    }

    private static void UpdateProfiler(DescribeTrainingJobResponse job, UpdateTrainingJobRequest request)
    {
        if (request.ProfilerConfig is { } profiler)
        {
            job.ProfilerConfig ??= new ProfilerConfig();
            job.ProfilerConfig.S3OutputPath = profiler.S3OutputPath ?? job.ProfilerConfig.S3OutputPath;
            job.ProfilerConfig.ProfilingIntervalInMilliseconds = profiler.ProfilingIntervalInMilliseconds ?? job.ProfilerConfig.ProfilingIntervalInMilliseconds;
            job.ProfilerConfig.ProfilingParameters = profiler.ProfilingParameters ?? job.ProfilerConfig.ProfilingParameters;
            job.ProfilerConfig.DisableProfiler = profiler.DisableProfiler ?? job.ProfilerConfig.DisableProfiler;
        }

        if (request.ProfilerRuleConfigurations is { } rules)
        {
            job.ProfilerRuleConfigurations = [.. (job.ProfilerRuleConfigurations ?? []).Concat(rules)];
        }

        if (request.RemoteDebugConfig is { } debug)
        {
            job.RemoteDebugConfig ??= new RemoteDebugConfig();
            job.RemoteDebugConfig.EnableRemoteDebug = debug.EnableRemoteDebug ?? job.RemoteDebugConfig.EnableRemoteDebug;
        }
    }
}
