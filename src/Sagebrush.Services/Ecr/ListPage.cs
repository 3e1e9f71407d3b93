using System.Buffers.Text;
using System.Text;

using Sagebrush.Contracts.Ecr;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Ecr;

/// <summary>A page of a list that is sorted by a text of each item.</summary>
/// <param name="Items">The items.</param>
/// <param name="NextToken">What the next page begins behind; null on the last one.</param>
internal sealed record ListPage<T>(IReadOnlyList<T> Items, string? NextToken);

/// <summary>Cuts pages out of sorted lists. The token holds where the page before ended, so nothing is repeated or skipped.</summary>
internal static class ListPage
{
    /// <exception cref="ServiceException"><c>InvalidParameterException</c>: the token is none.</exception>
    public static ListPage<T> Of<T>(IEnumerable<T> sorted, Func<T, string> keyOf, int size, string? token)
    {
        var after = token is null ? null : Read(token);
        var items = sorted.Where(item => after is null || string.CompareOrdinal(keyOf(item), after) > 0).Take(size + 1).ToList();
        if (items.Count <= size)
        {
            return new ListPage<T>(items, null);
        }

        items.RemoveAt(size);
        return new ListPage<T>(items, Base64Url.EncodeToString(Encoding.UTF8.GetBytes(keyOf(items[^1]))));
    }

    private static string Read(string token) => Base64Url.IsValid(token)
        ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token))
        : throw EcrErrors.InvalidParameterException("Invalid parameter at 'nextToken' failed to satisfy constraint: 'Invalid token'");
}
