using Sagebrush.Compute.Capacity;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Serving.Batch;

namespace Sagebrush.Services.Transform;

/// <summary>What a request for a transform job must obey beyond the model's constraints.</summary>
internal static class TransformJobRules
{
    /// <summary>Checks a request.</summary>
    /// <exception cref="Wire.Dispatch.ServiceException">Something is wrong.</exception>
    public static void Check(CreateTransformJobRequest request)
    {
        CheckS3(request.TransformInput.DataSource.S3DataSource.S3Uri, "TransformInput.DataSource.S3DataSource.S3Uri");
        CheckS3(request.TransformOutput.S3OutputPath, "TransformOutput.S3OutputPath");
        if (request.DataCaptureConfig is { } capture)
        {
            CheckS3(capture.DestinationS3Uri, "DataCaptureConfig.DestinationS3Uri");
        }

        var source = request.TransformInput.DataSource.S3DataSource;
        if (source.S3DataType == S3DataType.AugmentedManifestFile)
        {
            throw Refusals.Validation("TransformInput.DataSource.S3DataSource.S3DataType: AugmentedManifestFile is not supported by transform jobs; use ManifestFile or S3Prefix.");
        }

        if (!InstanceCatalogue.TryGet(request.TransformResources.InstanceType, out _))
        {
            throw Refusals.Validation($"TransformResources.InstanceType: '{request.TransformResources.InstanceType}' is not an instance type of the catalogue.");
        }

        CheckPayloads(request);
        CheckProcessing(request);
    }

    private static void CheckPayloads(CreateTransformJobRequest request)
    {
        var mebibytes = request.MaxPayloadInMB ?? TransformPlan.DefaultMebibytes;
        if (mebibytes > TransformPlan.MostMebibytes || (request.MaxConcurrentTransforms is { } concurrent && (long)concurrent * mebibytes > TransformPlan.MostMebibytes))
        {
            throw Refusals.Validation(
                $"MaxConcurrentTransforms * MaxPayloadInMB must not exceed {TransformPlan.MostMebibytes} MB, nor must MaxPayloadInMB alone: they are " +
                $"{request.MaxConcurrentTransforms ?? 1} and {mebibytes}.");
        }

        var split = request.TransformInput.SplitType ?? SplitType.None;
        if (request.BatchStrategy == BatchStrategy.SingleRecord && split == SplitType.None)
        {
            throw Refusals.Validation("BatchStrategy SingleRecord needs TransformInput.SplitType Line, RecordIO or TFRecord.");
        }
    }

    private static void CheckProcessing(CreateTransformJobRequest request)
    {
        var processing = request.DataProcessing;
        CheckPath(processing?.InputFilter, "DataProcessing.InputFilter");
        CheckPath(processing?.OutputFilter, "DataProcessing.OutputFilter");
        if (!TransformPlan.ProcessesRecords(processing, request.DataCaptureConfig))
        {
            return;
        }

        var (input, output) = (TransformPlan.Format(request.TransformInput.ContentType), TransformPlan.Format(request.TransformOutput.Accept));
        if (input is null || input != output)
        {
            throw Refusals.Validation(
                "With DataProcessing or GenerateInferenceId, TransformInput.ContentType and TransformOutput.Accept must both be text/csv, " +
                "application/json or application/jsonlines, and agree.");
        }

        if ((request.TransformInput.SplitType ?? SplitType.None) != (request.TransformOutput.AssembleWith ?? AssemblyType.None)
            || request.TransformInput.SplitType is SplitType.RecordIO or SplitType.TFRecord)
        {
            throw Refusals.Validation(
                "With DataProcessing or GenerateInferenceId, TransformInput.SplitType and TransformOutput.AssembleWith must agree, and be Line or None.");
        }

        if (input == "text/csv" && request.TransformInput.SplitType != SplitType.Line)
        {
            throw Refusals.Validation("DataProcessing of text/csv needs TransformInput.SplitType and TransformOutput.AssembleWith Line.");
        }
    }

    private static void CheckPath(string? path, string member)
    {
        try
        {
            _ = JsonPath.Parse(path ?? "$");
        }
        catch (FormatException error)
        {
            throw Refusals.Validation($"{member}: {error.Message}");
        }
    }

    private static void CheckS3(string url, string member)
    {
        if (!S3Location.TryParse(url, out _))
        {
            throw Refusals.Validation($"{member}: '{url}' is not a place in S3, such as s3://bucket/prefix.");
        }
    }
}
