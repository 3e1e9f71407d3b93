namespace Sagebrush.Algorithms.XGBoost;

/// <summary>The ways training data may be written.</summary>
internal static class XGBoostContentType
{
    public static readonly string[] Supported = ["text/csv", "text/libsvm", "text/x-libsvm", "csv", "libsvm"];

    /// <summary>Whether a channel holds CSV; otherwise it holds libsvm, which is also the default.</summary>
    /// <exception cref="CustomerErrorException">It holds neither.</exception>
    public static bool IsCsv(string? contentType)
    {
        if (string.IsNullOrWhiteSpace(contentType))
        {
            return false;
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

                return true;
            case "text/libsvm" or "text/x-libsvm" or "libsvm":
                return false;
            default:
                throw new CustomerErrorException($"{contentType} is not an accepted ContentType: {string.Join(", ", Supported)}.");
        }
    }
}
