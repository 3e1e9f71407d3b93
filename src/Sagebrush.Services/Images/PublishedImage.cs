using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Sagebrush.Services.Images;

/// <summary>
/// The name of an image that AWS publishes for SageMaker: <c>ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY:TAG</c>, of an account that is AWS's. Such names are
/// known here and stand for programs of this machine: nothing is downloaded.
/// </summary>
/// <param name="Account">The account.</param>
/// <param name="Region">The region.</param>
/// <param name="Repository">The repository, such as <c>pytorch-training</c>.</param>
/// <param name="Tag">The tag; <c>latest</c> when there is none.</param>
internal sealed partial record PublishedImage(string Account, string Region, string Repository, string Tag)
{
    private static readonly FrozenDictionary<string, FrozenSet<string>> Accounts = Load();

    /// <summary>Reads a name; null when it is not one of AWS's, though its repository may be called the same.</summary>
    public static PublishedImage? TryParse(string image)
    {
        var match = Name().Match(image);
        if (!match.Success || !Accounts.TryGetValue(match.Groups["repository"].Value, out var accounts) || !accounts.Contains(match.Groups["account"].Value))
        {
            return null;
        }

        var tag = match.Groups["tag"];
        return new(match.Groups["account"].Value, match.Groups["region"].Value, match.Groups["repository"].Value, tag.Success ? tag.Value : "latest");
    }

    private static FrozenDictionary<string, FrozenSet<string>> Load()
    {
        using var reader = new StreamReader(typeof(PublishedImage).Assembly.GetManifestResourceStream("published-images.txt")!);
        Dictionary<string, FrozenSet<string>> accounts = new(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#') && line.Split(':') is [var repositories, var holders])
            {
                var set = holders.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
                foreach (var repository in repositories.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    accounts[repository] = set;
                }
            }
        }

        return accounts.ToFrozenDictionary(StringComparer.Ordinal);
    }

    [GeneratedRegex(@"^(?<account>\d{12})\.dkr\.ecr(-fips)?\.(?<region>[a-z0-9-]+)\.[a-z0-9.-]+/(?<repository>[a-z0-9._/-]+?)(:(?<tag>[\w][\w.-]{0,127}))?(@sha256:[0-9a-f]{64})?$")]
    private static partial Regex Name();
}
