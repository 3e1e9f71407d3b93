using System.Text;
using System.Text.Json;

namespace Sagebrush.Contracts.Generator;

/// <summary>Writes one structure as a class: properties, schema, and the two walks over its members.</summary>
internal static class StructureEmitter
{
    public static string Emit(string shape, JsonElement model, TypeMap types)
    {
        var name = Names.Pascal(shape);
        var members = Members(shape, name, model, types);
        var text = new StringBuilder();
        text.Append($"/// <summary>The structure <c>{shape}</c>.</summary>\n");
        text.Append($"public sealed partial class {name} : IShape\n{{\n");
        foreach (var member in members)
        {
            EmitProperty(text, member);
        }

        EmitSchema(text, shape, model, members, types);
        EmitWrite(text, members, types);
        EmitRead(text, members, types);
        return text.Append("}\n").ToString();
    }

    private static List<MemberModel> Members(string shape, string type, JsonElement model, TypeMap types)
    {
        var required = model.Child("required")?.EnumerateArray().Select(r => r.GetString()!).ToHashSet(StringComparer.Ordinal) ?? [];
        var members = new List<MemberModel>();
        foreach (var (index, member) in model.GetProperty("members").EnumerateObject().Index())
        {
            var target = member.Value.Text("shape")!;
            var streaming = types.Kind(target) == "blob"
                && (member.Value.Flag("streaming") || types.Shape(target).Flag("streaming"))
                && model.Text("payload") == member.Name;
            var property = Names.Pascal(member.Name);
            property = property == type || property is "Schema" ? property + "Value" : property;
            members.Add(new MemberModel(index, member.Name, property, target, member.Value, required.Contains(member.Name), streaming, types.Type(target, streaming), types.IsValueType(target)));
        }

        return members;
    }

    private static void EmitProperty(StringBuilder text, MemberModel member)
    {
        text.Append($"    /// <summary>The member <c>{member.Name}</c>{(member.Required ? ", required" : "")}.</summary>\n");
        if (member is { Required: true, IsValueType: true })
        {
            // Null until set, so that a request without it is told apart from one with zero.
            text.Append($"    public {member.Type} {member.Property} {{ get => _{member.Index}.GetValueOrDefault(); set => _{member.Index} = value; }}\n\n");
            text.Append($"    private {member.Type}? _{member.Index};\n\n");
        }
        else if (member.Required)
        {
            text.Append($"    public {member.Type} {member.Property} {{ get; set; }} = null!;\n\n");
        }
        else
        {
            text.Append($"    public {member.Type}? {member.Property} {{ get; set; }}\n\n");
        }
    }

    private static void EmitSchema(StringBuilder text, string shape, JsonElement model, List<MemberModel> members, TypeMap types)
    {
        text.Append("    /// <summary>What the model says of the structure.</summary>\n");
        text.Append($"    public static StructureSchema Schema {{ get; }} = new({Names.Literal(shape)},\n    [\n");
        foreach (var member in members)
        {
            text.Append("        ").Append(SchemaEmitter.Member(member, types)).Append(",\n");
        }

        var settings = new List<string>();
        if (model.Text("payload") is { } payload)
        {
            settings.Add($"Payload = {Names.Literal(payload)}");
        }

        if (model.Flag("union"))
        {
            settings.Add("IsUnion = true");
        }

        text.Append(settings.Count > 0 ? $"    ]) {{ {string.Join(", ", settings)} }};\n\n" : "    ]);\n\n");
        text.Append("    StructureSchema IShape.Schema => Schema;\n\n");
    }

    private static void EmitWrite(StringBuilder text, List<MemberModel> members, TypeMap types)
    {
        text.Append("    /// <inheritdoc/>\n    public void WriteMembers(ShapeWriter writer)\n    {\n");
        foreach (var member in members)
        {
            var source = member is { Required: true, IsValueType: true } ? $"_{member.Index}" : member.Property;
            text.Append($"        if ({source} is {{ }} m{member.Index})\n        {{\n");
            text.Append($"            {Write("writer", $"Schema[{member.Index}]", $"m{member.Index}", member.Shape, member.Streaming, types)};\n        }}\n");
            if (member.Required)
            {
                text.Append($"        else\n        {{\n            writer.WriteMissing(Schema[{member.Index}]);\n        }}\n");
            }
        }

        text.Append("    }\n\n");
    }

    private static void EmitRead(StringBuilder text, List<MemberModel> members, TypeMap types)
    {
        if (members.Count == 0)
        {
            text.Append("    /// <inheritdoc/>\n    public void ReadMember(int index, ShapeReader reader)\n    {\n    }\n");
            return;
        }

        text.Append("    /// <inheritdoc/>\n    public void ReadMember(int index, ShapeReader reader)\n    {\n        switch (index)\n        {\n");
        foreach (var member in members)
        {
            text.Append($"            case {member.Index}:\n");
            text.Append($"                {member.Property} = {Read("reader", $"Schema[{member.Index}]", member.Shape, member.Streaming, types)};\n                break;\n");
        }

        text.Append("        }\n    }\n");
    }

    private static string Write(string writer, string schema, string value, string shape, bool streaming, TypeMap types)
    {
        var verb = types.Verb(shape, streaming);
        if (Element(shape, types) is not { } element)
        {
            return $"{writer}.Write{verb}({schema}, {value})";
        }

        return $"{writer}.Write{verb}({schema}, {value}, static (w, m, v) => {Write("w", "m", "v", element, false, types)})";
    }

    private static string Read(string reader, string schema, string shape, bool streaming, TypeMap types)
    {
        var verb = types.Verb(shape, streaming);
        if (Element(shape, types) is { } element)
        {
            return $"{reader}.Read{verb}({schema}, static (r, m) => {Read("r", "m", element, false, types)})";
        }

        return verb == "Structure"
            ? $"{reader}.ReadStructure({schema}, new {types.Type(shape)}())"
            : $"{reader}.Read{verb}({schema})";
    }

    private static string? Element(string shape, TypeMap types) => types.Kind(shape) switch
    {
        "list" => types.Shape(shape).GetProperty("member").Text("shape"),
        "map" => types.Shape(shape).GetProperty("value").Text("shape"),
        _ => null,
    };
}
