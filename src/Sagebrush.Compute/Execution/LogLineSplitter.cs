using System.Text;

namespace Sagebrush.Compute.Execution;

/// <summary>Cuts a stream of bytes into lines, whatever the bytes are and however they arrive.</summary>
/// <remarks>The lines do not depend on how the stream was divided into chunks. Memory is bounded by the longest line plus one chunk.</remarks>
internal sealed class LogLineSplitter(long position, int maxLineBytes = LogLineSplitter.DefaultMaxLineBytes)
{
    /// <summary>CloudWatch Logs takes events of 256 KiB, of which 26 bytes are its own.</summary>
    public const int DefaultMaxLineBytes = (256 * 1024) - 26;

    private byte[] _pending = new byte[4096];
    private int _length;

    /// <summary>The position after the last complete line.</summary>
    public long Position { get; private set; } = position;

    /// <summary>Adds bytes and appends the lines they complete.</summary>
    public void Push(ReadOnlySpan<byte> chunk, DateTimeOffset timestamp, List<LogLine> lines)
    {
        if (_pending.Length - _length < chunk.Length)
        {
            Array.Resize(ref _pending, Math.Max(_pending.Length * 2, _length + chunk.Length));
        }

        var searchedTo = _length;
        chunk.CopyTo(_pending.AsSpan(_length));
        _length += chunk.Length;

        var start = 0;
        while (start < _length)
        {
            var from = Math.Max(start, searchedTo);
            var found = _pending.AsSpan(from, _length - from).IndexOf((byte)'\n');
            var end = found < 0 ? _length : from + found;
            if (end - start > maxLineBytes)
            {
                var cut = CharacterBoundary(_pending.AsSpan(start, maxLineBytes + 1));
                lines.Add(new(timestamp, Decode(_pending.AsSpan(start, cut))));
                start += cut;
                Position += cut;
            }
            else if (found < 0)
            {
                break;
            }
            else
            {
                lines.Add(new(timestamp, Decode(_pending.AsSpan(start, end - start))));
                Position += end + 1 - start;
                start = end + 1;
            }
        }

        _pending.AsSpan(start, _length - start).CopyTo(_pending);
        _length -= start;
    }

    /// <summary>Appends what is left as a last line without a line end.</summary>
    public void Finish(DateTimeOffset timestamp, List<LogLine> lines)
    {
        if (_length > 0)
        {
            lines.Add(new(timestamp, Decode(_pending.AsSpan(0, _length))));
            Position += _length;
            _length = 0;
        }
    }

    /// <summary>Drops what is pending and goes on elsewhere.</summary>
    public void SkipTo(long position)
    {
        _length = 0;
        Position = position;
    }

    // Cuts before the last byte, or before the character it is in the middle of.
    private static int CharacterBoundary(ReadOnlySpan<byte> bytes)
    {
        var cut = bytes.Length - 1;
        for (var back = 0; back < 3 && cut - back > 1; back++)
        {
            if ((bytes[cut - back] & 0xC0) != 0x80)
            {
                return cut - back;
            }
        }

        return cut;
    }

    private static string Decode(ReadOnlySpan<byte> line)
    {
        if (line is [.., (byte)'\r'])
        {
            line = line[..^1];
        }

        var text = Encoding.UTF8.GetString(line);
        return text.Contains('\0', StringComparison.Ordinal) ? text.Replace('\0', '\uFFFD') : text;
    }
}
