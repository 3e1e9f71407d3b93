using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Objects;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Hosting.Models;

/// <summary>Where a container's model is: an archive, one file, or files below a prefix.</summary>
/// <param name="Url">The place in S3.</param>
/// <param name="IsArchive">Whether it is a <c>tar.gz</c> to be unpacked; else it is brought as it is.</param>
/// <param name="IsPrefix">Whether all that begins with the URL is meant.</param>
internal readonly record struct ModelData(string Url, bool IsArchive, bool IsPrefix)
{
    /// <summary>The model of a container; null when it has none.</summary>
    public static ModelData? Of(ContainerDefinition container) =>
        container.ModelDataSource?.S3DataSource is { } source
            ? new ModelData(source.S3Uri, source.CompressionType == ModelCompressionType.Gzip, source.S3DataType == S3ModelDataType.S3Prefix)
            : string.IsNullOrEmpty(container.ModelDataUrl) ? null : new ModelData(container.ModelDataUrl, true, false);

    /// <summary>Looks whether a container's model can be what it says and is there.</summary>
    /// <exception cref="ServiceException">It cannot, or is not.</exception>
    public static void Check(ContainerDefinition container, IObjectStore objects)
    {
        if (container.AdditionalModelDataSources is { Count: > 0 })
        {
            throw HostingErrors.Unsupported(nameof(container.AdditionalModelDataSources));
        }

        if (container.ModelDataSource is { } both && !string.IsNullOrEmpty(container.ModelDataUrl))
        {
            throw HostingErrors.Validation("You cannot provide both ModelDataUrl and ModelDataSource.");
        }

        if (container.ModelDataSource is { S3DataSource: null })
        {
            throw HostingErrors.Validation("ModelDataSource needs an S3DataSource.");
        }

        if (container.Mode == ContainerMode.MultiModel)
        {
            CheckMultiModel(container, objects);
        }
        else if (Of(container) is { } data)
        {
            data.Check(objects);
        }
    }

    private static void CheckMultiModel(ContainerDefinition container, IObjectStore objects)
    {
        if (!S3Location.TryParse(container.ModelDataUrl, out var prefix) || objects.FindBucket(prefix.Bucket) is null)
        {
            throw HostingErrors.Validation(
                $"A container in Mode MultiModel needs a ModelDataUrl that is an S3 prefix in a bucket that exists, not \"{container.ModelDataUrl}\".");
        }
    }

    private void Check(IObjectStore objects)
    {
        if (IsPrefix && IsArchive)
        {
            throw HostingErrors.Validation("S3DataType S3Prefix goes with CompressionType None: an archive is one S3Object.");
        }

        if (IsPrefix && !Url.EndsWith('/'))
        {
            throw HostingErrors.Validation($"S3Uri \"{Url}\" of S3DataType S3Prefix must end with a slash.");
        }

        if (!S3Location.TryParse(Url, out var location) || objects.FindBucket(location.Bucket) is null || !IsThere(objects, location))
        {
            throw HostingErrors.Validation($"Could not find model data at {Url}.");
        }
    }

    private bool IsThere(IObjectStore objects, S3Location location) => IsPrefix
        ? objects.List(new ListObjectsQuery { Bucket = location.Bucket, Prefix = location.Key, Limit = 1 }).Objects.Count > 0
        : location.Key.Length > 0 && objects.FindObject(location.Bucket, location.Key) is not null;
}
