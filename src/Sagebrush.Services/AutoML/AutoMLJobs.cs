using Sagebrush.Services.Documents;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.AutoML;

/// <summary>AutoML jobs as a kind of resource.</summary>
internal static class AutoMLJobs
{
    /// <summary>The kind.</summary>
    public static ResourceKind<AutoMLJobDocument> Kind { get; } =
        new("AutoMLJob", new JsonDocumentSerializer<AutoMLJobDocument>(AutoMLJson.Default.AutoMLJobDocument))
        {
            Status = static document => document.Job.AutoMLJobStatus,
        };
}
