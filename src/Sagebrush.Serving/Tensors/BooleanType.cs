using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Sagebrush.Serving.Tensors;

/// <summary>True and false.</summary>
internal sealed class BooleanType() : ElementType("BOOL", "|b1", 1)
{
    internal override Array Allocate(int count) => new bool[count];

    internal override void Read(JsonElement value, Array target, int index) => ((bool[])target)[index] = value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number when value.GetDouble() is 0 or 1 => value.GetDouble() == 1,
        _ => throw new FormatException($"{value.GetRawText()} is no BOOL"),
    };

    internal override void Write(Utf8JsonWriter json, Array source, int index) => json.WriteBooleanValue(((bool[])source)[index]);

    internal override void Parse(ReadOnlySpan<byte> text, Array target, int index)
    {
        var word = Encoding.UTF8.GetString(text).Trim();
        ((bool[])target)[index] = word is "1" or "true" or "True" || (word is "0" or "false" or "False" ? false : throw new FormatException($"{word} is no BOOL"));
    }

    internal override double GetNumber(Array source, int index) => ((bool[])source)[index] ? 1 : 0;

    internal override void SetNumber(Array target, int index, double value) => ((bool[])target)[index] = value != 0;

    internal override Span<byte> Bytes(Array elements) => MemoryMarshal.AsBytes(((bool[])elements).AsSpan());
}
