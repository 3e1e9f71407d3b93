using System.Text.Json;
using System.Text.Json.Serialization;

using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Json;

/// <summary>Lets <see cref="JsonSerializer"/> carry contracts inside documents of our own.</summary>
/// <typeparam name="T">A generated contract.</typeparam>
public sealed class ShapeJsonConverter<T> : JsonConverter<T>
    where T : class, IShape, new()
{
    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var shape = new T();
        new JsonShapeReader().Read(JsonElement.ParseValue(ref reader), shape);
        return shape;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => new JsonShapeWriter(writer).Write(value);
}
