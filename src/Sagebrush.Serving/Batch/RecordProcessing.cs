using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sagebrush.Serving.Batch;

/// <summary>What happens to each record around the model: its input filter, the join of input and answer, the output filter.</summary>
public sealed record RecordProcessing
{
    private const string Input = "SageMakerInput";
    private const string Output = "SageMakerOutput";

    /// <summary>Whether records are JSON; else they are CSV.</summary>
    public required bool IsJson { get; init; }

    /// <summary>What of a record the model gets.</summary>
    public JsonPath InputFilter { get; init; } = JsonPath.Parse("$");

    /// <summary>What of an answer, joined or not, is kept.</summary>
    public JsonPath OutputFilter { get; init; } = JsonPath.Parse("$");

    /// <summary>Whether the answer is joined to the record it answers.</summary>
    public bool JoinsInput { get; init; }

    /// <summary>Adds an inference id and this time to each answer; null adds nothing.</summary>
    public string? InferenceTime { get; init; }

    /// <summary>Whether anything happens to answers, so that they must be told apart by record.</summary>
    public bool ChangesAnswers => JoinsInput || !OutputFilter.IsRoot || InferenceTime is not null;

    /// <summary>What the model gets of a record.</summary>
    /// <exception cref="BatchInputException">The record is not what the filter needs.</exception>
    public byte[] Filter(ReadOnlySpan<byte> record) =>
        IsJson
            ? Bytes(InputFilter.Pick(Parse(record, "input record")))
            : CsvCells.Join(InputFilter.Pick(CsvCells.Split(record)));

    /// <summary>What is written for a record.</summary>
    /// <param name="record">The record as it came.</param>
    /// <param name="answer">The model's answer to it.</param>
    /// <exception cref="BatchInputException">One of them is not what the filter needs.</exception>
    public byte[] Finish(ReadOnlySpan<byte> record, ReadOnlySpan<byte> answer) => IsJson ? FinishJson(record, answer) : FinishCsv(record, answer);

    private byte[] FinishCsv(ReadOnlySpan<byte> record, ReadOnlySpan<byte> answer)
    {
        var cells = CsvCells.Split(answer);
        var kept = OutputFilter.Pick(JoinsInput ? [.. CsvCells.Split(record), .. cells] : cells);
        return CsvCells.Join(InferenceTime is null ? kept : [.. kept, Guid.NewGuid().ToString(), InferenceTime]);
    }

    private byte[] FinishJson(ReadOnlySpan<byte> record, ReadOnlySpan<byte> answer)
    {
        var value = Parse(answer, "model's answer");
        if (JoinsInput)
        {
            var input = Parse(record, "input record");
            if (input is JsonObject members)
            {
                members[Output] = value;
                value = members;
            }
            else
            {
                value = new JsonObject { [Input] = input, [Output] = value };
            }
        }

        value = OutputFilter.Pick(value);
        if (InferenceTime is not null)
        {
            var identified = value as JsonObject ?? new JsonObject { [Output] = value?.DeepClone() };
            identified["SageMakerInferenceId"] = Guid.NewGuid().ToString();
            identified["SageMakerInferenceTime"] = InferenceTime;
            value = identified;
        }

        return Bytes(value);
    }

    private static byte[] Bytes(JsonNode? value) => JsonSerializer.SerializeToUtf8Bytes(value, BatchJson.Default.JsonNode);

    private static JsonNode? Parse(ReadOnlySpan<byte> bytes, string what)
    {
        try
        {
            return JsonNode.Parse(bytes);
        }
        catch (JsonException error)
        {
            throw new BatchInputException($"The {what} is not JSON: {error.Message}", error);
        }
    }
}
