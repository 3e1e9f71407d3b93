using System.Globalization;
using Sagebrush.CommandLine;

namespace Sagebrush.Quickstart;

/// <summary>A table as read from a file: named columns of text, all of one length.</summary>
/// <param name="Path">Where it was read, for messages.</param>
/// <param name="Separator">What stood between its cells.</param>
/// <param name="Names">The columns' names, each once.</param>
/// <param name="Columns">The cells, by column.</param>
/// <param name="Lines">The line of the file, from 1, at which each row began.</param>
internal sealed record Table(string Path, char Separator, IReadOnlyList<string> Names, IReadOnlyList<IReadOnlyList<string>> Columns, IReadOnlyList<int> Lines)
{
    private static readonly char[] Separators = [',', ';', '\t', '|'];

    public int Rows => Lines.Count;

    /// <summary>Reads a file with a header line; finds the separator unless one is given.</summary>
    /// <exception cref="CommandException">The file is missing, empty, ragged or has no usable header.</exception>
    public static Table Read(string path, char? separator = null)
    {
        if (!File.Exists(path))
        {
            throw CommandException.BadInput(path, null, Directory.Exists(path) ? "is a directory, not a CSV file" : "no such file");
        }

        try
        {
            using var reader = new StreamReader(path);
            return Read(reader, path, separator ?? Sniff(path));
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw CommandException.BadInput(path, null, $"cannot be read: {exception.Message}");
        }
    }

    /// <summary>The position of a column, or an error that offers the nearest name.</summary>
    public int IndexOf(string name)
    {
        for (var i = 0; i < Names.Count; i++)
        {
            if (string.Equals(Names[i], name, StringComparison.Ordinal))
            {
                return i;
            }
        }

        var nearest = Suggestion.Nearest(name, Names);
        throw CommandException.BadInput(
            Path,
            1,
            $"no column '{name}'{(nearest is null ? "" : $"; did you mean '{nearest}'?")}",
            $"the columns are: {string.Join(", ", Names.Take(40))}{(Names.Count > 40 ? ", …" : "")}");
    }

    private static Table Read(TextReader text, string path, char separator)
    {
        var reader = new DelimitedReader(text, separator, path);
        var cells = new List<string>();
        if (!reader.Read(cells))
        {
            throw CommandException.BadInput(path, null, "is empty");
        }

        var names = Header(cells, path, reader.RecordLine);
        var columns = names.Select(_ => new List<string>()).ToArray();
        var lines = new List<int>();
        while (reader.Read(cells))
        {
            if (cells.Count != names.Count)
            {
                var place = cells.Count < names.Count ? $"column '{names[cells.Count]}' is missing" : $"cell {names.Count + 1} is one too many";
                throw CommandException.BadInput(path, reader.RecordLine, $"{cells.Count} cells where the header has {names.Count}: {place}");
            }

            lines.Add(reader.RecordLine);
            for (var i = 0; i < columns.Length; i++)
            {
                columns[i].Add(cells[i]);
            }
        }

        return new(path, separator, names, columns, lines);
    }

    private static List<string> Header(List<string> cells, string path, int line)
    {
        if (cells.Count == 1)
        {
            throw CommandException.BadInput(path, line, "one column only; a table needs a target and at least one more", "give the separator with --separator when it is an unusual one");
        }

        if (cells.All(cell => double.TryParse(cell, CultureInfo.InvariantCulture, out _)))
        {
            throw CommandException.BadInput(path, line, "the first line holds numbers only; it must name the columns");
        }

        // Tables written by pandas begin with an index that has no name.
        var names = cells.Select((name, i) => name.Length > 0 ? name : $"column_{i + 1}").ToList();
        var twice = names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        return twice is null ? names : throw CommandException.BadInput(path, line, $"two columns are named '{twice.Key}'");
    }

    /// <summary>The separator under which the first records agree best on their number of cells.</summary>
    private static char Sniff(string path)
    {
        const int sampledRecords = 50;
        var (best, bestScore) = (Separators[0], 0.0);
        foreach (var candidate in Separators)
        {
            using var text = new StreamReader(path);
            var reader = new DelimitedReader(text, candidate, path);
            var (cells, counts) = (new List<string>(), new List<int>());
            try
            {
                while (counts.Count < sampledRecords && reader.Read(cells))
                {
                    counts.Add(cells.Count);
                }
            }
            catch (CommandException)
            {
                // Quotes that make no sense under this candidate speak against it; the real reading reports what is truly wrong.
                counts.Add(0);
            }

            // A record that splits like the header counts for its separators; one that does not counts against them.
            var score = counts.Count == 0 || counts[0] < 2
                ? 0
                : counts.Count(count => count == counts[0]) / (double)counts.Count * Math.Log2(counts[0]);
            if (score > bestScore)
            {
                (best, bestScore) = (candidate, score);
            }
        }

        return best;
    }
}
