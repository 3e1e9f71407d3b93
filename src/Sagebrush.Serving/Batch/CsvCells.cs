using System.Text;

namespace Sagebrush.Serving.Batch;

/// <summary>A CSV record's cells as they are written, quotes (RFC 4180) and spaces included, so that joining them gives the record again.</summary>
internal static class CsvCells
{
    public static List<string> Split(ReadOnlySpan<byte> record)
    {
        List<string> cells = [];
        var quoted = false;
        var start = 0;
        for (var i = 0; i < record.Length; i++)
        {
            switch (record[i])
            {
                case (byte)'"':
                    quoted = !quoted;
                    break;
                case (byte)',' when !quoted:
                    cells.Add(Encoding.UTF8.GetString(record[start..i]));
                    start = i + 1;
                    break;
            }
        }

        cells.Add(Encoding.UTF8.GetString(record[start..]));
        return cells;
    }

    public static byte[] Join(IEnumerable<string> cells) => Encoding.UTF8.GetBytes(string.Join(',', cells));
}
