using System.Text.Json;

namespace Sagebrush.Contracts.Generator;

/// <summary>One trimmed API model file (<c>api/SERVICE.json</c>).</summary>
internal sealed class ApiModel
{
    private ApiModel(string file, JsonElement root)
    {
        File = file;
        Metadata = root.GetProperty("metadata");
        Operations = root.GetProperty("operations");
        Shapes = root.GetProperty("shapes").EnumerateObject().ToDictionary(s => s.Name, s => s.Value, StringComparer.Ordinal);
    }

    /// <summary>The file's name without extension, such as <c>sagemaker-runtime</c>.</summary>
    public string File { get; }

    public JsonElement Metadata { get; }

    public JsonElement Operations { get; }

    public IReadOnlyDictionary<string, JsonElement> Shapes { get; }

    /// <summary>The part of the namespace and type names that stands for the service, such as <c>SageMakerRuntime</c>.</summary>
    public string ServiceName => Names.Service(File);

    public static ApiModel Load(string path)
    {
        // Kept open for the generator's short life: the elements point into it.
        var document = JsonDocument.Parse(System.IO.File.ReadAllBytes(path));
        return new ApiModel(Path.GetFileNameWithoutExtension(path), document.RootElement);
    }

    public string? MetadataText(string name) => Metadata.Text(name);
}
