using System.Text.Json;

namespace Sagebrush.Algorithms.Formats;

/// <summary>Reads the rows of JSON requests.</summary>
/// <remarks>
/// A row is a list of numbers, null for a missing one, or an object that holds it under <c>features</c>, <c>values</c> or
/// <c>data</c>, as in SageMaker's common data formats; beside a list of <c>keys</c> they are those features alone, and the others 0. Rows stand alone, in a list, or in an object's <c>instances</c>.
/// </remarks>
internal static class InferenceJson
{
    private const int DeepestNesting = 8;

    public static void Read(ReadOnlySpan<byte> body, bool lines, scoped ref RowBuffer rows)
    {
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = DeepestNesting, AllowMultipleValues = lines });
            while (reader.Read())
            {
                ReadValue(ref reader, ref rows);
            }
        }
        catch (JsonException e)
        {
            throw InferenceRows.Unreadable("json", rows.Count, e.Message.TrimEnd('.'));
        }

        if (rows.Count == 0)
        {
            throw new InferenceInputException(400, "The request holds no rows.");
        }
    }

    private static void ReadValue(ref Utf8JsonReader reader, scoped ref RowBuffer rows)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                ReadObject(ref reader, ref rows);
                break;
            case JsonTokenType.StartArray:
                ReadArray(ref reader, ref rows);
                break;
            default:
                throw InferenceRows.Unreadable("json", rows.Count, "expected a list of numbers or an object with 'instances' or 'features'");
        }
    }

    private static void ReadObject(ref Utf8JsonReader reader, scoped ref RowBuffer rows)
    {
        var before = rows.Count;
        var ahead = reader;
        var keys = Keys(ref ahead, rows.FeatureCount, rows.Count);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var holdsRows = reader.ValueTextEquals("instances"u8) || reader.ValueTextEquals("features"u8)
                || reader.ValueTextEquals("values"u8) || reader.ValueTextEquals("data"u8);
            reader.Read();
            if (holdsRows && keys is not null && reader.TokenType == JsonTokenType.StartArray)
            {
                ReadSparse(ref reader, keys, ref rows);
            }
            else if (holdsRows)
            {
                ReadValue(ref reader, ref rows);
            }
            else
            {
                reader.Skip();
            }
        }

        if (rows.Count == before)
        {
            throw InferenceRows.Unreadable("json", rows.Count, "an object has no rows under 'instances' or 'features'");
        }
    }

    /// <summary>The list under <c>keys</c> of an object that holds a sparse row; null for any other object.</summary>
    private static int[]? Keys(ref Utf8JsonReader reader, int featureCount, int rowsBefore)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isKeys = reader.ValueTextEquals("keys"u8);
            reader.Read();
            if (!isKeys || reader.TokenType != JsonTokenType.StartArray)
            {
                reader.Skip();
                continue;
            }

            List<int> keys = [];
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var key) || (uint)key >= (uint)featureCount)
                {
                    throw InferenceRows.Unreadable("json", rowsBefore, $"key {keys.Count + 1} is not a feature from 0 to {featureCount - 1}");
                }

                keys.Add(key);
            }

            return [.. keys];
        }

        return null;
    }

    private static void ReadSparse(ref Utf8JsonReader reader, int[] keys, scoped ref RowBuffer rows)
    {
        var row = rows.Next();
        row.Clear();
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || count == keys.Length)
            {
                throw InferenceRows.Unreadable("json", rows.Count, $"value {count + 1} is not a number, or has no key");
            }

            row[keys[count++]] = (float)reader.GetDouble();
        }

        if (count != keys.Length)
        {
            throw InferenceRows.Unreadable("json", rows.Count, $"there are {keys.Length} keys and {count} values");
        }

        rows.Commit();
    }

    private static void ReadArray(ref Utf8JsonReader reader, scoped ref RowBuffer rows)
    {
        reader.Read();
        if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
        {
            for (; reader.TokenType != JsonTokenType.EndArray; reader.Read())
            {
                ReadValue(ref reader, ref rows);
            }

            return;
        }

        var row = rows.Next();
        var cells = 0;
        for (; reader.TokenType != JsonTokenType.EndArray; reader.Read(), cells++)
        {
            var value = reader.TokenType switch
            {
                JsonTokenType.Null => float.NaN,
                JsonTokenType.Number => (float)reader.GetDouble(),
                _ => throw InferenceRows.Unreadable("json", rows.Count, $"value {cells + 1} is not a number"),
            };
            if (cells < row.Length)
            {
                row[cells] = value;
            }
        }

        if (cells != rows.FeatureCount)
        {
            throw new InferenceInputException(
                400,
                $"Unable to evaluate payload provided: Feature size of json inference data {cells} is not consistent with feature size of trained model {rows.FeatureCount} (row {rows.Count + 1}).");
        }

        rows.Commit();
    }
}
