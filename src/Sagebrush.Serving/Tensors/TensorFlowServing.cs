using System.Buffers;
using System.Text.Json;

namespace Sagebrush.Serving.Tensors;

/// <summary>TensorFlow Serving's REST requests: <c>instances</c> row by row, or <c>inputs</c> column by column.</summary>
internal static class TensorFlowServing
{
    /// <summary>Answers <c>{"instances": […]}</c>, or the list alone, with <c>{"predictions": […]}</c>.</summary>
    /// <exception cref="FormatException">The request does not fit the model.</exception>
    public static void AnswerRows(ITensorModel model, JsonElement instances, IBufferWriter<byte> output)
    {
        if (instances.ValueKind != JsonValueKind.Array || instances.GetArrayLength() is not (> 0 and var count))
        {
            throw new FormatException("'instances' must be a list with an entry for each row");
        }

        var inputs = model.Inputs.Select(input => Rows(model, input, instances)).ToList();
        var outputs = model.Run(TensorInputs.Arrange(model.Inputs, inputs));
        foreach (var tensor in outputs)
        {
            if (tensor.Shape is not [var rows, ..] || rows != count)
            {
                throw new FormatException($"the output '{tensor.Name}' of shape {Shapes.Show(tensor.Shape)} has no entry for each of the {count} instances; ask by 'inputs' instead");
            }
        }

        using var json = new Utf8JsonWriter(output, TensorResponses.JsonOptions);
        json.WriteStartObject();
        json.WriteStartArray("predictions");
        for (var row = 0; row < count; row++)
        {
            if (outputs is [var only])
            {
                TensorJson.WriteRow(json, only, row);
                continue;
            }

            json.WriteStartObject();
            foreach (var tensor in outputs)
            {
                json.WritePropertyName(tensor.Name);
                TensorJson.WriteRow(json, tensor, row);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Answers <c>{"inputs": …}</c> with <c>{"outputs": …}</c>.</summary>
    /// <exception cref="FormatException">The request does not fit the model.</exception>
    public static void AnswerColumns(ITensorModel model, JsonElement columns, IBufferWriter<byte> output)
    {
        List<Tensor> inputs = [];
        if (columns.ValueKind == JsonValueKind.Object)
        {
            foreach (var column in columns.EnumerateObject())
            {
                var input = model.Inputs.FirstOrDefault(known => known.Name == column.Name)
                    ?? throw new FormatException($"the model has no input '{column.Name}'; it has {TensorInputs.Names(model.Inputs)}");
                inputs.Add(TensorJson.Read(input.Name, input.Type, column.Value));
            }
        }
        else
        {
            var input = Only(model);
            inputs.Add(TensorJson.Read(input.Name, input.Type, columns));
        }

        var outputs = model.Run(TensorInputs.Arrange(model.Inputs, inputs));
        using var json = new Utf8JsonWriter(output, TensorResponses.JsonOptions);
        json.WriteStartObject();
        json.WritePropertyName("outputs");
        if (outputs is [var only])
        {
            TensorJson.Write(json, only);
        }
        else
        {
            json.WriteStartObject();
            foreach (var tensor in outputs)
            {
                json.WritePropertyName(tensor.Name);
                TensorJson.Write(json, tensor);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>The one input of a model that has one.</summary>
    /// <exception cref="FormatException">It has several.</exception>
    public static TensorSpecification Only(ITensorModel model) => model.Inputs is [var only]
        ? only
        : throw new FormatException($"the model has {model.Inputs.Count} inputs, which a request must name: {TensorInputs.Names(model.Inputs)}");

    private static Tensor Rows(ITensorModel model, TensorSpecification input, JsonElement instances)
    {
        if (instances[0].ValueKind != JsonValueKind.Object || instances[0].TryGetProperty("b64", out _))
        {
            Only(model);
            return TensorJson.Read(input.Name, input.Type, instances);
        }

        // Each row is an object of inputs: its entries for one input are a list again.
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            var row = 0;
            foreach (var instance in instances.EnumerateArray())
            {
                row++;
                if (instance.ValueKind != JsonValueKind.Object || !instance.TryGetProperty(input.Name, out var value))
                {
                    throw new FormatException($"instance {row} has no '{input.Name}'; the model has {TensorInputs.Names(model.Inputs)}");
                }

                if (instance.EnumerateObject().FirstOrDefault(member => model.Inputs.All(known => known.Name != member.Name)) is { Value.ValueKind: not JsonValueKind.Undefined } unknown)
                {
                    throw new FormatException($"instance {row} has '{unknown.Name}', which is no input of the model; it has {TensorInputs.Names(model.Inputs)}");
                }

                value.WriteTo(json);
            }

            json.WriteEndArray();
        }

        using var list = JsonDocument.Parse(buffer.WrittenMemory);
        return TensorJson.Read(input.Name, input.Type, list.RootElement);
    }
}
