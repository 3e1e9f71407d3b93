using Sagebrush.Algorithms.AutoML;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting;
using Sagebrush.Services.Hosting.Asynchronous;
using Sagebrush.Services.ModelRegistry;
using Sagebrush.Services.Training;
using Sagebrush.State.Objects;
using Sagebrush.State.Reconciling;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.AutoML;

/// <summary>Takes AutoML jobs forward: creates the training job that searches, tells what it has found so far, and deploys the best.</summary>
/// <remarks>A training job that is lost without a word is followed by another, which goes on with the candidates that are in S3.</remarks>
internal sealed class AutoMLReconciler(
    IResourceStore store, IObjectStore objects, IModelPackages packages, AsyncTopics topics, HostingOptions options, TimeProvider clock) : IReconciler
{
    private const int MostRestarts = 3;
    private const int TagPageSize = 100;

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(500);

    private readonly ResourceSet<AutoMLJobDocument> _jobs = store.For(AutoMLJobs.Kind);
    private readonly ResourceSet<TrainingJobDocument> _trainingJobs = store.For(TrainingJobs.Kind);
    private readonly CreateTrainingJobOperation _create = new(store, clock);
    private readonly StopTrainingJobOperation _stop = new(store, clock);
    private readonly AutoMLDeployment _deployment = new(store, objects, packages, topics, options);

    /// <inheritdoc/>
    public string Kind => AutoMLJobs.Kind.Name;

    /// <inheritdoc/>
    public bool IsSettled(string status) => status is AutoMLJobStatus.Completed or AutoMLJobStatus.Failed or AutoMLJobStatus.Stopped;

    /// <inheritdoc/>
    public async ValueTask<ReconcileOutcome> ReconcileAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        if (await _jobs.FindAsync(key, cancellationToken) is not { Document: { HasEnded: false } document })
        {
            return ReconcileOutcome.Done;
        }

        var isChanged = document.Phase switch
        {
            AutoMLPhase.Planned => await BeginAsync(key, document, cancellationToken),
            AutoMLPhase.Searching => await WatchAsync(key, document, cancellationToken),
            _ => await DeployAsync(key, document, cancellationToken),
        };
        if (isChanged)
        {
            await SaveAsync(key, document, cancellationToken);
        }

        return document.HasEnded ? ReconcileOutcome.Done : ReconcileOutcome.Requeue(Glance);
    }

    private async ValueTask<bool> BeginAsync(ResourceKey key, AutoMLJobDocument document, CancellationToken cancellationToken)
    {
        if (document.StopRequested)
        {
            document.End(AutoMLJobStatus.Stopped, AutoMLJobSecondaryStatus.Stopped, null, clock.GetUtcNow());
            return true;
        }

        try
        {
            if (await _trainingJobs.FindAsync(key.Account, key.Region, document.TrainingJobName, cancellationToken) is null)
            {
                var request = await AutoMLTraining.MakeAsync(document, key.Region, objects, cancellationToken);
                var tags = await store.ListTagsAsync(document.Job.AutoMLJobArn, TagPageSize, null, cancellationToken) is { } page ? page.Tags : [];
                await _create.CreateAsync(request, key.Account, key.Region, tags, job => job.AutoMLJobArn = document.Job.AutoMLJobArn, cancellationToken);
            }

            document.Phase = AutoMLPhase.Searching;
        }
        catch (ServiceException refusal)
        {
            Fail(document, refusal.Message);
        }

        return true;
    }

    private async ValueTask<bool> WatchAsync(ResourceKey key, AutoMLJobDocument document, CancellationToken cancellationToken)
    {
        if (await _trainingJobs.FindAsync(key.Account, key.Region, document.TrainingJobName, cancellationToken) is not { Document: var training })
        {
            Fail(document, "The training job that searched for candidates was deleted.");
            return true;
        }

        // First whether it has ended, then what it left: in the other order its last words could be missed.
        var hasEnded = training.HasEnded;
        var isChanged = await ReadProgressAsync(document, key.Region, cancellationToken);
        if (!hasEnded)
        {
            if (document.StopRequested && !training.StopRequested)
            {
                await StopAsync(key, document, cancellationToken);
            }

            return isChanged;
        }

        var (progress, failure) = (document.Progress, training.Job.FailureReason);
        var isThrough = progress is { IsComplete: true };
        if (document.StopRequested)
        {
            document.End(AutoMLJobStatus.Stopped, AutoMLJobSecondaryStatus.Stopped, null, clock.GetUtcNow());
        }
        else if (isThrough)
        {
            Complete(document, progress!);
        }
        else if (training.Job.TrainingJobStatus == TrainingJobStatus.Failed && failure?.StartsWith("ClientError", StringComparison.Ordinal) == true)
        {
            Fail(document, failure);
        }
        else if (document.Restarts < MostRestarts)
        {
            document.Restarts++;
            document.Phase = AutoMLPhase.Planned;
        }
        else
        {
            Fail(document, failure ?? "The search for candidates ended without a result.");
        }

        return true;
    }

    private void Complete(AutoMLJobDocument document, AutopilotProgress progress)
    {
        var deploys = document.Job.ModelDeployConfig is { } config && (config.AutoGenerateEndpointName == true || config.EndpointName is not null);
        if (progress.Best is not null && deploys)
        {
            document.Phase = AutoMLPhase.Deploying;
            document.Job.AutoMLJobSecondaryStatus = AutoMLJobSecondaryStatus.DeployingModel;
            return;
        }

        document.End(AutoMLJobStatus.Completed, Secondary(document, progress), null, clock.GetUtcNow());
    }

    private static string Secondary(AutoMLJobDocument document, AutopilotProgress progress) =>
        progress.Best is null ? AutoMLJobSecondaryStatus.CandidateDefinitionsGenerated
        : progress.Mishaps is [var mishap, ..] ? mishap.Status
        : document.Tabular.CompletionCriteria?.MaxCandidates is not null && !progress.EndedByTime ? AutoMLJobSecondaryStatus.MaxCandidatesReached
        : progress.EndedByTime && document.Tabular.CompletionCriteria?.MaxAutoMLJobRuntimeInSeconds is not null ? AutoMLJobSecondaryStatus.MaxAutoMLJobRuntimeReached
        : AutoMLJobSecondaryStatus.Completed;

    private async ValueTask<bool> DeployAsync(ResourceKey key, AutoMLJobDocument document, CancellationToken cancellationToken)
    {
        if (document.StopRequested)
        {
            document.End(AutoMLJobStatus.Stopped, AutoMLJobSecondaryStatus.Stopped, null, clock.GetUtcNow());
            return true;
        }

        string? problem = null;
        try
        {
            var (status, reason) = await _deployment.AdvanceAsync(key, document, cancellationToken);
            if (status == EndpointStatus.InService)
            {
                document.Job.ModelDeployResult = new ModelDeployResult { EndpointName = AutoMLDeployment.NameOf(document) };
                document.End(AutoMLJobStatus.Completed, Secondary(document, document.Progress!), null, clock.GetUtcNow());
                return true;
            }

            if (status != EndpointStatus.Failed)
            {
                return false;
            }

            problem = reason;
        }
        catch (ServiceException refusal)
        {
            problem = refusal.Message;
        }

        // The candidate is as good as it was; only where it is to serve there is trouble.
        document.Job.PartialFailureReasons = [new AutoMLPartialFailureReason { PartialFailureMessage = FailureReason.Cut($"The best candidate could not be deployed: {problem}") }];
        document.End(AutoMLJobStatus.Completed, AutoMLJobSecondaryStatus.ModelDeploymentError, null, clock.GetUtcNow());
        return true;
    }

    private async ValueTask StopAsync(ResourceKey key, AutoMLJobDocument document, CancellationToken cancellationToken)
    {
        try
        {
            await _stop.StopAsync(key.Account, key.Region, document.TrainingJobName, cancellationToken);
        }
        catch (ServiceException)
        {
            // It has just ended by itself.
        }
    }

    /// <summary>Takes over what the training says of itself.</summary>
    private async ValueTask<bool> ReadProgressAsync(AutoMLJobDocument document, string region, CancellationToken cancellationToken)
    {
        var place = document.Products.Below(AutopilotProgress.File);
        if (objects.FindBucket(place.Bucket) is null || objects.FindObject(place.Bucket, place.Key) is not { } info)
        {
            return false;
        }

        var content = new byte[info.Size];
        using (var reader = objects.Open(place.Bucket, place.Key))
        {
            if (reader.Info.Size != info.Size)
            {
                return false;
            }

            await reader.OpenStream(0, info.Size).ReadExactlyAsync(content, cancellationToken);
        }

        // What an earlier job of this name left in the same place is not this one's.
        if (AutopilotProgress.TryRead(content) is not { } progress || progress.Run != document.Id || progress.Version == document.Progress?.Version)
        {
            return false;
        }

        document.Progress = progress;
        var job = document.Job;
        if (!document.StopRequested && !progress.IsComplete)
        {
            job.AutoMLJobSecondaryStatus = progress.Stage;
        }

        if (progress.Problem is { } problem)
        {
            job.ResolvedAttributes = new AutoMLResolvedAttributes
            {
                AutoMLJobObjective = new AutoMLJobObjective { MetricName = progress.Objective! },
                CompletionCriteria = AutoMLTraining.Criteria(document),
                AutoMLProblemTypeResolvedAttributes = new AutoMLProblemTypeResolvedAttributes { TabularResolvedAttributes = new TabularResolvedAttributes { ProblemType = problem } },
            };
        }

        if (progress.DataExplorationNotebook is { } exploration && progress.CandidateDefinitionNotebook is { } definitions)
        {
            job.AutoMLJobArtifacts = new AutoMLJobArtifacts
            {
                DataExplorationNotebookLocation = document.Products.Below(exploration).ToString(),
                CandidateDefinitionNotebookLocation = document.Products.Below(definitions).ToString(),
            };
        }

        job.PartialFailureReasons = progress.Mishaps.Count == 0
            ? null
            : [.. progress.Mishaps.Take(5).Select(mishap => new AutoMLPartialFailureReason { PartialFailureMessage = FailureReason.Cut(mishap.Message) })];
        job.BestCandidate = AutoMLCandidates.Best(progress) is { } best ? AutoMLCandidates.Of(document, progress, best, region) : null;
        return true;
    }

    private void Fail(AutoMLJobDocument document, string reason) =>
        document.End(AutoMLJobStatus.Failed, AutoMLJobSecondaryStatus.Failed, FailureReason.Cut(reason), clock.GetUtcNow());

    // Only a request to stop may have come in between; it stays.
    private async ValueTask SaveAsync(ResourceKey key, AutoMLJobDocument document, CancellationToken cancellationToken) =>
        await _jobs.UpdateAsync(
            key,
            current =>
            {
                if (current.StopRequested && !document.StopRequested)
                {
                    document.StopRequested = true;
                    if (!document.HasEnded)
                    {
                        document.Job.AutoMLJobStatus = AutoMLJobStatus.Stopping;
                        document.Job.AutoMLJobSecondaryStatus = AutoMLJobSecondaryStatus.Stopping;
                    }
                }

                return document;
            },
            cancellationToken);
}
