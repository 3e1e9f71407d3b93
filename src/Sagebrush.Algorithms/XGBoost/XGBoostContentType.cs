namespace Sagebrush.Algorithms.XGBoost;

/// <summary>The ways training data may be written.</summary>
internal static class XGBoostContentType
{
    public static readonly string[] Supported =
    [
        "text/csv", "text/libsvm", "text/x-libsvm", "csv", "libsvm", "application/x-recordio-protobuf", "recordio-protobuf", "application/x-parquet", "parquet",
    ];

    /// <summary>What a content type says of a channel's rows; libsvm is the default.</summary>
    /// <exception cref="CustomerErrorException">It says nothing that is known.</exception>
    public static XGBoostFormatKind Parse(string? contentType)
    {
        if (string.IsNullOrWhiteSpace(contentType))
        {
            return XGBoostFormatKind.Libsvm;
        }

        var parts = contentType.ToLowerInvariant().Split(';', StringSplitOptions.TrimEntries);
        switch (parts[0])
        {
            case "text/csv" or "csv":
                if (parts.Skip(1).FirstOrDefault(part => part.StartsWith("label_size=", StringComparison.Ordinal)) is { } size && size != "label_size=1")
                {
                    throw new CustomerErrorException(
                        $"{contentType} is not an accepted csv ContentType. Optional parameter label_size must be equal to 1");
                }

                return XGBoostFormatKind.Csv;
            case "text/libsvm" or "text/x-libsvm" or "libsvm":
                return XGBoostFormatKind.Libsvm;
            case "application/x-recordio-protobuf" or "recordio-protobuf":
                return XGBoostFormatKind.RecordIo;
            case "application/x-parquet" or "parquet":
                return XGBoostFormatKind.Parquet;
            default:
                throw new CustomerErrorException($"{contentType} is not an accepted ContentType: {string.Join(", ", Supported)}.");
        }
    }
}
