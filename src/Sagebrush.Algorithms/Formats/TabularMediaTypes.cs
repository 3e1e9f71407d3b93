namespace Sagebrush.Algorithms.Formats;

/// <summary>The content types of SageMaker's own tabular algorithms.</summary>
internal static class TabularMediaTypes
{
    public const string RecordIo = "application/x-recordio-protobuf";

    /// <summary>What training channels may have.</summary>
    public static IReadOnlyList<string> Training { get; } = [RecordIo, InferenceMediaTypes.Csv];

    private static readonly string[] Known = [InferenceMediaTypes.Csv, InferenceMediaTypes.Json, InferenceMediaTypes.JsonLines, RecordIo];

    /// <summary>The type of a request's body; RecordIO when it names none.</summary>
    /// <exception cref="InferenceInputException">It is not supported (415).</exception>
    public static string Input(string? contentType)
    {
        var type = Bare(contentType ?? "");
        return type.Length == 0 ? RecordIo : Find(type) ?? throw new InferenceInputException(
            415, $"Content-type {contentType} is not supported. Please use one of {string.Join(", ", Known)}.");
    }

    /// <summary>The type of the answer: the first acceptable one, JSON when all are.</summary>
    /// <exception cref="InferenceInputException">None is supported (406).</exception>
    public static string Answer(string? accept)
    {
        if (string.IsNullOrWhiteSpace(accept))
        {
            return InferenceMediaTypes.Json;
        }

        foreach (var part in accept.Split(','))
        {
            var type = Bare(part);
            if (type is "*/*" or "application/*")
            {
                return InferenceMediaTypes.Json;
            }

            if (type is "text/*")
            {
                return InferenceMediaTypes.Csv;
            }

            if (Find(type) is { } known)
            {
                return known;
            }
        }

        throw new InferenceInputException(406, $"Accept type {accept} is not supported. Please use one of {string.Join(", ", Known)}.");
    }

    /// <summary>The type of a training channel, and the columns of labels that it names.</summary>
    /// <exception cref="CustomerErrorException">It is not supported.</exception>
    public static (string Type, int? LabelSize) Channel(ChannelConfiguration channel)
    {
        var parts = (channel.ContentType ?? RecordIo).Split(';', StringSplitOptions.TrimEntries);
        var type = Find(parts[0].ToLowerInvariant());
        if (type is not (RecordIo or InferenceMediaTypes.Csv))
        {
            throw new CustomerErrorException(
                $"The {channel.Name} channel has the content type '{channel.ContentType}'; supported are {string.Join(" and ", Training)}.");
        }

        foreach (var part in parts.Skip(1))
        {
            var value = part.Split('=', 2, StringSplitOptions.TrimEntries);
            if (value[0].Equals("label_size", StringComparison.OrdinalIgnoreCase))
            {
                return value.Length == 2 && value[1] is "0" or "1"
                    ? (type, value[1][0] - '0')
                    : throw new CustomerErrorException($"The {channel.Name} channel has the content type '{channel.ContentType}'; label_size is 0 or 1.");
            }
        }

        return (type, null);
    }

    private static string Bare(string type) => type.Split(';')[0].Trim().ToLowerInvariant();

    private static string? Find(string type) => type is "application/x-jsonlines" ? InferenceMediaTypes.JsonLines : Known.FirstOrDefault(known => known == type);
}
