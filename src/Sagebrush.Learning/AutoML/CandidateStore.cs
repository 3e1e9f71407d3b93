using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sagebrush.Learning.Features;

namespace Sagebrush.Learning.AutoML;

/// <summary>Keeps finished candidates in a folder: what they are, what they predict of rows they were not trained on, their models and features.</summary>
internal sealed class CandidateStore(string folder)
{
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Where a fold's model of a candidate is.</summary>
    public string ModelPath(int candidate, int fold) => Path.Join(folder, string.Create(CultureInfo.InvariantCulture, $"candidate-{candidate:D3}"), $"fold-{fold}.model");

    /// <summary>Where a fold's features are described.</summary>
    public string PipelinePath(CandidateSpec spec, int fold) => Path.Join(folder, "pipelines", $"{PipelineKey(spec, fold)}.json");

    /// <summary>Names a fold's features, which candidates share.</summary>
    public static string PipelineKey(CandidateSpec spec, int fold) => $"{spec.Features}{(spec.HasPairs ? "-pairs" : "")}-{fold}";

    /// <summary>Takes a candidate up that was stored whole; null when there is none of the same kind.</summary>
    public (Candidate Candidate, float[] Outputs)? Find(int number, CandidateSpec spec, int length)
    {
        var path = RecordPath(number);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            var candidate = JsonSerializer.Deserialize<Candidate>(File.ReadAllBytes(path), Json)!;
            var isSame = candidate.Spec is { } stored && stored.Algorithm == spec.Algorithm && stored.Features == spec.Features && stored.HasPairs == spec.HasPairs && stored.Inputs.SequenceEqual(spec.Inputs)
                && stored.Parameters.OrderBy(entry => entry.Key, StringComparer.Ordinal).SequenceEqual(spec.Parameters.OrderBy(entry => entry.Key, StringComparer.Ordinal));
            var outputs = isSame && candidate.Failure is null ? MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(OutputsPath(number))).ToArray() : [];
            return isSame && (candidate.Failure is not null || outputs.Length == length) ? (candidate, outputs) : null;
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            // Half a store is no store: the candidate is tried again.
            return null;
        }
    }

    /// <summary>Stores a fold's features, once.</summary>
    public void AddPipeline(CandidateSpec spec, int fold, FeaturePipeline pipeline)
    {
        var path = PipelinePath(spec, fold);
        if (!File.Exists(path))
        {
            Write(path, pipeline.Save());
        }
    }

    /// <summary>Stores a fold's model.</summary>
    public void AddModel(int number, int fold, byte[] model) => Write(ModelPath(number, fold), model);

    /// <summary>Stores a candidate; its models are there already.</summary>
    public void Add(Candidate candidate, float[] outputs)
    {
        Write(OutputsPath(candidate.Number), MemoryMarshal.AsBytes(outputs.AsSpan()));
        Write(RecordPath(candidate.Number), JsonSerializer.SerializeToUtf8Bytes(candidate, Json));
    }

    private string RecordPath(int number) => Path.Join(folder, string.Create(CultureInfo.InvariantCulture, $"candidate-{number:D3}.json"));

    private string OutputsPath(int number) => Path.Join(folder, string.Create(CultureInfo.InvariantCulture, $"candidate-{number:D3}.outputs"));

    private static void Write(string path, ReadOnlySpan<byte> content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = path + ".tmp";
        using (var file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, content, 0);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
