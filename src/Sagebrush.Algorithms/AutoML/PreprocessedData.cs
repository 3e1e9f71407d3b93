using System.Text;
using Sagebrush.Learning.AutoML;
using Sagebrush.Learning.Tables.Typed;

namespace Sagebrush.Algorithms.AutoML;

/// <summary>Puts the rows that the best candidate was judged by, and those it was trained on, beside each other as CSV.</summary>
internal static class PreprocessedData
{
    // Larger tables are not written twice.
    private const long MostCells = 20_000_000;

    /// <summary>Writes the header and both parts, as Autopilot lays them out.</summary>
    public static void Write(string folder, TypedTable table, AutopilotResult result)
    {
        var root = Path.Join(folder, "preprocessed-data");
        var header = string.Join(',', table.Columns.Select(column => Cell(column.Name))) + "\n";
        AtomicFile.Write(Path.Join(root, "header", "headers.csv"), Encoding.UTF8.GetBytes(header));
        if ((long)table.RowCount * table.Columns.Count > MostCells)
        {
            return;
        }

        var judged = result.JudgedRows.ToHashSet();
        var rows = result.Analysis.Task.Rows;

        // Under cross-validation every row is judged by, by a model that has not seen it: then all are training rows.
        var isCrossValidated = judged.Count == rows.Length;
        AtomicFile.Write(Path.Join(root, "tuning_data", "train", "train.csv"), Rows(table, rows.Where((_, i) => isCrossValidated || !judged.Contains(i))));
        if (!isCrossValidated)
        {
            AtomicFile.Write(Path.Join(root, "tuning_data", "validation", "validation.csv"), Rows(table, rows.Where((_, i) => judged.Contains(i))));
        }
    }

    private static byte[] Rows(TypedTable table, IEnumerable<int> rows)
    {
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            text.AppendJoin(',', table.Columns.Select(column => Cell(column.Text(row) ?? ""))).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string Cell(string text) => text.AsSpan().IndexOfAny(",\"\n\r") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
