namespace Sagebrush.Algorithms.Formats;

/// <summary>The content types of requests and answers. Results are the constants themselves, so that they compare by reference.</summary>
internal static class InferenceMediaTypes
{
    public const string Csv = "text/csv";
    public const string Libsvm = "text/libsvm";
    public const string Json = "application/json";
    public const string JsonLines = "application/jsonlines";

    /// <summary>The type of a request's body. Without a content type it is libsvm, as in SageMaker's container.</summary>
    /// <exception cref="InferenceInputException">It is not supported (415).</exception>
    public static string Input(string? contentType)
    {
        if (contentType is Csv)
        {
            return Csv;
        }

        var type = Bare(contentType);
        return type switch
        {
            _ when Is(type, Csv) || Is(type, "csv") => Csv,
            _ when type.IsEmpty || Is(type, Libsvm) || Is(type, "text/x-libsvm") || Is(type, "libsvm") => Libsvm,
            _ when Is(type, Json) => Json,
            _ when Is(type, JsonLines) || Is(type, "application/x-jsonlines") => JsonLines,
            _ => throw new InferenceInputException(
                415, $"Content-type {contentType} is not supported. Please use one of {Csv}, {Libsvm}, {Json}, {JsonLines}."),
        };
    }

    /// <summary>The type of the answer: the first acceptable one, CSV when all are.</summary>
    /// <exception cref="InferenceInputException">None is supported (406).</exception>
    public static string Answer(string? accept)
    {
        if (string.IsNullOrEmpty(accept) || accept is "*/*" or Csv)
        {
            return Csv;
        }

        foreach (var range in accept.AsSpan().Split(','))
        {
            var type = Bare(accept.AsSpan()[range]);
            if (Is(type, Csv) || Is(type, "*/*") || Is(type, "text/*"))
            {
                return Csv;
            }

            if (Is(type, Json) || Is(type, "application/*"))
            {
                return Json;
            }

            if (Is(type, JsonLines))
            {
                return JsonLines;
            }
        }

        throw new InferenceInputException(
            406, $"Accept type {accept} is not supported. Please use supported accept types: {Json}, {JsonLines}, {Csv}.");
    }

    private static ReadOnlySpan<char> Bare(ReadOnlySpan<char> type)
    {
        var parameters = type.IndexOf(';');
        return (parameters < 0 ? type : type[..parameters]).Trim();
    }

    private static bool Is(ReadOnlySpan<char> type, string name) => type.Equals(name, StringComparison.OrdinalIgnoreCase);
}
