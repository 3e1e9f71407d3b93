using System.Text.Json;

namespace Sagebrush.Contracts.Generator;

/// <summary>Writes the expression that makes a <c>Member</c>: what codecs and the validator need to know of it.</summary>
internal static class SchemaEmitter
{
    public static string Member(MemberModel member, TypeMap types)
    {
        var extra = new List<string>();
        if (member.Required)
        {
            extra.Add("Required = true");
        }

        if (member.Streaming)
        {
            extra.Add("Streaming = true");
        }

        return Expression(member.Name, member.Shape, member.Model, extra, types);
    }

    private static string Element(string name, JsonElement reference, TypeMap types) =>
        Expression(name, reference.Text("shape")!, reference, ["IsElement = true"], types);

    private static string Expression(string name, string shape, JsonElement reference, List<string> settings, TypeMap types)
    {
        var model = types.Shape(shape);
        var kind = types.Kind(shape);
        if (reference.Text("locationName") is { } locationName)
        {
            settings.Add($"LocationName = {Names.Literal(locationName)}");
        }

        if (Location(reference.Text("location")) is { } location)
        {
            settings.Add($"Location = MemberLocation.{location}");
        }

        if (reference.Flag("flattened") || model.Flag("flattened"))
        {
            settings.Add("Flattened = true");
        }

        if (reference.Flag("xmlAttribute"))
        {
            settings.Add("XmlAttribute = true");
        }

        if ((reference.Child("xmlNamespace") ?? model.Child("xmlNamespace")) is { } xmlNamespace)
        {
            var uri = xmlNamespace.ValueKind == JsonValueKind.String ? xmlNamespace.GetString()! : xmlNamespace.Text("uri")!;
            settings.Add($"XmlNamespace = {Names.Literal(uri)}");
        }

        if (reference.Flag("sensitive") || model.Flag("sensitive"))
        {
            settings.Add("Sensitive = true");
        }

        if (Format(reference.Text("timestampFormat") ?? model.Text("timestampFormat")) is { } format)
        {
            settings.Add($"TimestampFormat = TimestampFormat.{format}");
        }

        if (Constraints(model) is { } constraints)
        {
            settings.Add($"Constraints = {constraints}");
        }

        if (kind == "list")
        {
            settings.Add($"Element = {Element("member", model.GetProperty("member"), types)}");
        }
        else if (kind == "map")
        {
            settings.Add($"Key = {Element("key", model.GetProperty("key"), types)}");
            settings.Add($"Value = {Element("value", model.GetProperty("value"), types)}");
        }

        var body = settings.Count > 0 ? $" {{ {string.Join(", ", settings)} }}" : "";
        return $"new Member({Names.Literal(name)}, ShapeType.{char.ToUpperInvariant(kind[0])}{kind[1..]}){body}";
    }

    private static string? Location(string? location) => location switch
    {
        "uri" => "Uri",
        "header" => "Header",
        "headers" => "Headers",
        "querystring" => "QueryString",
        "statusCode" => "StatusCode",
        _ => null,
    };

    private static string? Format(string? format) => format switch
    {
        "iso8601" => "Iso8601",
        "rfc822" => "HttpDate",
        "unixTimestamp" => "EpochSeconds",
        _ => null,
    };

    private static string? Constraints(JsonElement model)
    {
        var arguments = new List<string>();
        if (model.Number("min") is { } min)
        {
            arguments.Add($"min: {min}");
        }

        if (model.Number("max") is { } max)
        {
            arguments.Add($"max: {max}");
        }

        if (model.Text("pattern") is { } pattern)
        {
            arguments.Add($"pattern: {Names.Literal(pattern)}");
        }

        if (model.Child("enum") is { } values)
        {
            arguments.Add($"values: [{string.Join(", ", values.EnumerateArray().Select(v => Names.Literal(v.GetString()!)))}]");
        }

        return arguments.Count > 0 ? $"new Constraints({string.Join(", ", arguments)})" : null;
    }
}
