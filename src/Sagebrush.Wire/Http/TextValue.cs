using System.Globalization;

using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Http;

/// <summary>Reads values that travel as plain text: in headers, path labels, query strings, XML elements and form fields.</summary>
internal static class TextValue
{
    public static bool Boolean(Member member, string text) => text switch
    {
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        _ => throw Malformed(member, text, "a Boolean"),
    };

    public static int Integer(Member member, string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw Malformed(member, text, "an Integer");

    public static long Long(Member member, string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw Malformed(member, text, "a Long");

    public static double Double(Member member, string text) => text switch
    {
        "NaN" => double.NaN,
        "Infinity" => double.PositiveInfinity,
        "-Infinity" => double.NegativeInfinity,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw Malformed(member, text, "a Double"),
    };

    public static byte[] Blob(Member member, string text)
    {
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException e)
        {
            throw new SerializationException($"The value at '{member.Name}' is not valid base64.", e);
        }
    }

    public static string Format(bool value) => value ? "true" : "false";

    public static string Format(long value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Format(double value) => double.IsFinite(value)
        ? value.ToString("R", CultureInfo.InvariantCulture)
        : double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";

    public static string Format(float value) => float.IsFinite(value)
        ? value.ToString("R", CultureInfo.InvariantCulture)
        : Format((double)value);

    private static SerializationException Malformed(Member member, string text, string target) =>
        new($"The value '{(text.Length > 100 ? text[..100] : text)}' at '{member.WireName}' can not be converted to {target}.");
}
