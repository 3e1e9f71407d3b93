using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Sagebrush.Services.Ecr.Access;

/// <summary>The name of an image in some registry: <c>HOST/REPOSITORY:TAG</c> or <c>HOST/REPOSITORY@DIGEST</c>.</summary>
/// <param name="Host">The registry's host, with its port where it has one.</param>
/// <param name="Repository">The repository.</param>
/// <param name="Reference">The digest, else the tag, else <c>latest</c>.</param>
internal sealed partial record ImageName(string Host, string Repository, string Reference)
{
    /// <summary>The longest name of a repository.</summary>
    public const int MaxRepositoryLength = 256;

    /// <summary>Reads a name; false for names without a host and for what is none.</summary>
    public static bool TryParse(string image, [NotNullWhen(true)] out ImageName? name)
    {
        var match = Form().Match(image);
        name = null;
        if (!match.Success || !IsRepository(match.Groups["repository"].Value))
        {
            return false;
        }

        var (digest, tag) = (match.Groups["digest"], match.Groups["tag"]);
        name = new ImageName(match.Groups["host"].Value, match.Groups["repository"].Value, digest.Success ? digest.Value : tag.Success ? tag.Value : "latest");
        return true;
    }

    /// <summary>Whether a text may be a repository's name; what may has no dots or slashes to climb out of a folder with.</summary>
    public static bool IsRepository(string text) => text.Length is >= 2 and <= MaxRepositoryLength && Repositories().IsMatch(text);

    /// <summary>Whether a text may be a tag.</summary>
    public static bool IsTag(string text) => Tags().IsMatch(text);

    [GeneratedRegex(@"^(?<host>[A-Za-z0-9.-]+(:[0-9]+)?|\[[0-9a-fA-F:]+\](:[0-9]+)?)/(?<repository>[a-z0-9._/-]+)(:(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(@(?<digest>sha256:[0-9a-f]{64}))?\z")]
    private static partial Regex Form();

    [GeneratedRegex(@"^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*\z", RegexOptions.NonBacktracking)]
    private static partial Regex Repositories();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\z")]
    private static partial Regex Tags();
}
