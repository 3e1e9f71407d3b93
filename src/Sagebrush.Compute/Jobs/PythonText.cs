using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sagebrush.Compute.Jobs;

/// <summary>
/// Reads and writes JSON values as Python does. The training toolkit is Python, and scripts see its <c>str()</c> and
/// <c>json.dumps()</c> in their arguments and environment: <c>1e-3</c> arrives as <c>0.001</c>, <c>true</c> as <c>True</c>.
/// </summary>
internal static class PythonText
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>What <c>json.loads</c> makes of a hyperparameter, or the text itself where it is not JSON.</summary>
    public static JsonNode? LoadOrKeep(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: Strict);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    /// <summary>Python's <c>str()</c> of a value.</summary>
    public static string Str(JsonNode? value) =>
        value?.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : Repr(value);

    /// <summary><c>json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)</c>.</summary>
    public static string Dumps(JsonNode? value)
    {
        var text = new StringBuilder();
        Dump(value, text);
        return text.ToString();
    }

    /// <summary>Python's <c>repr()</c> of a value.</summary>
    internal static string Repr(JsonNode? value)
    {
        switch (value?.GetValueKind())
        {
            case null or JsonValueKind.Null:
                return "None";
            case JsonValueKind.True:
                return "True";
            case JsonValueKind.False:
                return "False";
            case JsonValueKind.Number:
                return Number(value, "inf");
            case JsonValueKind.String:
                return Quote(value.GetValue<string>());
            case JsonValueKind.Array:
                return $"[{string.Join(", ", value.AsArray().Select(Repr))}]";
            default:
                return $"{{{string.Join(", ", value.AsObject().Select(pair => $"{Quote(pair.Key)}: {Repr(pair.Value)}"))}}}";
        }
    }

    private static void Dump(JsonNode? value, StringBuilder text)
    {
        switch (value?.GetValueKind())
        {
            case null or JsonValueKind.Null:
                text.Append("null");
                break;
            case JsonValueKind.True:
                text.Append("true");
                break;
            case JsonValueKind.False:
                text.Append("false");
                break;
            case JsonValueKind.Number:
                text.Append(Number(value, "Infinity"));
                break;
            case JsonValueKind.String:
                DumpString(value.GetValue<string>(), text);
                break;
            case JsonValueKind.Array:
                text.Append('[');
                foreach (var (index, item) in value.AsArray().Index())
                {
                    text.Append(index == 0 ? string.Empty : ",");
                    Dump(item, text);
                }

                text.Append(']');
                break;
            default:
                text.Append('{');
                foreach (var (index, (key, item)) in value.AsObject().OrderBy(pair => pair.Key, StringComparer.Ordinal).Index())
                {
                    text.Append(index == 0 ? string.Empty : ",");
                    DumpString(key, text);
                    text.Append(':');
                    Dump(item, text);
                }

                text.Append('}');
                break;
        }
    }

    private static void DumpString(string value, StringBuilder text)
    {
        text.Append('"');
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                < ' ' or > '~' => text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }

    private static string Number(JsonNode value, string infinity)
    {
        var text = value.ToJsonString();
        if (!text.AsSpan().ContainsAny('.', 'e', 'E'))
        {
            return text == "-0" ? "0" : text;
        }

        var number = double.Parse(text, CultureInfo.InvariantCulture);
        return double.IsFinite(number) ? Float(number) : number > 0 ? infinity : "-" + infinity;
    }

    // Python prints the shortest digits that read back alike, plain for exponents from -4 to 15 and scientific beyond.
    private static string Float(double number)
    {
        var shortest = number.ToString("E16", CultureInfo.InvariantCulture);
        for (var precision = 0; precision < 16; precision++)
        {
            var candidate = number.ToString("E" + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            if (double.Parse(candidate, CultureInfo.InvariantCulture) == number)
            {
                shortest = candidate;
                break;
            }
        }

        var sign = shortest[0] == '-' ? "-" : string.Empty;
        var e = shortest.IndexOf('E', StringComparison.Ordinal);
        var digits = shortest[sign.Length..e].Replace(".", string.Empty, StringComparison.Ordinal);
        var exponent = int.Parse(shortest.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

        if (exponent is < -4 or >= 16)
        {
            var fraction = digits.Length > 1 ? "." + digits[1..] : string.Empty;
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        }

        if (exponent < 0)
        {
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        }

        return digits.Length <= exponent + 1
            ? $"{sign}{digits.PadRight(exponent + 1, '0')}.0"
            : $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }

    private static string Quote(string value)
    {
        var quote = value.Contains('\'', StringComparison.Ordinal) && !value.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        var text = new StringBuilder().Append(quote);
        foreach (var c in value)
        {
            _ = c switch
            {
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' or '\x7f' => text.Append("\\x").Append(((int)c).ToString("x2", CultureInfo.InvariantCulture)),
                _ when c == quote => text.Append('\\').Append(c),
                _ => text.Append(c),
            };
        }

        return text.Append(quote).ToString();
    }
}
