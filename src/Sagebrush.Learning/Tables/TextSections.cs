namespace Sagebrush.Learning.Tables;

/// <summary>Reads text files in large sections of whole lines, so that files of any size are parsed in bounded memory.</summary>
internal static class TextSections
{
    private const int SectionSize = 16 << 20;

    /// <summary>Smaller sections are not worth a second thread.</summary>
    private const int SmallestPart = 256 << 10;

    /// <summary>Handles a section; <paramref name="firstLine"/> is the number of its first line, from 1.</summary>
    /// <returns>Number of lines in the section.</returns>
    public delegate long SectionHandler(byte[] buffer, int start, int length, long firstLine);

    /// <summary>Passes a file to the handler, section by section, without a byte order mark.</summary>
    public static void Read(string path, SectionHandler handle, CancellationToken cancellationToken)
    {
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        var size = RandomAccess.GetLength(file);
        var buffer = GC.AllocateUninitializedArray<byte>((int)Math.Clamp(size + 1, 4096, SectionSize));
        long offset = 0;
        long line = 1;
        var filled = 0;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (filled == buffer.Length)
            {
                if (buffer.Length > Array.MaxLength / 2)
                {
                    throw new TableFormatException(Path.GetFileName(path), line, 0, "the line is too long to be read.");
                }

                Array.Resize(ref buffer, buffer.Length * 2);
            }

            var read = RandomAccess.Read(file, buffer.AsSpan(filled), offset);
            offset += read;
            filled += read;
            var start = line == 1 && offset == filled && buffer.AsSpan(0, filled).StartsWith("\uFEFF"u8) ? 3 : 0;
            if (read == 0)
            {
                if (filled > start)
                {
                    handle(buffer, start, filled - start, line);
                }

                return;
            }

            var end = buffer.AsSpan(0, filled).LastIndexOf((byte)'\n') + 1;
            if (end <= start || (filled < buffer.Length && offset < size))
            {
                continue;
            }

            line += handle(buffer, start, end - start, line);
            buffer.AsSpan(end, filled - end).CopyTo(buffer);
            filled -= end;
        }
    }

    /// <summary>Cuts a section into parts of whole lines, one per processor, with the number of lines in each.</summary>
    public static List<(int Start, int Length, int Lines)> Split(byte[] buffer, int start, int length)
    {
        var count = Math.Clamp(length / SmallestPart, 1, Environment.ProcessorCount);
        List<(int, int, int)> parts = new(count);
        var end = start + length;
        for (var i = 0; i < count && start < end; i++)
        {
            var stop = i == count - 1 ? end : start + ((end - start) / (count - i));
            var newline = buffer.AsSpan(stop, end - stop).IndexOf((byte)'\n');
            stop = stop == end || newline < 0 ? end : stop + newline + 1;
            var part = buffer.AsSpan(start, stop - start);
            var lines = part.Count((byte)'\n') + (part.EndsWith((byte)'\n') ? 0 : 1);
            parts.Add((start, stop - start, lines));
            start = stop;
        }

        return parts;
    }
}
