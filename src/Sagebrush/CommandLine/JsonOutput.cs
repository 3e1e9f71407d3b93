using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sagebrush.CommandLine;

/// <summary>How commands write JSON: indented, and without escapes a terminal does not need.</summary>
internal static class JsonOutput
{
    public static JsonSerializerOptions Options { get; } = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
