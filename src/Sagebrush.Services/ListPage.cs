using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Sagebrush.Services;

/// <summary>Cuts lists that are held in memory into pages.</summary>
internal static class ListPage
{
    /// <summary>The page that a token asks for.</summary>
    /// <param name="all">The whole list, in its order.</param>
    /// <param name="list">Names the list, its order and filters: a token of another is refused.</param>
    /// <param name="size">Most items on a page.</param>
    /// <param name="token">The token; null for the first page.</param>
    /// <exception cref="Wire.Dispatch.ServiceException">The token is not of this list.</exception>
    public static PageOfList<T> Of<T>(List<T> all, string list, int size, string? token)
    {
        var start = Math.Min(all.Count, token is null ? 0 : Read(token, list));
        var end = Math.Min(all.Count, start + size);
        return new(
            all[start..end],
            end < all.Count ? Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{list}|{end}"))) : null);
    }

    private static int Read(string token, string list)
    {
        if (!Base64Url.IsValid(token))
        {
            throw Refusals.InvalidToken();
        }

        var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token));
        return text.StartsWith(list + "|", StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(list.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var start)
            ? start
            : throw Refusals.InvalidToken();
    }
}
