namespace Sagebrush.Services.Ecr.Access;

/// <summary>A password for the registry.</summary>
/// <param name="Password">The password; the user's name is always <see cref="User"/>.</param>
/// <param name="Expires">When it ends.</param>
internal sealed record RegistryToken(string Password, DateTimeOffset Expires)
{
    /// <summary>The user's name that goes with every password.</summary>
    public const string User = "AWS";
}
