using System.Buffers;
using System.Collections;
using System.Text;
using System.Text.Json;

namespace Sagebrush.State.Metrics;

/// <summary>The dimensions of a metric, in the order of their names. Equal when all names and values are.</summary>
public sealed class MetricDimensions : IReadOnlyList<MetricDimension>, IEquatable<MetricDimensions>
{
    private readonly MetricDimension[] _dimensions;

    private MetricDimensions(MetricDimension[] dimensions)
    {
        _dimensions = dimensions;
        Text = Write(dimensions);
    }

    /// <summary>No dimensions.</summary>
    public static MetricDimensions None { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _dimensions.Length;

    /// <summary>One text for each set of dimensions: a JSON object of names and values.</summary>
    public string Text { get; }

    /// <inheritdoc/>
    public MetricDimension this[int index] => _dimensions[index];

    /// <summary>Names and values, in any order.</summary>
    /// <exception cref="ArgumentException">A name occurs twice.</exception>
    public static MetricDimensions Of(params ReadOnlySpan<(string Name, string Value)> dimensions)
    {
        var all = new MetricDimension[dimensions.Length];
        for (var i = 0; i < all.Length; i++)
        {
            all[i] = new MetricDimension(dimensions[i].Name, dimensions[i].Value);
        }

        return From(all);
    }

    /// <summary>Names and values, in any order.</summary>
    /// <exception cref="ArgumentException">A name occurs twice.</exception>
    public static MetricDimensions From(IEnumerable<MetricDimension> dimensions)
    {
        ArgumentNullException.ThrowIfNull(dimensions);
        MetricDimension[] all = [.. dimensions];
        if (all.Length == 0)
        {
            return None;
        }

        Array.Sort(all, static (one, other) => string.CompareOrdinal(one.Name, other.Name));
        for (var i = 1; i < all.Length; i++)
        {
            if (all[i].Name == all[i - 1].Name)
            {
                throw new ArgumentException($"The dimension {all[i].Name} occurs twice.", nameof(dimensions));
            }
        }

        return new MetricDimensions(all);
    }

    /// <summary>The value of a dimension, or null.</summary>
    public string? Find(string name)
    {
        foreach (var dimension in _dimensions)
        {
            if (dimension.Name == name)
            {
                return dimension.Value;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public bool Equals(MetricDimensions? other) => other is not null && Text == other.Text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as MetricDimensions);

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", _dimensions.Select(one => $"{one.Name}={one.Value}"));

    /// <inheritdoc/>
    public IEnumerator<MetricDimension> GetEnumerator() => ((IEnumerable<MetricDimension>)_dimensions).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Reads <see cref="Text"/> back.</summary>
    internal static MetricDimensions Parse(ReadOnlySpan<byte> text)
    {
        var all = new List<MetricDimension>();
        var reader = new Utf8JsonReader(text);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            all.Add(new MetricDimension(name, reader.GetString()!));
        }

        return all.Count == 0 ? None : new MetricDimensions([.. all]);
    }

    private static string Write(MetricDimension[] dimensions)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, value) in dimensions)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
