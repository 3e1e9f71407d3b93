using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services;

/// <summary>Deletes jobs, of whatever kind, that have ended.</summary>
internal static class EndedJobs
{
    /// <summary>Deletes a job.</summary>
    /// <param name="jobs">The jobs of its kind.</param>
    /// <param name="key">The job.</param>
    /// <param name="kind">The kind in words, for the refusal.</param>
    /// <param name="running">The job's status while it has not ended; null when it has.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether there was such a job.</returns>
    /// <exception cref="ServiceException">It has not ended.</exception>
    public static async ValueTask<bool> DeleteEndedAsync<TDocument>(
        this ResourceSet<TDocument> jobs, ResourceKey key, string kind, Func<TDocument, string?> running, CancellationToken cancellationToken)
        where TDocument : class
    {
        while (await jobs.FindAsync(key, cancellationToken) is { } stored)
        {
            if (running(stored.Document) is { } status)
            {
                throw SageMakerErrors.ResourceInUse($"The {kind} {stored.Arn} is in status {status}. Stop it before deleting it.");
            }

            if (await jobs.DeleteAsync(stored.Key, stored.Version, cancellationToken))
            {
                return true;
            }
        }

        return false;
    }
}
