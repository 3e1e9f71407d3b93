using Microsoft.Extensions.Logging;

using Sagebrush.Services.Ecr.Storage;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Ecr.Lifecycle;

/// <summary>Carries out the lifecycle policies of all repositories.</summary>
internal sealed partial class LifecycleRun(Repositories repositories, ImageStore images, TimeProvider clock, ILogger<LifecycleRun> logger)
{
    /// <summary>Looks at every repository once.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var repository in repositories.ScanAsync(cancellationToken))
        {
            if (repository.Document.LifecyclePolicy is { } policy)
            {
                await RunAsync(repository, LifecyclePolicy.Parse(policy), cancellationToken);
            }
        }
    }

    private async Task RunAsync(Stored<RepositoryDocument> repository, LifecyclePolicy policy, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var plan = LifecyclePlan.Make(policy, await images.ListAsync(repository, cancellationToken), now);

        // Indexes first: they hold on to their images.
        foreach (var (image, priority) in plan.OrderByDescending(one => one.Image.Document.Images.Count))
        {
            if (await images.DeleteAsync(repository, image.Document.Digest, cancellationToken) is { Holders: [] })
            {
                LogExpired(repository.Key.Name, image.Document.Digest, priority);
            }
        }

        await repositories.TryUpdateAsync(repository.Key, document => document with { LifecycleEvaluated = now }, cancellationToken);
    }

    [LoggerMessage(EventId = 3402, Level = LogLevel.Information, Message = "Image {Repository}@{Digest} expired by rule {Priority} of the repository's lifecycle policy")]
    private partial void LogExpired(string repository, string digest, int priority);
}
