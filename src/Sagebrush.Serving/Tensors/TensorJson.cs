using System.Text.Json;

namespace Sagebrush.Serving.Tensors;

/// <summary>Tensors as nested lists of JSON.</summary>
internal static class TensorJson
{
    private const int DeepestNesting = 16;

    /// <summary>Reads a nested list, whose lists of one level are equally long.</summary>
    /// <exception cref="FormatException">It is not one, or holds something that is not of the type.</exception>
    public static Tensor Read(string name, ElementType type, JsonElement value)
    {
        var shape = new List<long>();
        for (var level = value; level.ValueKind == JsonValueKind.Array; level = level[0])
        {
            shape.Add(level.GetArrayLength());
            if (shape[^1] == 0 || shape.Count > DeepestNesting)
            {
                break;
            }
        }

        return ReadShaped(name, type, value, shape);
    }

    /// <summary>Reads as many elements as a shape has, from a flat or a nested list.</summary>
    /// <exception cref="FormatException">There are more or fewer, or one is not of the type.</exception>
    public static Tensor ReadFlat(string name, ElementType type, JsonElement value, IReadOnlyList<long> shape)
    {
        var elements = type.Allocate(Shapes.Count(shape));
        var count = Fill(name, type, value, elements, 0);
        return count == elements.Length
            ? new Tensor(name, type, shape, elements)
            : throw new FormatException($"'{name}' of shape {Shapes.Show(shape)} has {elements.Length} elements, but its data have {count}");
    }

    /// <summary>Writes a tensor as nested lists.</summary>
    public static void Write(Utf8JsonWriter json, Tensor tensor) => Write(json, tensor, 0, 0, tensor.Elements.Length);

    /// <summary>Writes one entry of a tensor's first dimension.</summary>
    public static void WriteRow(Utf8JsonWriter json, Tensor tensor, int row)
    {
        var size = tensor.Elements.Length / Math.Max(1, (int)tensor.Shape[0]);
        Write(json, tensor, 1, row * size, size);
    }

    /// <summary>Writes a tensor's elements as one list.</summary>
    public static void WriteFlat(Utf8JsonWriter json, Tensor tensor)
    {
        json.WriteStartArray();
        for (var i = 0; i < tensor.Elements.Length; i++)
        {
            tensor.Type.Write(json, tensor.Elements, i);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, Tensor tensor, int level, int from, int count)
    {
        if (level == tensor.Shape.Count)
        {
            tensor.Type.Write(json, tensor.Elements, from);
            return;
        }

        json.WriteStartArray();
        var length = (int)tensor.Shape[level];
        for (var i = 0; i < length; i++)
        {
            Write(json, tensor, level + 1, from + (i * (count / length)), count / length);
        }

        json.WriteEndArray();
    }

    private static Tensor ReadShaped(string name, ElementType type, JsonElement value, List<long> shape)
    {
        var elements = type.Allocate(Shapes.Count(shape));
        var at = 0;
        Fill(value, 0);
        return new Tensor(name, type, shape, elements);

        void Fill(JsonElement item, int level)
        {
            if (level == shape.Count)
            {
                type.Read(item, elements, at++);
                return;
            }

            if (item.ValueKind != JsonValueKind.Array || item.GetArrayLength() != shape[level])
            {
                throw new FormatException($"'{name}' is no regular list: at level {level + 1} there are {shape[level]} entries in one place and {(item.ValueKind == JsonValueKind.Array ? item.GetArrayLength() : 1)} in another");
            }

            foreach (var inner in item.EnumerateArray())
            {
                Fill(inner, level + 1);
            }
        }
    }

    private static int Fill(string name, ElementType type, JsonElement value, Array elements, int at)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            if (at < elements.Length)
            {
                type.Read(value, elements, at);
            }

            return at + 1;
        }

        foreach (var item in value.EnumerateArray())
        {
            at = Fill(name, type, item, elements, at);
        }

        return at;
    }
}
