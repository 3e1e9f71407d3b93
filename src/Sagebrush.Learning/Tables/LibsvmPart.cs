namespace Sagebrush.Learning.Tables;

/// <summary>The rows of one part of a libsvm file.</summary>
internal sealed class LibsvmPart
{
    public List<float> Labels { get; } = [];

    public List<float> Weights { get; } = [];

    public List<long> Groups { get; } = [];

    public List<int> RowEnds { get; } = [];

    public List<int> Indices { get; } = [];

    public List<float> Values { get; } = [];

    public int LargestIndex { get; private set; } = -1;

    public bool HasWeights { get; private set; }

    public bool HasGroups { get; private set; }

    public int LinesRead { get; private set; }

    /// <summary>What is wrong with the line after those read; null when all were read.</summary>
    public string? Problem { get; private set; }

    public static LibsvmPart Read(ReadOnlySpan<byte> text)
    {
        var part = new LibsvmPart();
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\n');
            var line = end < 0 ? text : text[..end];
            var comment = line.IndexOf((byte)'#');
            line = (comment < 0 ? line : line[..comment]).Trim(" \t\r"u8);
            if (!line.IsEmpty && !part.ReadRow(line))
            {
                return part;
            }

            part.LinesRead++;
            text = end < 0 ? [] : text[(end + 1)..];
        }

        return part;
    }

    private bool ReadRow(ReadOnlySpan<byte> line)
    {
        var token = LibsvmToken.Next(ref line);
        if (!token.IsValid || !ReadLabel(token))
        {
            Problem = $"'{NumberText.Show(token.Text)}' is not a label; expected 'label' or 'label:weight'.";
            return false;
        }

        Groups.Add(-1);
        while (!line.IsEmpty)
        {
            token = LibsvmToken.Next(ref line);
            if (token.IsGroup)
            {
                HasGroups = true;
                Groups[^1] = (long)token.Second;
            }
            else if (!token.IsValid || !token.HasSecond || token.First is < 0 or >= int.MaxValue || token.First != Math.Floor(token.First))
            {
                Problem = $"'{NumberText.Show(token.Text)}' is not of the form index:value.";
                return false;
            }
            else
            {
                var index = (int)token.First;
                LargestIndex = Math.Max(LargestIndex, index);
                Indices.Add(index);
                Values.Add((float)token.Second);
            }
        }

        RowEnds.Add(Values.Count);
        return true;
    }

    private bool ReadLabel(LibsvmToken token)
    {
        if (token.IsGroup)
        {
            return false;
        }

        HasWeights |= token.HasSecond;
        Labels.Add((float)token.First);
        Weights.Add(token.HasSecond ? (float)token.Second : 1f);
        return true;
    }
}
