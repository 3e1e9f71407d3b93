namespace Sagebrush.Wire.Signing;

/// <summary>Writes the opening lines every string to sign has.</summary>
internal static class StringToSign
{
    public static void Append(ref CanonicalBuffer target, ReadOnlySpan<char> algorithm, DateTimeOffset time, ReadOnlySpan<char> scope)
    {
        Span<char> stamp = stackalloc char[AmzDate.Length];
        AmzDate.Write(time, stamp);
        target.Append(algorithm);
        target.Append((byte)'\n');
        target.Append(stamp);
        target.Append((byte)'\n');
        target.Append(scope);
        target.Append((byte)'\n');
    }
}
