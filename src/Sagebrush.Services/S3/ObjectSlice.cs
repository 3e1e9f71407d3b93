using System.Globalization;
using Microsoft.AspNetCore.Http;
using Sagebrush.State.Objects;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.S3;

/// <summary>The bytes of an object that an answer carries.</summary>
/// <param name="Offset">The first.</param>
/// <param name="Length">How many.</param>
/// <param name="IsPartial">Whether the client asked for less than everything, so that the status is 206.</param>
/// <param name="PartsCount">The object's number of parts, when the client asked for one of them.</param>
/// <param name="PartChecksum">The checksum of the part the client asked for, by the object's algorithm.</param>
internal readonly record struct ObjectSlice(long Offset, long Length, bool IsPartial, int? PartsCount = null, string? PartChecksum = null)
{
    private const string Unit = "bytes=";

    /// <summary>Chooses by the <c>Range</c> header or the <c>partNumber</c> parameter.</summary>
    /// <param name="info">The object.</param>
    /// <param name="range">The header, if any.</param>
    /// <param name="partNumber">The parameter, if any.</param>
    /// <param name="parts">Finds the object's parts.</param>
    /// <exception cref="ServiceException">The range begins behind the end, or there is no such part.</exception>
    public static ObjectSlice Choose(ObjectInfo info, string? range, int? partNumber, Func<IReadOnlyList<PartInfo>> parts)
    {
        if (partNumber is { } number)
        {
            return range is null
                ? OfPart(info, number, parts)
                : throw new ServiceException(S3Codes.InvalidRequest, "Cannot specify both Range header and partNumber query parameter");
        }

        return OfRange(info.Size, range) is { } slice ? slice : new(0, info.Size, false);
    }

    /// <summary>The bytes of a copy-source range, which must be <c>bytes=first-last</c> and lie within the object.</summary>
    public static ObjectSlice OfCopyRange(ObjectInfo info, string? range)
    {
        if (range is null)
        {
            return new(0, info.Size, false);
        }

        if (!TryParse(range, out var first, out var last) || first is null || last is null || first > last)
        {
            throw new ServiceException(
                S3Codes.InvalidArgument,
                "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy");
        }

        return last < info.Size
            ? new(first.Value, last.Value - first.Value + 1, true)
            : throw new ServiceException(
                S3Codes.InvalidArgument,
                string.Create(CultureInfo.InvariantCulture, $"Range specified is not valid for source object of size: {info.Size}"));
    }

    private static ObjectSlice OfPart(ObjectInfo info, int number, Func<IReadOnlyList<PartInfo>> parts)
    {
        if (info.PartCount == 0 && number == 1)
        {
            return new(0, info.Size, info.Size > 0);
        }

        if (number < 1 || number > info.PartCount)
        {
            throw new ServiceException(
                S3Codes.InvalidPartNumber, "The requested partnumber is not satisfiable", StatusCodes.Status416RangeNotSatisfiable);
        }

        var all = parts();
        var offset = all.Take(number - 1).Sum(part => part.Size);
        return new(offset, all[number - 1].Size, info.Size > 0, info.PartCount, all[number - 1].Checksum.Value);
    }

    /// <remarks>A range that is malformed or lists several is ignored, as HTTP allows and S3 does.</remarks>
    private static ObjectSlice? OfRange(long size, string? range)
    {
        if (range is null || !TryParse(range, out var first, out var last) || (first is not null && last < first))
        {
            return null;
        }

        var start = first ?? Math.Max(0, size - last!.Value);
        var end = first is null ? size - 1 : Math.Min(last ?? long.MaxValue, size - 1);
        return start <= end
            ? new(start, end - start + 1, true)
            : throw new ServiceException(
                S3Codes.InvalidRange,
                "The requested range is not satisfiable",
                StatusCodes.Status416RangeNotSatisfiable,
                new Dictionary<string, string>
                {
                    ["RangeRequested"] = range,
                    ["ActualObjectSize"] = size.ToString(CultureInfo.InvariantCulture),
                })
            {
                Headers = new Dictionary<string, string> { ["Content-Range"] = string.Create(CultureInfo.InvariantCulture, $"bytes */{size}") },
            };
    }

    private static bool TryParse(string range, out long? first, out long? last)
    {
        (first, last) = (null, null);
        if (!range.StartsWith(Unit, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var text = range.AsSpan(Unit.Length).Trim();
        var dash = text.IndexOf('-');
        return dash >= 0
            && TryParse(text[..dash], out first)
            && TryParse(text[(dash + 1)..], out last)
            && (first ?? last) is not null;
    }

    private static bool TryParse(ReadOnlySpan<char> text, out long? value)
    {
        value = null;
        text = text.Trim();
        if (text.IsEmpty)
        {
            return true;
        }

        if (text.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        // A number of more digits than a long has is as good as the largest.
        value = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : long.MaxValue;
        return true;
    }
}
