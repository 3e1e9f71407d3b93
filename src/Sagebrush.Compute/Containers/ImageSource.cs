using System.Text.RegularExpressions;

namespace Sagebrush.Compute.Containers;

/// <summary>Where the image of a job or model is to be had.</summary>
/// <param name="Name">The image as the user names it.</param>
/// <param name="PullName">The name under which it is pulled, when that is another: that of this program's own registry.</param>
/// <param name="Credentials">What the registry asks for; null leaves it to the engine's own log-ins.</param>
/// <param name="IsPlainHttp">Whether the registry speaks HTTP without TLS, as this program does on the loopback address.</param>
public sealed partial record ImageSource(string Name, string? PullName = null, RegistryCredentials? Credentials = null, bool IsPlainHttp = false)
{
    /// <summary>The name the engine knows.</summary>
    public string EngineName => PullName ?? Name;

    /// <summary>Whether the name fixes the image's content, so that one that is there need not be asked for again.</summary>
    public bool IsPinned => EngineName.Contains("@sha256:", StringComparison.Ordinal);

    /// <summary>Whether the name says which registry has it: its first part looks like a host.</summary>
    public bool HasRegistry
    {
        get
        {
            var slash = EngineName.IndexOf('/', StringComparison.Ordinal);
            return slash > 0 && EngineName[..slash] is var host && host != "localhost" && host.AsSpan().ContainsAny('.', ':');
        }
    }

    /// <summary>Whether a text can name an image: <c>[REGISTRY/]REPOSITORY[:TAG][@DIGEST]</c>.</summary>
    public static bool IsValid(string name) => Reference().IsMatch(name);

    [GeneratedRegex(@"^([a-zA-Z0-9][a-zA-Z0-9.-]*(:[0-9]{1,5})?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Reference();

    /// <summary>The name without tag and digest, and the tag or digest.</summary>
    internal (string Repository, string Tag) Split()
    {
        var name = EngineName;
        var digest = name.IndexOf('@', StringComparison.Ordinal);
        if (digest > 0)
        {
            return (name[..digest], name[(digest + 1)..]);
        }

        var colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/') ? (name[..colon], name[(colon + 1)..]) : (name, "latest");
    }
}
