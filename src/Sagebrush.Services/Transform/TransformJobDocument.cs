using System.Text.Json.Serialization;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Wire.Json;

namespace Sagebrush.Services.Transform;

/// <summary>A transform job as it is stored: what callers see, and what the reconciler must remember.</summary>
internal sealed class TransformJobDocument
{
    /// <summary>The version of this document's form.</summary>
    public int Format { get; set; } = 1;

    /// <summary>Names the job's folder; unlike the job's name it is never used twice.</summary>
    public required string Id { get; init; }

    /// <summary>The job, as DescribeTransformJob tells it.</summary>
    [JsonConverter(typeof(ShapeJsonConverter<DescribeTransformJobResponse>))]
    public required DescribeTransformJobResponse Job { get; init; }

    /// <summary>The model's containers as they were when the job was created.</summary>
    public required IReadOnlyList<ContainerDefinition> Containers { get; init; }

    /// <summary>Whether the job has ended.</summary>
    [JsonIgnore]
    public bool HasEnded => TransformJobs.HasEnded(Job.TransformJobStatus);
}
