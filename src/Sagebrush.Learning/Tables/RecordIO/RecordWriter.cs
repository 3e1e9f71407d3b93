using System.Text;

namespace Sagebrush.Learning.Tables.RecordIO;

/// <summary>Writes tables as RecordIO-protobuf, byte for byte as AWS's Python helpers do.</summary>
/// <remarks>Not thread-safe.</remarks>
/// <param name="stream">Where it goes; it is left open.</param>
public sealed class RecordWriter(Stream stream) : IDisposable
{
    private const byte ValuesTag = (1 << 3) | (byte)ProtobufCursor.Bytes;
    private const byte KeysTag = (2 << 3) | (byte)ProtobufCursor.Bytes;
    private const byte ShapeTag = (3 << 3) | (byte)ProtobufCursor.Bytes;

    private readonly RecordIoWriter _frames = new(stream);

    /// <summary>Writes a dense row.</summary>
    /// <param name="features">Its values.</param>
    /// <param name="label">Its label or labels, if it has any.</param>
    /// <param name="text">What it says beside.</param>
    public void Write(TensorValues features, TensorValues label = default, RecordText text = default) => Write(features, default, 0, false, label, text);

    /// <summary>Writes a sparse row.</summary>
    /// <param name="values">The values that are there.</param>
    /// <param name="keys">The column of each, from 0.</param>
    /// <param name="width">How many columns there are.</param>
    /// <param name="label">Its label or labels, if it has any.</param>
    /// <param name="text">What it says beside.</param>
    public void WriteSparse(TensorValues values, ReadOnlySpan<int> keys, long width, TensorValues label = default, RecordText text = default)
    {
        if (keys.Length != values.Count)
        {
            throw new ArgumentException($"{keys.Length} keys are not one for each of {values.Count} values.", nameof(keys));
        }

        Write(values, keys, width, true, label, text);
    }

    /// <summary>Writes a row that has labels under names of their own and no features, as models answer.</summary>
    /// <param name="names">The labels' names.</param>
    /// <param name="counts">How many values each has.</param>
    /// <param name="values">The values, label after label.</param>
    public void WriteLabels(ReadOnlySpan<string> names, ReadOnlySpan<int> counts, ReadOnlySpan<float> values)
    {
        if (names.Length != counts.Length)
        {
            throw new ArgumentException($"{counts.Length} counts are not one for each of {names.Length} names.", nameof(counts));
        }

        var size = 0;
        for (var i = 0; i < names.Length; i++)
        {
            size += Field(LabelSize(names[i], counts[i]));
        }

        var to = _frames.Begin(size);
        for (var i = 0; i < names.Length; i++)
        {
            var bytes = counts[i] * sizeof(float);
            Head(ref to, (2 << 3) | 2, LabelSize(names[i], counts[i]));
            WriteText(ref to, 1, names[i]);
            Head(ref to, (2 << 3) | 2, Field(Field(bytes)));
            Head(ref to, ((int)TensorKind.Float32 << 3) | 2, Field(bytes));
            Head(ref to, ValuesTag, bytes);
            TensorValues.Of(values[..counts[i]]).WriteTo(ref to);
            values = values[counts[i]..];
        }

        _frames.End();
    }

    /// <summary>Hands what is buffered to the stream.</summary>
    public void Flush() => _frames.Flush();

    /// <inheritdoc/>
    public void Dispose() => _frames.Dispose();

    private void Write(TensorValues features, ReadOnlySpan<int> keys, long width, bool sparse, TensorValues label, RecordText text)
    {
        var feature = Measure(features, keys, width, sparse);
        var target = Measure(label, default, 0, false);
        var size = Field(feature.Entry) + (label.Kind == TensorKind.None ? 0 : Field(target.Entry)) + Field(text.Uid) + Field(text.Metadata) + Field(text.Configuration);
        var to = _frames.Begin(size);
        WriteEntry(ref to, 1, features, keys, width, feature);
        if (label.Kind != TensorKind.None)
        {
            WriteEntry(ref to, 2, label, default, 0, target);
        }

        WriteText(ref to, 3, text.Uid);
        WriteText(ref to, 4, text.Metadata);
        WriteText(ref to, 5, text.Configuration);
        _frames.End();
    }

    private static Sizes Measure(TensorValues values, ReadOnlySpan<int> keys, long width, bool sparse)
    {
        var valueBytes = values.Size;
        var keyBytes = 0;
        foreach (var key in keys)
        {
            keyBytes += ProtobufCursor.VarintSize((uint)key);
        }

        var shapeBytes = sparse ? ProtobufCursor.VarintSize((ulong)width) : 0;
        var tensor = Packed(valueBytes) + Packed(keyBytes) + Packed(shapeBytes);
        var value = tensor == 0 ? 0 : Field(tensor);
        return new(valueBytes, keyBytes, shapeBytes, tensor, value, Field("values"u8.Length) + Field(value));
    }

    private static int LabelSize(string name, int count) => Field(name) + Field(Field(Field(count * sizeof(float))));

    private static int Packed(int size) => size == 0 ? 0 : Field(size);

    private static int Field(int size) => 1 + ProtobufCursor.VarintSize((uint)size) + size;

    private static int Field(string? text) => text is null ? 0 : Field(Encoding.UTF8.GetByteCount(text));

    private static void WriteEntry(ref Span<byte> to, int field, TensorValues values, ReadOnlySpan<int> keys, long width, Sizes sizes)
    {
        Head(ref to, (byte)((field << 3) | 2), sizes.Entry);
        Head(ref to, (1 << 3) | 2, "values"u8.Length);
        "values"u8.CopyTo(to);
        to = to["values"u8.Length..];
        Head(ref to, (2 << 3) | 2, sizes.Value);
        if (sizes.Tensor == 0)
        {
            return;
        }

        Head(ref to, (byte)(((int)values.Kind << 3) | 2), sizes.Tensor);
        if (sizes.ValueBytes > 0)
        {
            Head(ref to, ValuesTag, sizes.ValueBytes);
            values.WriteTo(ref to);
        }

        if (sizes.KeyBytes > 0)
        {
            Head(ref to, KeysTag, sizes.KeyBytes);
            foreach (var key in keys)
            {
                ProtobufCursor.WriteVarint(ref to, (uint)key);
            }
        }

        if (sizes.ShapeBytes > 0)
        {
            Head(ref to, ShapeTag, sizes.ShapeBytes);
            ProtobufCursor.WriteVarint(ref to, (ulong)width);
        }
    }

    private static void WriteText(ref Span<byte> to, int field, string? text)
    {
        if (text is not null)
        {
            Head(ref to, (byte)((field << 3) | 2), Encoding.UTF8.GetByteCount(text));
            to = to[Encoding.UTF8.GetBytes(text, to)..];
        }
    }

    private static void Head(ref Span<byte> to, byte tag, int size)
    {
        to[0] = tag;
        to = to[1..];
        ProtobufCursor.WriteVarint(ref to, (uint)size);
    }

    private readonly record struct Sizes(int ValueBytes, int KeyBytes, int ShapeBytes, int Tensor, int Value, int Entry);
}
