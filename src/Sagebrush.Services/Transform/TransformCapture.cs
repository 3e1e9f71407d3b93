using System.Globalization;
using System.Text.Json;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Training.Input;
using Sagebrush.State.Objects;

namespace Sagebrush.Services.Transform;

/// <summary>Data capture of a transform job: manifests of what went in and what came out, for Model Monitor to read.</summary>
/// <remarks>As the Developer Guide has it: <c>DESTINATION/input/yyyy/mm/dd/hh/ID.json</c> and <c>DESTINATION/output/…</c>, by the job's start.</remarks>
internal static class TransformCapture
{
    public static async Task WriteAsync(IObjectStore objects, DescribeTransformJobResponse job, ObjectSelection inputs, CancellationToken cancellationToken)
    {
        if (job.DataCaptureConfig is not { } capture)
        {
            return;
        }

        var hour = job.TransformStartTime!.Value.UtcDateTime.ToString("yyyy/MM/dd/HH", CultureInfo.InvariantCulture);
        var destination = S3Location.Parse(capture.DestinationS3Uri);
        var folder = new S3Location(inputs.Bucket, inputs.Prefix[..(inputs.Prefix.LastIndexOf('/') + 1)]);
        var names = inputs.Keys!.Select(input => TransformFiles.Name(inputs, input)).ToList();
        await PutAsync($"input/{hour}", folder.ToString(), names);
        await PutAsync($"output/{hour}", S3Location.Parse(job.TransformOutput!.S3OutputPath).Below("").ToString(), names.Select(name => name + ".out"));

        async Task PutAsync(string path, string prefix, IEnumerable<string> files)
        {
            List<object> manifest = [new Dictionary<string, string> { ["prefix"] = prefix.EndsWith('/') ? prefix : prefix + "/" }, .. files];
            using var bytes = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(manifest, TransformJobJson.Default.ListObject));
            using var content = await objects.WriteAsync(bytes, new ContentOptions(), cancellationToken);
            var place = destination.Below($"{path}/{job.TransformJobName}.json");
            await objects.PutAsync(new ObjectTarget { Bucket = place.Bucket, Key = place.Key }, content, cancellationToken);
        }
    }
}
