using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Sagebrush.Serving.Tensors;

/// <summary>Numbers of one kind.</summary>
internal sealed class NumberType<T>(string name, string numpyName) : ElementType(name, numpyName, Unsafe.SizeOf<T>())
    where T : unmanaged, INumber<T>
{
    // An integer's 1/2 is 0.
    private static readonly bool IsInteger = T.One / (T.One + T.One) == T.Zero;

    internal override Array Allocate(int count) => new T[count];

    internal override void Read(JsonElement value, Array target, int index)
    {
        var elements = (T[])target;
        try
        {
            elements[index] = value.ValueKind switch
            {
                JsonValueKind.Number when !IsInteger => T.CreateSaturating(value.GetDouble()),
                JsonValueKind.Number when value.TryGetInt64(out var whole) => T.CreateChecked(whole),
                JsonValueKind.Number when value.TryGetUInt64(out var large) => T.CreateChecked(large),
                JsonValueKind.Number when value.GetDouble() is var number && number == Math.Floor(number) => T.CreateChecked(number),
                JsonValueKind.True when IsInteger => T.One,
                JsonValueKind.False when IsInteger => T.Zero,
                JsonValueKind.Null when !IsInteger => T.CreateSaturating(double.NaN),
                JsonValueKind.String when !IsInteger => Special(value.GetString()!),
                _ => throw Wrong(value.GetRawText()),
            };
        }
        catch (OverflowException)
        {
            throw Wrong(value.GetRawText());
        }
    }

    internal override void Write(Utf8JsonWriter json, Array source, int index)
    {
        var value = ((T[])source)[index];
        if (T.IsFinite(value))
        {
            Span<byte> text = stackalloc byte[48];
            ((IUtf8SpanFormattable)value).TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
            json.WriteRawValue(text[..length], skipInputValidation: true);
            return;
        }

        // As Python's json and TensorFlow Serving write them.
        json.WriteRawValue(T.IsNaN(value) ? "NaN"u8 : T.IsPositive(value) ? "Infinity"u8 : "-Infinity"u8, skipInputValidation: true);
    }

    internal override void Parse(ReadOnlySpan<byte> text, Array target, int index) =>
        ((T[])target)[index] = T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw Wrong(Encoding.UTF8.GetString(text));

    internal override double GetNumber(Array source, int index) => double.CreateSaturating(((T[])source)[index]);

    internal override void SetNumber(Array target, int index, double value) => ((T[])target)[index] = T.CreateSaturating(value);

    internal override Span<byte> Bytes(Array elements) => MemoryMarshal.AsBytes(((T[])elements).AsSpan());

    private static T Special(string text) => text switch
    {
        "NaN" => T.CreateSaturating(double.NaN),
        "Infinity" => T.CreateSaturating(double.PositiveInfinity),
        "-Infinity" => T.CreateSaturating(double.NegativeInfinity),
        _ => throw new FormatException($"\"{text}\" is not a number"),
    };

    private FormatException Wrong(string text) => new($"{(text.Length > 40 ? text[..40] + "…" : text)} is no {Name}");
}
