using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.S3.Browsers;

/// <summary>The fields of a form up to its file, which comes last.</summary>
internal sealed class FormFields
{
    private const int LargestFields = 20 * 1024;
    private const int LongestBoundary = 256;

    private readonly Dictionary<string, string> _fields = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The fields by name, in whatever case.</summary>
    public IReadOnlyDictionary<string, string> All => _fields;

    /// <summary>The name of the file on the user's machine.</summary>
    public string FileName { get; private set; } = "";

    /// <summary>The bytes of the file.</summary>
    public required Stream File { get; set; }

    /// <summary>A field; null where it is not there.</summary>
    public string? this[string name] => _fields.GetValueOrDefault(name);

    /// <exception cref="ServiceException">It is no form, or one without a file.</exception>
    public static async Task<FormFields> ReadAsync(Stream body, string contentType, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type)
            || HeaderUtilities.RemoveQuotes(type.Boundary) is not { Length: > 0 and <= LongestBoundary } boundary)
        {
            throw Malformed();
        }

        var reader = new MultipartReader(boundary.ToString(), body);
        var form = new FormFields { File = Stream.Null };
        var left = LargestFields;
        try
        {
            while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
            {
                if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) || disposition.Name.Length == 0)
                {
                    throw Malformed();
                }

                var name = HeaderUtilities.RemoveQuotes(disposition.Name).ToString();
                if (name.Equals("file", StringComparison.OrdinalIgnoreCase))
                {
                    form.FileName = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.Length > 0 ? disposition.FileNameStar : disposition.FileName).ToString();
                    form.File = section.Body;
                    return form;
                }

                var value = await ReadValueAsync(section.Body, left, cancellationToken);
                left -= value.Length;
                form._fields[name] = value;
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            throw Malformed();
        }

        throw new ServiceException(
            S3Codes.InvalidArgument,
            "POST requires exactly one file upload per request.",
            400,
            new Dictionary<string, string> { ["ArgumentName"] = "file", ["ArgumentValue"] = "0" });
    }

    private static async Task<string> ReadValueAsync(Stream body, int most, CancellationToken cancellationToken)
    {
        var buffer = new byte[most + 1];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length <= most
            ? Encoding.UTF8.GetString(buffer, 0, length)
            : throw new ServiceException("MaxPostPreDataLengthExceeded", "Your POST request fields preceding the upload file were too large.");
    }

    private static ServiceException Malformed() =>
        new("MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data.");
}
