using System.Net;

namespace Sagebrush.State.Objects;

/// <summary>S3's rules for the names of general purpose buckets.</summary>
public static class BucketName
{
    private const int Shortest = 3;
    private const int Longest = 63;

    private static readonly string[] ReservedStarts = ["xn--", "sthree-"];
    private static readonly string[] ReservedEnds = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

    /// <summary>Whether S3 would let a bucket have this name.</summary>
    public static bool IsValid(string? name) =>
        name is { Length: >= Shortest and <= Longest }
        && char.IsAsciiLetterLower(name[0]) | char.IsAsciiDigit(name[0])
        && char.IsAsciiLetterLower(name[^1]) | char.IsAsciiDigit(name[^1])
        && name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '-' or '.')
        && !name.Contains("..", StringComparison.Ordinal)
        && !(name.Count(letter => letter == '.') == 3 && IPAddress.TryParse(name, out _))
        && !ReservedStarts.Any(start => name.StartsWith(start, StringComparison.Ordinal))
        && !ReservedEnds.Any(end => name.EndsWith(end, StringComparison.Ordinal));

    internal static void Require(string name)
    {
        if (!IsValid(name))
        {
            throw new ObjectStoreException(ObjectStoreError.InvalidBucketName, "The specified bucket is not valid.") { Subject = name };
        }
    }
}
