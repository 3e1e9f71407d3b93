using System.Globalization;

namespace Sagebrush.State.Objects;

/// <summary>The ids of versions: <see cref="Null"/>, or a name that grows with time.</summary>
public static class ObjectVersionId
{
    /// <summary>The version of what was stored while its bucket did not keep versions.</summary>
    public const string Null = "null";

    private const int Digits = 16;

    /// <summary>Whether a version could have this id.</summary>
    public static bool IsValid(string version) => version == Null || TryParse(version, out _);

    internal static string Of(long row) => row.ToString("x16", CultureInfo.InvariantCulture);

    internal static bool TryParse(string version, out long row)
    {
        row = 0;
        return version.Length == Digits
            && !version.AsSpan().ContainsAnyInRange('A', 'F')
            && long.TryParse(version, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out row);
    }
}
