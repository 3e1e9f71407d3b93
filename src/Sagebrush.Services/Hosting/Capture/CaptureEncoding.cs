using Sagebrush.Contracts.SageMaker;

namespace Sagebrush.Services.Hosting.Capture;

/// <summary>Which bodies are kept as text: those of the content types that the configuration lists; any other is kept in Base64.</summary>
internal sealed class CaptureEncoding(CaptureContentTypeHeader? header)
{
    public const string Csv = "CSV";
    public const string Json = "JSON";
    public const string Base64 = "BASE64";

    private readonly HashSet<string> _csv = new(header?.CsvContentTypes ?? [], StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _json = new(header?.JsonContentTypes ?? [], StringComparer.OrdinalIgnoreCase);

    /// <summary>The encoding of a body; parameters such as the character set do not count.</summary>
    public string Of(string? contentType)
    {
        var type = contentType is null ? "" : contentType.Split(';')[0].Trim();
        return _csv.Contains(type) ? Csv : _json.Contains(type) ? Json : Base64;
    }
}
