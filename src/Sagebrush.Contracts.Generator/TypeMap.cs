using System.Text.Json;

namespace Sagebrush.Contracts.Generator;

/// <summary>How the shapes of one service are called and typed in C#.</summary>
internal sealed class TypeMap(ApiModel model)
{
    public JsonElement Shape(string name) => model.Shapes[name];

    public string Kind(string shape) => Shape(shape).Text("type")!;

    public string Enumeration(string shape)
    {
        // A structure and an enumeration may differ only in the case of their first letter.
        var name = Names.Pascal(shape);
        return name != shape && model.Shapes.ContainsKey(name) ? name + "Values" : name;
    }

    /// <summary>The C# type of a value of this shape, without nullability.</summary>
    public string Type(string shape, bool streaming = false) => Kind(shape) switch
    {
        "structure" => $"global::Sagebrush.Contracts.{model.ServiceName}.{Names.Pascal(shape)}",
        "list" => $"global::System.Collections.Generic.List<{Type(Shape(shape).GetProperty("member").Text("shape")!)}>",
        "map" => $"global::System.Collections.Generic.Dictionary<string, {Type(Shape(shape).GetProperty("value").Text("shape")!)}>",
        "string" => "string",
        "boolean" => "bool",
        "integer" => "int",
        "long" => "long",
        "float" => "float",
        "double" => "double",
        "timestamp" => "global::System.DateTimeOffset",
        "blob" when streaming => "global::System.IO.Stream",
        "blob" => "byte[]",
        var kind => throw new InvalidOperationException($"Shape {shape} has the unknown type {kind}."),
    };

    public bool IsValueType(string shape) => Kind(shape) is "boolean" or "integer" or "long" or "float" or "double" or "timestamp";

    /// <summary>The suffix of the reader's and writer's methods for this shape.</summary>
    public string Verb(string shape, bool streaming = false) => Kind(shape) switch
    {
        "blob" when streaming => "Stream",
        var kind => char.ToUpperInvariant(kind[0]) + kind[1..],
    };
}
