using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sagebrush.Serving.Tensors;

/// <summary>What answers of tensor models have in common.</summary>
internal static class TensorResponses
{
    public const string Json = "application/json";
    public const string Csv = "text/csv";
    public const string Npy = "application/x-npy";

    public static JsonWriterOptions JsonOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A content type without its parameters, in lower case.</summary>
    public static string Bare(string? type)
    {
        var text = type ?? "";
        var end = text.IndexOf(';', StringComparison.Ordinal);
#pragma warning disable CA1308 // Media types are written in lower case.
        return (end < 0 ? text : text[..end]).Trim().ToLowerInvariant();
#pragma warning restore CA1308
    }

    /// <summary>The first type of an Accept header that can be written; the default when all are welcome.</summary>
    /// <exception cref="ModelInvocationException">None can (406).</exception>
    public static string Answer(string? accept, string standard)
    {
        if (string.IsNullOrWhiteSpace(accept))
        {
            return standard;
        }

        foreach (var part in accept.Split(','))
        {
            switch (Bare(part))
            {
                case "*/*" or "application/*" or "":
                    return standard;
                case Json:
                    return Json;
                case Csv or "text/*":
                    return Csv;
                case Npy:
                    return Npy;
            }
        }

        throw Refused(406, $"Accept type {accept} is not supported. Please use one of {Json}, {Csv}, {Npy}.");
    }

    /// <summary>A refusal in the form both servers have: <c>{"error": "…"}</c>.</summary>
    public static ModelInvocationException Refused(int status, string message) =>
        ModelInvocationException.Refused(status, $"{{\"error\": \"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(message)}\"}}");
}
