using System.Globalization;
using System.Text.Json;
using Sagebrush.Learning.Tables;
using Sagebrush.Learning.Tables.Typed;

namespace Sagebrush.Services.Clarify;

/// <summary>A data set: cells as they were written, column after column.</summary>
/// <param name="Headers">Names of the columns.</param>
/// <param name="Columns">The cells of each column.</param>
internal sealed record ClarifyTable(IReadOnlyList<string> Headers, IReadOnlyList<string[]> Columns)
{
    /// <summary>Number of rows.</summary>
    public int Rows => Columns.Count > 0 ? Columns[0].Length : 0;

    /// <summary>Reads the files of a data set.</summary>
    /// <exception cref="ClarifyException">They cannot be read.</exception>
    public static ClarifyTable Read(IReadOnlyList<string> files, AnalysisConfiguration configuration)
    {
        if (configuration.DatasetType == AnalysisConfiguration.Parquet)
        {
            return ReadParquet(files, configuration.Headers);
        }

        List<string[]> rows = [];
        IReadOnlyList<string>? headers = configuration.Headers;
        foreach (var file in files)
        {
            var lines = File.ReadLines(file).Where(line => line.Length > 0);
            if (configuration.DatasetType == "application/jsonlines")
            {
                rows.AddRange(lines.Select((line, number) => JsonRow(line, number, configuration)));
                continue;
            }

            var cells = lines.Select(Split).ToList();
            if (cells.Count > 0 && (headers is null ? rows.Count == 0 && !cells[0].Any(IsNumber) : cells[0].SequenceEqual(headers)))
            {
                headers ??= cells[0];
                cells.RemoveAt(0);
            }

            rows.AddRange(cells);
        }

        if (rows.Count == 0)
        {
            throw new ClarifyException("The dataset has no rows.");
        }

        headers ??= [.. Enumerable.Range(0, rows[0].Length).Select(i => $"column_{i}")];
        if (rows.FindIndex(row => row.Length != headers.Count) is var wrong and >= 0)
        {
            throw new ClarifyException($"Row {wrong + 1} of the dataset has {rows[wrong].Length} columns; there are {headers.Count} headers.");
        }

        return new(headers, [.. Enumerable.Range(0, headers.Count).Select(column => rows.Select(row => row[column]).ToArray())]);
    }

    /// <summary>The column of a name, or of an index.</summary>
    /// <exception cref="ClarifyException">There is none.</exception>
    public int Find(JsonElement nameOrIndex, string owner)
    {
        if (nameOrIndex.ValueKind == JsonValueKind.Number && nameOrIndex.TryGetInt32(out var index) && index >= 0 && index < Headers.Count)
        {
            return index;
        }

        var name = nameOrIndex.ToString();
        for (var i = 0; i < Headers.Count; i++)
        {
            if (Headers[i] == name)
            {
                return i;
            }
        }

        throw new ClarifyException($"There is no column {nameOrIndex.GetRawText()} for '{owner}'. There are: {string.Join(", ", Headers)}.");
    }

    /// <summary>Whether a cell is a number.</summary>
    public static bool IsNumber(string cell) => TryNumber(cell, out _);

    /// <summary>Reads a number.</summary>
    public static bool TryNumber(string cell, out double value) => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    /// <summary>The cells of a line of CSV.</summary>
    public static string[] Split(string line)
    {
        if (!line.Contains('"', StringComparison.Ordinal))
        {
            return line.Split(',', StringSplitOptions.TrimEntries);
        }

        List<string> cells = [];
        var cell = new System.Text.StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '"')
            {
                if (quoted && i + 1 < line.Length && line[i + 1] == '"')
                {
                    cell.Append('"');
                    i++;
                }
                else
                {
                    quoted = !quoted;
                }
            }
            else if (line[i] == ',' && !quoted)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else
            {
                cell.Append(line[i]);
            }
        }

        return [.. cells, cell.ToString()];
    }

    private static ClarifyTable ReadParquet(IReadOnlyList<string> files, IReadOnlyList<string>? headers)
    {
        try
        {
            var table = TypedTableReader.Read(files, TypedTableKind.Parquet);
            return table.RowCount == 0 ? throw new ClarifyException("The dataset has no rows.")
                : headers is { } names && names.Count != table.Columns.Count ? throw new ClarifyException($"The dataset has {table.Columns.Count} columns; there are {names.Count} headers.")
                : new(
                    headers ?? [.. table.Columns.Select(column => column.Name)],
                    [.. table.Columns.Select(column => Enumerable.Range(0, table.RowCount).Select(row => column.Text(row) ?? "").ToArray())]);
        }
        catch (TableFormatException e)
        {
            throw new ClarifyException($"The dataset cannot be read as Parquet: {e.Message}");
        }
    }

    private static string[] JsonRow(string line, int number, AnalysisConfiguration configuration)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            IEnumerable<string?> paths = [configuration.Features, Text(configuration.Label), Text(configuration.PredictedLabel)];
            return [.. paths.OfType<string>().SelectMany(path => JsonSelection.Select(document.RootElement, path)).Select(cell => cell.ToString())];
        }
        catch (JsonException e)
        {
            throw new ClarifyException($"Line {number + 1} of the dataset is not JSON: {e.Message}");
        }

        static string? Text(JsonElement? path) => path?.ToString();
    }
}
