using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Training.Input;
using Sagebrush.State.Objects;

namespace Sagebrush.Services.Transform;

/// <summary>Where outputs go: below the output path, named as the input is below its prefix, with <c>.out</c> after it.</summary>
internal static class TransformFiles
{
    /// <summary>The place of an input's output.</summary>
    public static S3Location Output(DescribeTransformJobResponse job, ObjectSelection inputs, string input) =>
        S3Location.Parse(job.TransformOutput!.S3OutputPath).Below(Name(inputs, input) + ".out");

    /// <summary>An input's name below its prefix; what comes after the prefix's last slash.</summary>
    public static string Name(ObjectSelection inputs, string input) => input[(inputs.Prefix.LastIndexOf('/') + 1)..];

    /// <summary>What goes with an output.</summary>
    public static ObjectAttributes Attributes(DescribeTransformJobResponse job) =>
        job.TransformOutput!.Accept is { } accept ? ObjectAttributes.None with { ContentType = accept } : ObjectAttributes.None;
}
