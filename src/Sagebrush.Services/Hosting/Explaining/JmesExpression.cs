using DevLab.JmesPath;
using DevLab.JmesPath.Expressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Sagebrush.Services.Hosting.Explaining;

/// <summary>A JMESPath expression. Thread safe.</summary>
internal sealed class JmesExpression
{
    private readonly Lock _gate = new();
    private readonly JmesPathExpression _expression;
    private readonly string _text;

    /// <exception cref="FormatException">It is no JMESPath expression.</exception>
    public JmesExpression(string text)
    {
        _text = text;
        try
        {
            _expression = new JmesPath().Parse(text);
        }
#pragma warning disable CA1031 // The library throws plain exceptions for what does not parse.
        catch (Exception error)
#pragma warning restore CA1031
        {
            throw new FormatException($"'{text}' is not a valid JMESPath expression: {error.Message}", error);
        }
    }

    /// <summary>The expression of an optional text.</summary>
    /// <exception cref="FormatException">It is no JMESPath expression.</exception>
    public static JmesExpression? OfOptional(string? text) => text is null ? null : new(text);

    /// <summary>Reads one JSON value, with words that look like dates left as words.</summary>
    /// <param name="text">The JSON.</param>
    /// <param name="what">What it is called when it is none.</param>
    /// <exception cref="FormatException">It is no JSON.</exception>
    public static JToken Json(string text, string what)
    {
        try
        {
            using var reader = new JsonTextReader(new StringReader(text)) { DateParseHandling = DateParseHandling.None, MaxDepth = 64 };
            var token = JToken.ReadFrom(reader);
            return !reader.Read() ? token : throw new FormatException($"{what} has something after its JSON value");
        }
        catch (JsonException error)
        {
            throw new FormatException($"{what} is not JSON: {error.Message}", error);
        }
    }

    /// <summary>What it gives for a value.</summary>
    /// <exception cref="FormatException">It cannot be evaluated.</exception>
    public JToken Of(JToken value)
    {
        try
        {
            // The library keeps the state of an evaluation in the expression.
            lock (_gate)
            {
                return _expression.Transform(new JmesPathArgument(value)).AsJToken();
            }
        }
#pragma warning disable CA1031 // The library throws plain exceptions for values of the wrong type.
        catch (Exception error)
#pragma warning restore CA1031
        {
            throw new FormatException($"The expression '{_text}' cannot be evaluated for {Short(value)}: {error.Message}", error);
        }
    }

    /// <summary>Whether it is true of a value.</summary>
    /// <exception cref="FormatException">It is neither true nor false.</exception>
    public bool IsTrueOf(JToken value) => Of(value) is JValue { Value: bool answer }
        ? answer : throw new FormatException($"The expression '{_text}' is neither true nor false for {Short(value)}, but {Short(Of(value))}");

    public override string ToString() => _text;

    private static string Short(JToken value) => value.ToString(Formatting.None) is { Length: > 80 } text ? text[..80] + "…" : value.ToString(Formatting.None);
}
