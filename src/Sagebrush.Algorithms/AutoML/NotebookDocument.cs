using System.Text.Json;

namespace Sagebrush.Algorithms.AutoML;

/// <summary>A Jupyter notebook (format 4) of texts and Python.</summary>
internal sealed class NotebookDocument
{
    private static readonly JsonWriterOptions Json = new() { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<(bool IsCode, string Text)> _cells = [];

    /// <summary>Adds a text in Markdown.</summary>
    public NotebookDocument Text(string markdown)
    {
        _cells.Add((false, markdown));
        return this;
    }

    /// <summary>Adds Python.</summary>
    public NotebookDocument Code(string python)
    {
        _cells.Add((true, python));
        return this;
    }

    /// <summary>A Python literal of a text.</summary>
    public static string Literal(string? text) => text is null ? "None" : JsonSerializer.Serialize(text);

    /// <summary>The notebook as a file.</summary>
    public byte[] Write()
    {
        using var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(output, Json))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("cells");
            foreach (var (place, (isCode, text)) in _cells.Index())
            {
                writer.WriteStartObject();
                writer.WriteString("id", $"cell-{place}");
                writer.WriteString("cell_type", isCode ? "code" : "markdown");
                writer.WriteStartObject("metadata");
                writer.WriteEndObject();
                if (isCode)
                {
                    writer.WriteNull("execution_count");
                    writer.WriteStartArray("outputs");
                    writer.WriteEndArray();
                }

                writer.WriteString("source", text);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteStartObject("metadata");
            writer.WriteStartObject("kernelspec");
            writer.WriteString("display_name", "Python 3");
            writer.WriteString("language", "python");
            writer.WriteString("name", "python3");
            writer.WriteEndObject();
            writer.WriteStartObject("language_info");
            writer.WriteString("name", "python");
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteNumber("nbformat", 4);
            writer.WriteNumber("nbformat_minor", 5);
            writer.WriteEndObject();
        }

        return output.ToArray();
    }
}
