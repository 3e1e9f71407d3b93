using System.Buffers;

namespace Sagebrush.Wire.Signing;

/// <summary>Reads one line of aws-chunked framing.</summary>
internal static class ChunkLine
{
    /// <summary>Copies the next line, without its end, into <paramref name="target"/>, whose length is the limit.</summary>
    /// <returns>Whether a whole line was there.</returns>
    /// <exception cref="PayloadException">The line is longer than the limit.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> rest, Span<byte> target, PayloadError tooLong, out int length)
    {
        length = 0;
        var end = rest.PositionOf((byte)'\n');
        var line = end is null ? rest : rest.Slice(0, end.Value);
        if (line.Length > target.Length)
        {
            throw new PayloadException(tooLong, "A line of it is too long.");
        }

        if (end is null)
        {
            return false;
        }

        line.CopyTo(target);
        length = (int)line.Length;
        if (length > 0 && target[length - 1] == '\r')
        {
            length--;
        }

        rest = rest.Slice(rest.GetPosition(1, end.Value));
        return true;
    }
}
