using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Sagebrush.Contracts.S3;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.S3;

/// <summary>Tags between their wire forms and the store's.</summary>
internal static class TagSets
{
    public const int MostOnObjects = 10;
    public const int MostOnBuckets = 50;

    private const int LongestKey = 128;
    private const int LongestValue = 256;

    public static List<Tag> ToList(IReadOnlyDictionary<string, string> tags) =>
        [.. tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => new Tag { Key = tag.Key, Value = tag.Value })];

    /// <exception cref="ServiceException">There are too many, one is too long, or a key comes twice.</exception>
    public static Dictionary<string, string> Check(IReadOnlyCollection<Tag> tags, int most)
    {
        if (tags.Count > most)
        {
            throw new ServiceException("BadRequest", $"Object tags cannot be greater than {most}");
        }

        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in tags)
        {
            if (tag.Key.Length is 0 or > LongestKey)
            {
                throw new ServiceException(S3Codes.InvalidTag, "The TagKey you have provided is invalid");
            }

            if (tag.Value.Length > LongestValue)
            {
                throw new ServiceException(S3Codes.InvalidTag, "The TagValue you have provided is invalid");
            }

            if (!result.TryAdd(tag.Key, tag.Value))
            {
                throw new ServiceException(S3Codes.InvalidTag, "Cannot provide multiple Tags with the same key");
            }
        }

        return result;
    }

    /// <summary>The tags that a request gives an object: in its head or, where tags are what it is about, in its body. Of a head that is no good there are none.</summary>
    public static IReadOnlyDictionary<string, string> OfRequest(HttpRequest request, IReadOnlyDictionary<string, string> body)
    {
        try
        {
            return Parse(request.Headers["x-amz-tagging"]) ?? body;
        }
        catch (ServiceException)
        {
            return new Dictionary<string, string>(0);
        }
    }

    /// <summary>The tags of an <c>x-amz-tagging</c> header, which are written like a query string.</summary>
    public static Dictionary<string, string>? Parse(string? header) => string.IsNullOrEmpty(header)
        ? null
        : Check(
            [.. QueryHelpers.ParseQuery(header).SelectMany(pair => pair.Value, (pair, value) => new Tag { Key = pair.Key, Value = value ?? "" })],
            MostOnObjects);
}
