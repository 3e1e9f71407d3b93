using System.Text;
using System.Text.Json;

namespace Sagebrush.Serving.Tensors;

/// <summary>Texts.</summary>
internal sealed class TextType() : ElementType("BYTES", null, 0)
{
    internal override Array Allocate(int count) => new string[count];

    internal override void Read(JsonElement value, Array target, int index) => ((string[])target)[index] = value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,

        // TensorFlow Serving's form of bytes.
        JsonValueKind.Object when value.TryGetProperty("b64", out var encoded) && encoded.TryGetBytesFromBase64(out var bytes) => Encoding.UTF8.GetString(bytes),
        _ => throw new FormatException($"{value.GetRawText()} is no text"),
    };

    internal override void Write(Utf8JsonWriter json, Array source, int index) => json.WriteStringValue(((string[])source)[index]);

    internal override void Parse(ReadOnlySpan<byte> text, Array target, int index) => ((string[])target)[index] = Encoding.UTF8.GetString(text).Trim('"');

    internal override double GetNumber(Array source, int index) => throw new FormatException($"\"{((string[])source)[index]}\" is no number");

    internal override void SetNumber(Array target, int index, double value) => throw new FormatException("a text is wanted, not a number");

    internal override Span<byte> Bytes(Array elements) => default;
}
