namespace Sagebrush.Learning.Tables.RecordIO;

/// <summary>One of SageMaker's protobuf records (<c>aialgs.data.Record</c>), read where it lies.</summary>
public readonly ref struct RecordView
{
    private const uint FeaturesTag = (1 << 3) | ProtobufCursor.Bytes;
    private const uint LabelTag = (2 << 3) | ProtobufCursor.Bytes;

    private readonly ReadOnlySpan<byte> _record;
    private readonly ReadOnlySpan<byte> _features;
    private readonly ReadOnlySpan<byte> _label;

    /// <summary>Finds the record's parts.</summary>
    /// <exception cref="FormatException">It is no such record.</exception>
    public RecordView(ReadOnlySpan<byte> record)
    {
        _record = record;
        var cursor = new ProtobufCursor(record);
        while (cursor.MoveNext(out var tag, out var content))
        {
            switch (tag)
            {
                case FeaturesTag:
                    if (EntryValue(content, "values"u8, out var features))
                    {
                        _features = features;
                        HasFeatures = true;
                    }

                    break;
                case LabelTag:
                    if (EntryValue(content, "values"u8, out var label))
                    {
                        _label = label;
                        HasLabel = true;
                    }

                    break;
                case (3 << 3) | ProtobufCursor.Bytes:
                    Uid = content;
                    break;
                case (4 << 3) | ProtobufCursor.Bytes:
                    Metadata = content;
                    break;
                case (5 << 3) | ProtobufCursor.Bytes:
                    Configuration = content;
                    break;
            }
        }
    }

    /// <summary>Whether there is a feature named <c>values</c>.</summary>
    public bool HasFeatures { get; }

    /// <summary>Whether there is a label named <c>values</c>.</summary>
    public bool HasLabel { get; }

    /// <summary>The feature named <c>values</c>, which is all the features of vectors.</summary>
    public TensorView Features => new(_features);

    /// <summary>The label named <c>values</c>.</summary>
    public TensorView Label => new(_label);

    /// <summary>The record's own identifier, in UTF-8; empty when it has none.</summary>
    public ReadOnlySpan<byte> Uid { get; }

    /// <summary>What the record says of itself, in UTF-8.</summary>
    public ReadOnlySpan<byte> Metadata { get; }

    /// <summary>Settings for this record alone, JSON in UTF-8.</summary>
    public ReadOnlySpan<byte> Configuration { get; }

    /// <summary>Finds a feature by its name.</summary>
    public bool TryGetFeature(ReadOnlySpan<byte> name, out TensorView feature) => TryGet(FeaturesTag, name, out feature);

    /// <summary>Finds a label by its name.</summary>
    public bool TryGetLabel(ReadOnlySpan<byte> name, out TensorView label) => TryGet(LabelTag, name, out label);

    private bool TryGet(uint map, ReadOnlySpan<byte> name, out TensorView tensor)
    {
        tensor = default;
        var found = false;
        var cursor = new ProtobufCursor(_record);
        while (cursor.MoveNext(out var tag, out var content))
        {
            if (tag == map && EntryValue(content, name, out var value))
            {
                tensor = new TensorView(value);
                found = true;
            }
        }

        return found;
    }

    private static bool EntryValue(ReadOnlySpan<byte> entry, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        ReadOnlySpan<byte> key = default;
        var cursor = new ProtobufCursor(entry);
        while (cursor.MoveNext(out var tag, out var content))
        {
            if (tag == ((1 << 3) | ProtobufCursor.Bytes))
            {
                key = content;
            }
            else if (tag == ((2 << 3) | ProtobufCursor.Bytes))
            {
                value = content;
            }
        }

        return key.SequenceEqual(name);
    }
}
