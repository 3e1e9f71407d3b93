using Sagebrush.Services.Documents;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Training;

/// <summary>Training jobs as a kind of resource.</summary>
internal static class TrainingJobs
{
    /// <summary>The attribute that tells the state of a job's warm pool.</summary>
    public const string WarmPoolAttribute = "WarmPoolStatus";

    /// <summary>The kind.</summary>
    public static ResourceKind<TrainingJobDocument> Kind { get; } = new("TrainingJob", new JsonDocumentSerializer<TrainingJobDocument>(TrainingJobJson.Default.TrainingJobDocument))
    {
        Status = static document => document.Job.TrainingJobStatus,
        Attributes = static document => document.Job.WarmPoolStatus is { Status: { } status } ? [ResourceAttribute.Of(WarmPoolAttribute, status)] : [],
    };
}
