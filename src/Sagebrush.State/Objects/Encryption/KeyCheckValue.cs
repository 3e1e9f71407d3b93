namespace Sagebrush.State.Objects.Encryption;

/// <summary>Tells whether a key is the one that was used before, without giving it away.</summary>
/// <param name="Salt">Random bytes in base64: the same key has another check value each time.</param>
/// <param name="Value">The key's HMAC over the salt, in base64.</param>
public sealed record KeyCheckValue(string Salt, string Value);
