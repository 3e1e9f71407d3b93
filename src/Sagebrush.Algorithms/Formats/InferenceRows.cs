using Sagebrush.Learning.Tables;

namespace Sagebrush.Algorithms.Formats;

/// <summary>Reads the rows of CSV and libsvm requests.</summary>
internal static class InferenceRows
{
    /// <summary>Features in order, without a label; the separator is found as in training.</summary>
    public static void ReadCsv(ReadOnlySpan<byte> body, scoped ref RowBuffer rows)
    {
        body = Trimmed(body);
        var separator = CsvRow.DetectSeparator(body);
        while (true)
        {
            var row = rows.Next();
            var length = CsvRow.Read(body, separator, row, out var cells, out var wrongCell);
            if (wrongCell != 0)
            {
                var cell = NumberText.Show(CsvRow.Cell(body, separator, wrongCell));
                throw Unreadable("csv", rows.Count, $"column {wrongCell}: '{cell}' is not a number");
            }

            if (cells == 0)
            {
                throw Unreadable("csv", rows.Count, "the row is empty");
            }

            if (cells != rows.FeatureCount)
            {
                throw new InferenceInputException(
                    400,
                    $"Unable to evaluate payload provided: Feature size of csv inference data {cells} is not consistent with feature size of trained model {rows.FeatureCount} (row {rows.Count + 1}).");
            }

            rows.Commit();
            if (length == body.Length)
            {
                return;
            }

            body = body[length..];
        }
    }

    /// <summary>Index and value pairs, with or without a label; what is absent is missing.</summary>
    public static void ReadLibsvm(ReadOnlySpan<byte> body, scoped ref RowBuffer rows)
    {
        body = Trimmed(body);
        while (true)
        {
            var end = body.IndexOf((byte)'\n');
            var line = (end < 0 ? body : body[..end]).Trim(" \t\r"u8);
            var row = rows.Next();
            row.Fill(float.NaN);
            for (var first = true; !line.IsEmpty; first = false)
            {
                var token = LibsvmToken.Next(ref line);
                if (token.IsGroup || (first && token is { IsValid: true, HasSecond: false }))
                {
                    continue;
                }

                if (!token.IsValid || !token.HasSecond || token.First != Math.Floor(token.First) || token.First < 0)
                {
                    throw Unreadable("libsvm", rows.Count, $"'{NumberText.Show(token.Text)}' is not of the form index:value");
                }

                if (token.First >= rows.FeatureCount)
                {
                    throw new InferenceInputException(
                        400,
                        $"Unable to evaluate payload provided: Feature size of libsvm inference data {token.First + 1:F0} is larger than feature size of trained model {rows.FeatureCount} (row {rows.Count + 1}).");
                }

                row[(int)token.First] = (float)token.Second;
            }

            rows.Commit();
            if (end < 0)
            {
                return;
            }

            body = body[(end + 1)..];
        }
    }

    public static InferenceInputException Unreadable(string format, int rowsBefore, string problem) => new(
        415, $"Loading {format} data failed, please ensure data is in {format} format: row {rowsBefore + 1}, {problem}.");

    private static ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> body)
    {
        body = body.Trim(" \r\n"u8);
        return body.IsEmpty ? throw new InferenceInputException(400, "The request's body is empty.") : body;
    }
}
