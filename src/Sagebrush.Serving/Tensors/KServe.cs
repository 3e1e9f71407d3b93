using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Sagebrush.Serving.Tensors;

/// <summary>The KServe inference protocol, version 2, as Triton speaks it: named tensors with data types and shapes, as JSON or as bytes after it.</summary>
internal static class KServe
{
    /// <summary>The content type of requests and answers with bytes after their JSON; it ends with the length of the JSON.</summary>
    public const string BinaryPrefix = "application/vnd.sagemaker-triton.binary+json;json-header-size=";

    /// <summary>Whether a JSON object is a request of this protocol: its <c>inputs</c> are a list of named tensors.</summary>
    public static bool IsRequest(JsonElement inputs) =>
        inputs.ValueKind == JsonValueKind.Array && inputs.GetArrayLength() > 0 && inputs[0].ValueKind == JsonValueKind.Object && inputs[0].TryGetProperty("datatype", out _);

    /// <summary>Answers a request.</summary>
    /// <param name="model">Who computes.</param>
    /// <param name="request">The JSON.</param>
    /// <param name="binary">The bytes after it.</param>
    /// <param name="answersBinary">Whether outputs are bytes unless the request says otherwise of one.</param>
    /// <param name="output">Where the answer goes.</param>
    /// <returns>The answer's content type.</returns>
    /// <exception cref="FormatException">The request does not fit the model.</exception>
    public static string Answer(ITensorModel model, JsonElement request, ReadOnlySpan<byte> binary, bool answersBinary, IBufferWriter<byte> output)
    {
        List<Tensor> inputs = [];
        foreach (var input in request.GetProperty("inputs").EnumerateArray())
        {
            inputs.Add(Read(input, ref binary));
        }

        foreach (var tensor in inputs)
        {
            if (model.Inputs.FirstOrDefault(known => known.Name == tensor.Name) is { } known && known.Type != tensor.Type)
            {
                throw new FormatException($"the input '{tensor.Name}' wants the datatype {known.Type} and was given {tensor.Type}");
            }
        }

        var results = model.Run(TensorInputs.Arrange(model.Inputs, inputs));
        var wanted = Wanted(model, request, results, answersBinary);
        var json = Write(model, request, wanted);
        output.Write(json);
        if (!wanted.Any(pair => pair.Binary))
        {
            return TensorResponses.Json;
        }

        foreach (var (tensor, isBinary) in wanted)
        {
            if (isBinary)
            {
                output.Write(Bytes(tensor));
            }
        }

        return BinaryPrefix + json.Length.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The outputs a request asks for, and whether it wants each as bytes.</summary>
    private static List<(Tensor Tensor, bool Binary)> Wanted(ITensorModel model, JsonElement request, IReadOnlyList<Tensor> results, bool answersBinary)
    {
        if (Parameter(request, "binary_data_output") is { } all)
        {
            answersBinary = all.ValueKind == JsonValueKind.True;
        }

        if (!request.TryGetProperty("outputs", out var outputs) || outputs.GetArrayLength() == 0)
        {
            return [.. results.Select(tensor => (tensor, answersBinary))];
        }

        return [.. outputs.EnumerateArray().Select(wish =>
        {
            var name = Text(wish, "name");
            var tensor = results.FirstOrDefault(result => result.Name == name)
                ?? throw new FormatException($"the model has no output '{name}'; it has {TensorInputs.Names(model.Outputs)}");
            return (tensor, Parameter(wish, "binary_data") is { } binary ? binary.ValueKind == JsonValueKind.True : answersBinary);
        })];
    }

    private static Tensor Read(JsonElement input, ref ReadOnlySpan<byte> binary)
    {
        var name = Text(input, "name");
        var type = ElementType.Find(Text(input, "datatype"))
            ?? throw new FormatException($"the input '{name}' has the datatype {Text(input, "datatype")}, which is none of {string.Join(", ", ElementType.All)}");
        if (!input.TryGetProperty("shape", out var dimensions) || dimensions.ValueKind != JsonValueKind.Array)
        {
            throw new FormatException($"the input '{name}' has no 'shape'");
        }

        List<long> shape = [.. dimensions.EnumerateArray().Select(dimension =>
            dimension.ValueKind == JsonValueKind.Number && dimension.TryGetInt64(out var size) ? size : throw new FormatException($"the shape of the input '{name}' is no list of whole numbers"))];
        if (Parameter(input, "binary_data_size") is { } length)
        {
            return ReadBytes(name, type, shape, length.TryGetInt32(out var size) ? size : -1, ref binary);
        }

        return input.TryGetProperty("data", out var data)
            ? TensorJson.ReadFlat(name, type, data, shape)
            : throw new FormatException($"the input '{name}' has no 'data'");
    }

    private static Tensor ReadBytes(string name, ElementType type, List<long> shape, int length, ref ReadOnlySpan<byte> binary)
    {
        if (length < 0 || length > binary.Length)
        {
            throw new FormatException($"the input '{name}' has binary_data_size {length}, and {binary.Length} bytes are left");
        }

        var elements = type.Allocate(Shapes.Count(shape));
        var bytes = binary[..length];
        binary = binary[length..];
        if (type.Size > 0)
        {
            var target = type.Bytes(elements);
            if (target.Length != bytes.Length)
            {
                throw new FormatException($"the input '{name}' of shape {Shapes.Show(shape)} has {target.Length} bytes, not {bytes.Length}");
            }

            bytes.CopyTo(target);
            return new Tensor(name, type, shape, elements);
        }

        // Texts come each with its length before it.
        for (var i = 0; i < elements.Length; i++)
        {
            if (bytes.Length < 4 || BinaryPrimitives.ReadUInt32LittleEndian(bytes) is var size && size > bytes.Length - 4)
            {
                throw new FormatException($"the input '{name}' ends within text {i + 1} of {elements.Length}");
            }

            ((string[])elements)[i] = Encoding.UTF8.GetString(bytes.Slice(4, (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes)));
            bytes = bytes[(4 + (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes))..];
        }

        return new Tensor(name, type, shape, elements);
    }

    private static ReadOnlySpan<byte> Write(ITensorModel model, JsonElement request, List<(Tensor Tensor, bool Binary)> outputs)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, TensorResponses.JsonOptions))
        {
            json.WriteStartObject();
            if (request.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String)
            {
                json.WriteString("id", id.GetString());
            }

            json.WriteString("model_name", model.Name);
            json.WriteString("model_version", model.Version);
            json.WriteStartArray("outputs");
            foreach (var (tensor, binary) in outputs)
            {
                json.WriteStartObject();
                json.WriteString("name", tensor.Name);
                json.WriteString("datatype", tensor.Type.Name);
                json.WriteStartArray("shape");
                foreach (var dimension in tensor.Shape)
                {
                    json.WriteNumberValue(dimension);
                }

                json.WriteEndArray();
                if (binary)
                {
                    json.WriteStartObject("parameters");
                    json.WriteNumber("binary_data_size", Bytes(tensor).Length);
                    json.WriteEndObject();
                }
                else
                {
                    json.WritePropertyName("data");
                    TensorJson.WriteFlat(json, tensor);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan;
    }

    private static ReadOnlySpan<byte> Bytes(Tensor tensor)
    {
        if (tensor.Type.Size > 0)
        {
            return tensor.Type.Bytes(tensor.Elements);
        }

        var buffer = new ArrayBufferWriter<byte>();
        foreach (var text in (string[])tensor.Elements)
        {
            BinaryPrimitives.WriteInt32LittleEndian(buffer.GetSpan(4), Encoding.UTF8.GetByteCount(text));
            buffer.Advance(4);
            Encoding.UTF8.GetBytes(text, buffer);
        }

        return buffer.WrittenSpan;
    }

    private static JsonElement? Parameter(JsonElement owner, string name) =>
        owner.TryGetProperty("parameters", out var parameters) && parameters.ValueKind == JsonValueKind.Object && parameters.TryGetProperty(name, out var value) ? value : null;

    private static string Text(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new FormatException($"an input or output has no '{name}'");
}
