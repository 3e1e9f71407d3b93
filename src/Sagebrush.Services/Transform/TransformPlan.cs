using System.Globalization;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Serving.Batch;

namespace Sagebrush.Services.Transform;

/// <summary>What a job's description means for each file.</summary>
internal static class TransformPlan
{
    /// <summary>Most mebibytes of all payloads of an instance at once.</summary>
    public const int MostMebibytes = 100;

    /// <summary>Mebibytes of a payload when a job does not say.</summary>
    public const int DefaultMebibytes = 6;

    private const int DefaultTimeoutSeconds = 600;
    private const int DefaultRetries = 3;

    /// <summary>How the job sends its files through its model.</summary>
    public static BatchOptions Options(DescribeTransformJobResponse job)
    {
        var mebibytes = job.MaxPayloadInMB ?? DefaultMebibytes;
        return new BatchOptions
        {
            Split = job.TransformInput.SplitType switch
            {
                SplitType.Line => RecordSplit.Line,
                SplitType.RecordIO => RecordSplit.RecordIO,
                SplitType.TFRecord => RecordSplit.TFRecord,
                _ => RecordSplit.None,
            },
            SingleRecord = job.BatchStrategy == BatchStrategy.SingleRecord,

            // 0 asks for a stream of any length; here it is one request as long as memory allows.
            LargestPayload = mebibytes == 0 ? Array.MaxLength - 1 : mebibytes * BatchOptions.MiB,
            Concurrency = Concurrency(job, mebibytes),
            AssembleLines = job.TransformOutput!.AssembleWith == AssemblyType.Line,
            ContentType = job.TransformInput.ContentType,
            Accept = job.TransformOutput.Accept,
            RequestTimeout = TimeSpan.FromSeconds(job.ModelClientConfig?.InvocationsTimeoutInSeconds ?? DefaultTimeoutSeconds),
            Retries = job.ModelClientConfig?.InvocationsMaxRetries ?? DefaultRetries,
            Processing = Processing(job),
        };
    }

    /// <summary>Whether records are changed around the model.</summary>
    public static bool ProcessesRecords(DataProcessing? processing, BatchDataCaptureConfig? capture) =>
        capture?.GenerateInferenceId == true
        || (processing is not null
            && ((processing.InputFilter ?? "$") != "$" || (processing.OutputFilter ?? "$") != "$" || processing.JoinSource == JoinSource.Input));

    /// <summary>Which of the formats that can be filtered a content type is; null for none.</summary>
    public static string? Format(string? contentType)
    {
        var type = contentType.AsSpan();
        type = (type.IndexOf(';') is var end and >= 0 ? type[..end] : type).Trim();
        return type switch
        {
            "text/csv" => "text/csv",
            "application/json" => "application/json",
            "application/jsonlines" or "application/x-jsonlines" => "application/jsonlines",
            _ => null,
        };
    }

    /// <summary>One request per processor and instance, as SageMaker's containers ask for, unless the job says otherwise or payloads would be too many.</summary>
    private static int Concurrency(DescribeTransformJobResponse job, int mebibytes) =>
        job.MaxConcurrentTransforms is > 0 and { } asked ? asked
        : mebibytes == 0 ? 1
        : Math.Clamp(MostMebibytes / mebibytes, 1, Environment.ProcessorCount);

    private static RecordProcessing? Processing(DescribeTransformJobResponse job) =>
        !ProcessesRecords(job.DataProcessing, job.DataCaptureConfig)
            ? null
            : new RecordProcessing
            {
                IsJson = Format(job.TransformInput.ContentType) != "text/csv",
                InputFilter = JsonPath.Parse(job.DataProcessing?.InputFilter ?? "$"),
                OutputFilter = JsonPath.Parse(job.DataProcessing?.OutputFilter ?? "$"),
                JoinsInput = job.DataProcessing?.JoinSource == JoinSource.Input,
                InferenceTime = job.DataCaptureConfig?.GenerateInferenceId == true
                    ? job.TransformStartTime!.Value.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)
                    : null,
            };
}
