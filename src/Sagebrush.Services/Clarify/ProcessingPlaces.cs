using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Sagebrush.Services.Clarify;

/// <summary>Where a processing job has what an analysis needs.</summary>
/// <param name="Id">What makes the job's own endpoint's name different from all others.</param>
/// <param name="Configuration">The file of the analysis.</param>
/// <param name="Dataset">The files of the data set.</param>
/// <param name="Output">The folder of results.</param>
internal sealed record ProcessingPlaces(string Id, string Configuration, IReadOnlyList<string> Dataset, string Output)
{
    /// <summary>The name that the configuration's input must have.</summary>
    public const string ConfigurationInput = "analysis_config";

    /// <summary>The name that the data set's input must have.</summary>
    public const string DatasetInput = "dataset";

    /// <summary>The name that the output must have.</summary>
    public const string ResultOutput = "analysis_result";

    /// <summary>Reads them from the job's own description.</summary>
    /// <exception cref="ClarifyException">An input is empty.</exception>
    public static ProcessingPlaces Read(string root)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(DescriptionIn(root)));
        var job = document.RootElement;
        string Place(JsonElement list, string nameOf, string name, string member) => list.EnumerateArray()
            .First(each => each.GetProperty(nameOf).GetString() == name).GetProperty(member).GetProperty("LocalPath").GetString()!;
        string Here(string path) => Path.Join(root, path["/opt/ml".Length..]);
        var inputs = job.GetProperty("ProcessingInputs");
        var configuration = Files(Here(Place(inputs, "InputName", ConfigurationInput, "S3Input")));
        var dataset = Files(Here(Place(inputs, "InputName", DatasetInput, "S3Input")));
        var output = Here(Place(job.GetProperty("ProcessingOutputConfig").GetProperty("Outputs"), "OutputName", ResultOutput, "S3Output"));
        return new(
            EndpointId(job),
            configuration is [var one] ? one : throw new ClarifyException($"The input {ConfigurationInput} has {configuration.Count} files; it should be one."),
            dataset.Count > 0 ? dataset : throw new ClarifyException($"The input {DatasetInput} has no files."),
            output);
    }

    /// <summary>What the name of the job's own endpoint ends with; null for a job whose folder has not been filled.</summary>
    public static string? FindEndpointId(string root)
    {
        if (!File.Exists(DescriptionIn(root)))
        {
            return null;
        }

        using var document = JsonDocument.Parse(File.ReadAllBytes(DescriptionIn(root)));
        return EndpointId(document.RootElement);
    }

    private static string DescriptionIn(string root) => Path.Combine(root, "config", "processingjobconfig.json");

    // Two jobs of the same name, one after the other, have different ones.
    private static string EndpointId(JsonElement job) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        job.GetProperty("ProcessingJobArn").GetString()! + job.GetProperty("CreationTime").GetRawText())))[..16];

    private static List<string> Files(string folder) => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file)[0] is not ('.' or '_')).Order(StringComparer.Ordinal)]
        : [];
}
