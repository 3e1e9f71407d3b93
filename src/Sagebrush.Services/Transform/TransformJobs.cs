using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Documents;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Transform;

/// <summary>Transform jobs as a kind of resource.</summary>
internal static class TransformJobs
{
    /// <summary>The kind.</summary>
    public static ResourceKind<TransformJobDocument> Kind { get; } =
        new("TransformJob", new JsonDocumentSerializer<TransformJobDocument>(TransformJobJson.Default.TransformJobDocument))
        {
            Status = static document => document.Job.TransformJobStatus,
        };

    /// <summary>Whether nothing happens to a job of this status any more.</summary>
    public static bool HasEnded(string status) =>
        status is TransformJobStatus.Completed or TransformJobStatus.Failed or TransformJobStatus.Stopped;
}
