namespace Sagebrush.State.Objects;

/// <summary>What keys may be.</summary>
public static class KeyRules
{
    /// <summary>The longest key, in bytes of UTF-8.</summary>
    public const int MaxBytes = KeyBytes.MaxLength;

    /// <summary>Checks a key that is not to be looked up yet.</summary>
    /// <exception cref="ObjectStoreException">It is empty, too long, or no Unicode.</exception>
    public static void Require(string key) => KeyBytes.Of(key);
}
