namespace Sagebrush.Services.Ecr;

/// <summary>What the registry needs to know of the program around it.</summary>
public sealed record RegistryOptions
{
    /// <summary>Where images' bytes are kept.</summary>
    public required string Folder { get; init; }

    /// <summary>The address clients reach the registry at, such as <c>http://127.0.0.1:8080</c>.</summary>
    public required Func<string> PublicUrl { get; init; }

    /// <summary>The address programs of this machine reach it at.</summary>
    public required Func<string> LocalUrl { get; init; }

    /// <summary>Whether a push to a repository that is not there makes it, if the pusher may. At AWS it does not.</summary>
    public bool CreatesRepositoriesOnPush { get; init; }

    /// <summary>How long bytes stay that no image refers to: a push may be under way that counts on them.</summary>
    public TimeSpan LayerGrace { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long an upload stays that nobody goes on with.</summary>
    public TimeSpan UploadGrace { get; init; } = TimeSpan.FromDays(7);
}
