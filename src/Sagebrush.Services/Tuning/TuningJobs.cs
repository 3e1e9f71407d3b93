using Sagebrush.Services.Documents;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Tuning;

/// <summary>Tuning jobs as a kind of resource.</summary>
internal static class TuningJobs
{
    /// <summary>The kind.</summary>
    public static ResourceKind<TuningJobDocument> Kind { get; } =
        new("HyperParameterTuningJob", new JsonDocumentSerializer<TuningJobDocument>(TuningJson.Default.TuningJobDocument))
        {
            Status = static document => document.Job.HyperParameterTuningJobStatus,
        };
}
