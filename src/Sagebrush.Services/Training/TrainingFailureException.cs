namespace Sagebrush.Services.Training;

/// <summary>A job cannot go on; the message is its failure reason.</summary>
internal sealed class TrainingFailureException(string reason) : Exception(reason)
{
    /// <summary>The customer gave something wrong.</summary>
    public static TrainingFailureException Client(string message) => new($"ClientError: {message}");

    /// <summary>SageMaker's words for a channel without data.</summary>
    public static TrainingFailureException NoObjects(string uri, S3Location place, string region, string roleArn) => Client(
        $"Data download failed: No S3 objects found under S3 URL \"{uri}\" given in input data source. Please ensure that the bucket exists in the "
        + $"selected region ({region}), that objects exist under that S3 prefix, and that the role \"{roleArn}\" has \"s3:ListBucket\" permissions on bucket \"{place.Bucket}\".");
}
