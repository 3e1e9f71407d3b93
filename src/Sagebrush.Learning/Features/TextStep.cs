using System.Text.Json.Serialization;
using Sagebrush.Learning.Tables.Typed;

namespace Sagebrush.Learning.Features;

/// <summary>A text's words by sublinear TF-IDF over a limited vocabulary, and its length in words.</summary>
internal sealed record TextStep : FeatureStep
{
    private const int LongestText = 20_000;

    private Dictionary<string, int>? _places;

    /// <summary>The words that were learnt.</summary>
    public required string[] Words { get; init; }

    /// <summary>The weight of each: the rarer it is the larger.</summary>
    public required double[] Weights { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<string> Names => [.. Words.Select(word => $"{Column}: {word}"), $"words of {Column}"];

    /// <summary>Learns the words that tell rows apart best: those of a middling frequency first.</summary>
    public static TextStep Learn(TableColumn column, int most)
    {
        var text = column.ToText();
        var occurrences = new int[text.Values.Count];
        foreach (var code in text.Codes)
        {
            if (code >= 0)
            {
                occurrences[code]++;
            }
        }

        Dictionary<string, int> documents = new(StringComparer.Ordinal);
        var rows = 0;
        for (var code = 0; code < occurrences.Length; code++)
        {
            if (occurrences[code] == 0)
            {
                continue;
            }

            rows += occurrences[code];
            foreach (var word in Split(text.Values[code]).Distinct(StringComparer.Ordinal))
            {
                documents[word] = documents.GetValueOrDefault(word) + occurrences[code];
            }
        }

        var fewest = Math.Max(2, rows / 2000);
        var kept = documents.Where(entry => entry.Value >= fewest && entry.Value <= 0.9 * rows)
            .OrderByDescending(entry => entry.Value * Math.Log(rows / (double)entry.Value)).ThenBy(entry => entry.Key, StringComparer.Ordinal)
            .Take(most).ToList();
        return new()
        {
            Column = column.Name,
            Words = [.. kept.Select(entry => entry.Key)],
            Weights = [.. kept.Select(entry => Math.Log((1 + rows) / (1.0 + entry.Value)) + 1)],
        };
    }

    /// <inheritdoc/>
    public override void Write(FeatureSource source, FeatureBlock block)
    {
        var places = _places ??= Words.Index().ToDictionary(entry => entry.Item, entry => entry.Index, StringComparer.Ordinal);
        var text = source.Column(Column).ToText();
        var known = new float[]?[text.Values.Count];
        for (var row = 0; row < text.RowCount; row++)
        {
            var code = text.Codes[row];
            var features = code < 0 ? null : known[code] ??= Features(text.Values[code], places);
            for (var i = 0; i <= Words.Length; i++)
            {
                block[row, i] = features is null ? 0 : features[i];
            }
        }
    }

    private float[] Features(string text, Dictionary<string, int> places)
    {
        var features = new float[Words.Length + 1];
        var words = 0;
        foreach (var word in Split(text))
        {
            words++;
            if (places.TryGetValue(word, out var place))
            {
                features[place]++;
            }
        }

        var norm = 0.0;
        for (var i = 0; i < Words.Length; i++)
        {
            if (features[i] > 0)
            {
                features[i] = (float)((1 + Math.Log(features[i])) * Weights[i]);
                norm += features[i] * features[i];
            }
        }

        for (var i = 0; i < Words.Length && norm > 0; i++)
        {
            features[i] /= (float)Math.Sqrt(norm);
        }

        features[^1] = (float)Math.Log(1 + words);
        return features;
    }

    // Runs of letters and digits, in lower case.
    private static IEnumerable<string> Split(string text)
    {
        var length = Math.Min(text.Length, LongestText);
        for (var start = 0; start < length; start++)
        {
            if (!char.IsLetterOrDigit(text[start]))
            {
                continue;
            }

            var end = start + 1;
            while (end < length && char.IsLetterOrDigit(text[end]))
            {
                end++;
            }

#pragma warning disable CA1308 // Words are compared, not shown.
            yield return text[start..end].ToLowerInvariant();
#pragma warning restore CA1308
            start = end;
        }
    }
}
