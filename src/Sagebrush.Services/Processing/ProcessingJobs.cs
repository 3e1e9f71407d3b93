using Sagebrush.Services.Documents;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Processing;

/// <summary>Processing jobs as a kind of resource.</summary>
internal static class ProcessingJobs
{
    /// <summary>The kind.</summary>
    public static ResourceKind<ProcessingJobDocument> Kind { get; } =
        new("ProcessingJob", new JsonDocumentSerializer<ProcessingJobDocument>(ProcessingJson.Default.ProcessingJobDocument))
        {
            Status = static document => document.Job.ProcessingJobStatus,
        };
}
