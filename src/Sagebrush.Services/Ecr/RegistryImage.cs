using System.Text;
using System.Text.Json;

namespace Sagebrush.Services.Ecr;

/// <summary>An image of this registry, ready to be pulled.</summary>
public sealed record RegistryImage
{
    /// <summary>The account of its repository; 12 digits.</summary>
    public required string Account { get; init; }

    /// <summary>The region of its repository.</summary>
    public required string Region { get; init; }

    /// <summary>Its repository.</summary>
    public required string Repository { get; init; }

    /// <summary>The digest of what the name means, <c>sha256:…</c>: an image's, or an index's of images for several platforms.</summary>
    public required string Digest { get; init; }

    /// <summary>The digest of the image for this machine's platform; the same as <see cref="Digest"/> unless that is an index's.</summary>
    public required string PlatformDigest { get; init; }

    /// <summary>The sizes of the image's layers together, compressed, in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>What the image says about how it is run.</summary>
    public required ImageConfiguration Configuration { get; init; }

    /// <summary>What an engine of this machine pulls, by digest: <c>127.0.0.1:8080/REPOSITORY@sha256:…</c>.</summary>
    public required string PullName { get; init; }

    /// <summary>The user to pull as.</summary>
    public required string UserName { get; init; }

    /// <summary>The user's password; it lasts twelve hours at most.</summary>
    public required string Password { get; init; }

    /// <summary>When the password ends.</summary>
    public required DateTimeOffset PasswordExpires { get; init; }

    /// <summary>The value of <c>X-Registry-Auth</c> for the Docker-compatible API: user and password as JSON in URL-safe base64.</summary>
    public string AuthorizationHeader
    {
        get
        {
            using var json = new MemoryStream();
            using (var writer = new Utf8JsonWriter(json))
            {
                writer.WriteStartObject();
                writer.WriteString("username", UserName);
                writer.WriteString("password", Password);
                writer.WriteString("serveraddress", PullName[..PullName.IndexOf('/', StringComparison.Ordinal)]);
                writer.WriteEndObject();
            }

            return Convert.ToBase64String(json.ToArray()).Replace('+', '-').Replace('/', '_');
        }
    }

    /// <summary>The image as AWS would show it, for messages and descriptions.</summary>
    public override string ToString() => new StringBuilder(Account).Append(".dkr.ecr.").Append(Region).Append(".amazonaws.com/").Append(Repository).Append('@').Append(Digest).ToString();
}
