namespace Sagebrush.Learning.Tables;

/// <summary>Reads libsvm files, <c>label[:weight] [qid:group] index:value …</c>, on all processors.</summary>
/// <remarks>As XGBoost reads them: indices are taken as they are, <c>#</c> starts a comment, rows of a <c>qid</c> are consecutive.</remarks>
public static class LibsvmTableReader
{
    /// <summary>Reads files one after the other.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="cancellationToken">Stops the reading between sections.</param>
    /// <exception cref="TableFormatException">A row is not in the format.</exception>
    public static SparseTable Read(IReadOnlyList<string> paths, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        List<LibsvmPart> all = [];
        foreach (var path in paths)
        {
            var name = Path.GetFileName(path);
            TextSections.Read(path, (buffer, start, length, firstLine) => ReadSection(name, buffer, start, length, firstLine, all), cancellationToken);
        }

        return Join(all);
    }

    private static long ReadSection(string file, byte[] buffer, int start, int length, long firstLine, List<LibsvmPart> all)
    {
        var cuts = TextSections.Split(buffer, start, length);
        var parts = new LibsvmPart[cuts.Count];
        Parallel.For(0, cuts.Count, i => parts[i] = LibsvmPart.Read(buffer.AsSpan(cuts[i].Start, cuts[i].Length)));
        long lines = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i].Problem is { } problem)
            {
                throw new TableFormatException(file, firstLine + lines + parts[i].LinesRead, 0, problem);
            }

            lines += cuts[i].Lines;
        }

        all.AddRange(parts);
        return lines;
    }

    private static SparseTable Join(List<LibsvmPart> parts)
    {
        var rows = parts.Sum(part => part.Labels.Count);
        var values = parts.Sum(part => (long)part.Values.Count);
        if (values > Array.MaxLength)
        {
            throw new TableFormatException($"The table has {values} values; at most {Array.MaxLength} can be held in memory at once.");
        }

        var weighted = parts.Exists(part => part.HasWeights);
        var grouped = parts.Exists(part => part.HasGroups);
        var rowStarts = new long[rows + 1];
        var indices = new int[values];
        var data = new float[values];
        var labels = new float[rows];
        var weights = weighted ? new float[rows] : null;
        List<uint> groups = [];
        long lastGroup = -1;
        var row = 0;
        var at = 0;
        foreach (var part in parts)
        {
            part.Indices.CopyTo(indices, at);
            part.Values.CopyTo(data, at);
            part.Labels.CopyTo(labels, row);
            if (weights is not null)
            {
                part.Weights.CopyTo(weights, row);
            }

            for (var i = 0; i < part.Labels.Count; i++)
            {
                rowStarts[row + i + 1] = at + part.RowEnds[i];
                if (grouped)
                {
                    if (groups.Count == 0 || part.Groups[i] != lastGroup)
                    {
                        groups.Add(0);
                        lastGroup = part.Groups[i];
                    }

                    groups[^1]++;
                }
            }

            row += part.Labels.Count;
            at += part.Values.Count;
        }

        return new()
        {
            RowStarts = rowStarts,
            Indices = indices,
            Values = data,
            Labels = labels,
            Weights = weights,
            GroupSizes = grouped ? [.. groups] : null,
            ColumnCount = parts.Count == 0 ? 0 : parts.Max(part => part.LargestIndex) + 1,
        };
    }
}
