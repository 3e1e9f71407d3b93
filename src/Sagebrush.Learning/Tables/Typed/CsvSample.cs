using System.Text;

namespace Sagebrush.Learning.Tables.Typed;

/// <summary>What the beginning of a CSV file tells: its separator, and its first record.</summary>
internal static class CsvSample
{
    private const int SampledRecords = 50;

    /// <summary>The separator under which the first records agree best on their number of cells; a comma when none does.</summary>
    public static byte FindSeparator(ReadOnlySpan<byte> text)
    {
        var (best, bestScore) = ((byte)',', 0.0);
        foreach (var candidate in ",;\t|"u8)
        {
            List<int> counts = [];
            for (var at = 0; at < text.Length && counts.Count < SampledRecords;)
            {
                var cells = Record(text[at..], candidate, out var length);
                if (at + length >= text.Length && counts.Count > 0)
                {
                    // The sample may end within it.
                    break;
                }

                at += length;
                if (cells.Count > 1 || cells[0].Length > 0)
                {
                    counts.Add(cells.Count);
                }
            }

            // A record that splits like the first counts for its separators; one that does not counts against them.
            var score = counts.Count == 0 || counts[0] < 2 ? 0 : counts.Count(count => count == counts[0]) / (double)counts.Count * Math.Log2(counts[0]);
            if (score > bestScore)
            {
                (best, bestScore) = (candidate, score);
            }
        }

        return best;
    }

    /// <summary>The cells of the first record of a text, and its length with its line end.</summary>
    public static List<string> Record(ReadOnlySpan<byte> text, byte separator, out int length)
    {
        List<string> cells = [];
        var (start, quoted) = (0, false);
        for (length = 0; length < text.Length; length++)
        {
            var next = text[length];
            if (next == (byte)'"' && (quoted || text[start..length].Trim(" \t\""u8).IsEmpty))
            {
                quoted = !quoted;
            }
            else if (!quoted && (next == separator || next == (byte)'\n'))
            {
                cells.Add(Text(text[start..length]));
                start = length + 1;
                if (next == (byte)'\n')
                {
                    length++;
                    return cells;
                }
            }
        }

        cells.Add(Text(text[start..]));
        return cells;
    }

    private static string Text(ReadOnlySpan<byte> cell)
    {
        var text = Encoding.UTF8.GetString(cell.Trim(" \t\r"u8));
        return text is ['"', .., '"'] ? text[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : text;
    }
}
