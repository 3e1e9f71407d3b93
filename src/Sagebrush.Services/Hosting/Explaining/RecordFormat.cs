using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Newtonsoft.Json.Linq;

namespace Sagebrush.Services.Hosting.Explaining;

/// <summary>Reads records of features, and writes them again: CSV, or JSON lines.</summary>
internal static class RecordFormat
{
    public const string Csv = "text/csv";
    public const string JsonLines = "application/jsonlines";
    public const string Placeholder = "$features";

    /// <summary>The media type of a header without its parameters, in lower case; null when it is none.</summary>
    public static string? MediaType(string? header) =>
        MediaTypeHeaderValue.TryParse(header, out var type) ? type.MediaType?.ToLowerInvariant() : null;

    /// <summary>Reads records.</summary>
    /// <param name="text">The records.</param>
    /// <param name="mediaType">CSV or JSON lines.</param>
    /// <param name="features">Where a JSON line has its features; a line that is a list itself needs none.</param>
    /// <exception cref="FormatException">They are not what they should be.</exception>
    public static List<RecordCell[]> Read(string text, string mediaType, JmesExpression? features) =>
        mediaType == Csv
            ? ReadCsv(text)
            : [.. Lines(text).Select((line, at) => Cells(JmesExpression.Json(line, $"Line {at + 1}"), features, at + 1))];

    /// <summary>Lines that have something in them.</summary>
    public static IEnumerable<string> Lines(string text) => text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0);

    /// <summary>One record as the model takes it.</summary>
    public static string Write(IEnumerable<RecordCell> cells, string mediaType, string? template) => mediaType == Csv
        ? string.Join(',', cells.Select(cell => cell.IsQuoted || cell.Text.AsSpan().IndexOfAny(",\"\r\n") >= 0
            ? $"\"{cell.Text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell.Text))
        : template!.Replace(Placeholder, $"[{string.Join(',', cells.Select(Json))}]", StringComparison.Ordinal);

    /// <summary>The cells of CSV; cells in quotes may go over several lines.</summary>
    public static List<RecordCell[]> ReadCsv(string text)
    {
        List<RecordCell[]> records = [];
        List<RecordCell> cells = [];
        var cell = new StringBuilder();
        var (inQuotes, wasQuoted) = (false, false);
        for (var i = 0; i <= text.Length; i++)
        {
            var letter = i < text.Length ? text[i] : '\n';
            if (inQuotes)
            {
                if (i == text.Length)
                {
                    throw new FormatException($"Record {records.Count + 1} has a quote that is not closed");
                }

                if (letter != '"')
                {
                    cell.Append(letter);
                }
                else if (i + 1 < text.Length && text[i + 1] == '"')
                {
                    cell.Append(letter);
                    i++;
                }
                else
                {
                    inQuotes = false;
                }
            }
            else if (letter == '"' && !wasQuoted && IsBlank(cell))
            {
                (inQuotes, wasQuoted) = (true, true);
                cell.Clear();
            }
            else if (letter == ',' || (letter == '\n' && (cells.Count > 0 || wasQuoted || !IsBlank(cell))))
            {
                cells.Add(Cell(cell.ToString(), wasQuoted));
                cell.Clear();
                wasQuoted = false;
                if (letter == '\n')
                {
                    records.Add([.. cells]);
                    cells.Clear();
                }
            }
            else if (letter is not '\n')
            {
                // What stands between a closing quote and the comma is space.
                _ = wasQuoted ? cell : cell.Append(letter);
            }
        }

        return records;
    }

    private static bool IsBlank(StringBuilder cell) => cell.ToString().AsSpan().IsWhiteSpace();

    private static RecordCell Cell(string text, bool isQuoted)
    {
        if (isQuoted)
        {
            return new(text, RecordCellKind.Text, true);
        }

        text = text.Trim();
        return new(
            text,
            text.Length == 0 ? RecordCellKind.Missing
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? RecordCellKind.Number
            : RecordCellKind.Text);
    }

    private static RecordCell[] Cells(JToken line, JmesExpression? features, int number)
    {
        var list = line is JArray ? line : features is null
            ? throw new FormatException($"Line {number} is no list of features: InferenceConfig.FeaturesAttribute tells where they are")
            : features.Of(line);
        return list is JArray cells
            ? [.. cells.Select(Cell)]
            : throw new FormatException($"The expression '{features}' finds no list of features in line {number}");
    }

    private static RecordCell Cell(JToken value) => value.Type switch
    {
        JTokenType.Null => new("", RecordCellKind.Missing),
        JTokenType.Integer or JTokenType.Float => new(value.ToString(Newtonsoft.Json.Formatting.None), RecordCellKind.Number),
        JTokenType.String => new((string)value!, RecordCellKind.Text),
        _ => new(value.ToString(Newtonsoft.Json.Formatting.None), RecordCellKind.Json),
    };

    // JSON has no ".5", no "+1" and no "1.", which CSV may have.
    private static string Json(RecordCell cell) => cell.Kind switch
    {
        RecordCellKind.Missing => "null",
        RecordCellKind.Text => JsonSerializer.Serialize(cell.Text, ExplanationWriter.Strings),
        RecordCellKind.Number when cell.Text[0] is not (>= '0' and <= '9' or '-') || cell.Text[^1] == '.' || cell.Text.StartsWith("-.", StringComparison.Ordinal) =>
            double.Parse(cell.Text, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture),
        _ => cell.Text,
    };
}
