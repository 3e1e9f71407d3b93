using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Sagebrush.Serving.Tensors;

/// <summary>Serves a model from tensors to tensors in this process, in the request forms of TensorFlow Serving and Triton, and as CSV and NumPy files.</summary>
/// <param name="model">The model; disposed with the server.</param>
public sealed class TensorModelServer(ITensorModel model) : IModelServer
{
    /// <inheritdoc/>
    public bool IsImmediate => true;

    /// <inheritdoc/>
    public ValueTask<bool> PingAsync(CancellationToken cancellationToken) => ValueTask.FromResult(true);

    /// <inheritdoc/>
    public ValueTask<InvocationResult> InvokeAsync(Invocation invocation, IBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        try
        {
            return ValueTask.FromResult(new InvocationResult(Answer(invocation, output)));
        }
        catch (Exception error) when (error is FormatException or JsonException or InvalidOperationException)
        {
            return ValueTask.FromException<InvocationResult>(TensorResponses.Refused(400, error.Message));
        }
        catch (ModelInvocationException error)
        {
            return ValueTask.FromException<InvocationResult>(error);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        model.Dispose();
        return ValueTask.CompletedTask;
    }

    private string Answer(in Invocation invocation, IBufferWriter<byte> output)
    {
        var body = invocation.Body.IsSingleSegment ? invocation.Body.First : invocation.Body.ToArray();
        if (invocation.ContentType?.StartsWith(KServe.BinaryPrefix, StringComparison.OrdinalIgnoreCase) == true)
        {
            return AnswerBinary(invocation.ContentType[KServe.BinaryPrefix.Length..], body, output);
        }

        switch (TensorResponses.Bare(invocation.ContentType))
        {
            case TensorResponses.Json or "":
                using (var request = JsonDocument.Parse(body))
                {
                    return AnswerJson(request.RootElement, invocation.Accept, output);
                }

            case TensorResponses.Csv:
                return AnswerTable(TensorTables.Read(model, body.Span), TensorResponses.Answer(invocation.Accept, TensorResponses.Csv), output);
            case TensorResponses.Npy:
                var input = TensorFlowServing.Only(model);
                return AnswerTable([NumpyFile.Read(input.Name, body.Span)], TensorResponses.Answer(invocation.Accept, TensorResponses.Npy), output);
            default:
                throw TensorResponses.Refused(
                    415, $"Content-type {invocation.ContentType} is not supported. Please use one of {TensorResponses.Json}, {TensorResponses.Csv}, {TensorResponses.Npy}, {KServe.BinaryPrefix}N.");
        }
    }

    private string AnswerJson(JsonElement request, string? accept, IBufferWriter<byte> output)
    {
        if (request.ValueKind == JsonValueKind.Object && request.TryGetProperty("inputs", out var inputs))
        {
            if (KServe.IsRequest(inputs))
            {
                return KServe.Answer(model, request, [], accept?.StartsWith("application/vnd.sagemaker-triton.binary+json", StringComparison.OrdinalIgnoreCase) == true, output);
            }

            TensorFlowServing.AnswerColumns(model, inputs, output);
            return TensorResponses.Json;
        }

        var rows = request;
        if (request.ValueKind == JsonValueKind.Object && !request.TryGetProperty("instances", out rows))
        {
            throw new FormatException("the request has neither 'instances' nor 'inputs'");
        }

        var type = TensorResponses.Answer(accept, TensorResponses.Json);
        if (type != TensorResponses.Json)
        {
            var only = TensorFlowServing.Only(model);
            return AnswerTable([TensorJson.Read(only.Name, only.Type, rows)], type, output);
        }

        TensorFlowServing.AnswerRows(model, rows, output);
        return type;
    }

    private string AnswerBinary(string length, ReadOnlyMemory<byte> body, IBufferWriter<byte> output)
    {
        if (!int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size > body.Length)
        {
            throw new FormatException($"the content type says that the JSON has {length} bytes, and the body has {body.Length}");
        }

        using var request = JsonDocument.Parse(body[..size]);
        return request.RootElement.ValueKind == JsonValueKind.Object && request.RootElement.TryGetProperty("inputs", out var inputs) && KServe.IsRequest(inputs)
            ? KServe.Answer(model, request.RootElement, body.Span[size..], true, output)
            : throw new FormatException("the request has no 'inputs', each with name, datatype and shape");
    }

    private string AnswerTable(IReadOnlyList<Tensor> inputs, string type, IBufferWriter<byte> output)
    {
        var outputs = model.Run(TensorInputs.Arrange(model.Inputs, inputs));
        switch (type)
        {
            case TensorResponses.Csv:
                TensorTables.Write(outputs, output);
                break;
            case TensorResponses.Npy:
                NumpyFile.Write(outputs[0], output);
                break;
            default:
                using (var json = new Utf8JsonWriter(output, TensorResponses.JsonOptions))
                {
                    json.WriteStartObject();
                    json.WritePropertyName("predictions");
                    TensorJson.Write(json, outputs[0]);
                    json.WriteEndObject();
                }

                break;
        }

        return type;
    }
}
