using System.Text.Json;
using Sagebrush.Learning.AutoML.Learners;
using Sagebrush.Learning.Features;
using Sagebrush.Learning.Tables;
using Sagebrush.Learning.Tables.Typed;

namespace Sagebrush.Learning.AutoML;

/// <summary>A model that Autopilot made: raw columns in, predictions out.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class AutopilotModel
{
    private const string ManifestFile = "autopilot.json";

    private readonly ModelManifest _manifest;
    private readonly string _folder;
    private readonly (ITrainedModel Model, int Pipeline, float Weight, int Candidate, IReadOnlyList<int> Inputs)[] _members;
    private readonly Dictionary<int, int> _folds;
    private readonly FeaturePipeline[] _pipelines;
    private readonly ProbabilityCalibration _calibration;

    private AutopilotModel(ModelManifest manifest, string folder)
    {
        (_manifest, _folder, _calibration) = (manifest, folder, new(manifest.Slope, manifest.Shift));
        string[] pipelines = [.. manifest.Members.Select(member => member.Pipeline).Distinct(StringComparer.Ordinal)];
        _pipelines = [.. pipelines.Select(path => FeaturePipeline.Load(File.ReadAllBytes(Path.Join(folder, path))))];
        _members = [.. manifest.Members.Select(member => (
            LearnerCatalogue.Get(member.Algorithm).Load(Path.Join(folder, member.Model), OutputCount), Array.IndexOf(pipelines, member.Pipeline), (float)member.Weight, member.Candidate, member.Inputs ?? []))];
        _folds = manifest.Members.CountBy(member => member.Candidate).ToDictionary();
        HashSet<int> known = [];
        foreach (var member in manifest.Members)
        {
            known.Add(member.Candidate);
            if (member.Inputs?.FirstOrDefault(input => input == member.Candidate || !known.Contains(input), -1) is >= 0 and var missing)
            {
                throw new ModelFormatException($"candidate {member.Candidate} stands on candidate {missing}, which does not come before it.");
            }
        }
        TextColumns = manifest.TextColumns.ToHashSet();
    }

    /// <summary>The column it predicts.</summary>
    public string Target => _manifest.Target;

    /// <summary>The problem.</summary>
    public ProblemType Problem => _manifest.Problem;

    /// <summary>The classes as they stood in the table, by their number; empty for regression.</summary>
    public IReadOnlyList<string> Classes => _manifest.Classes;

    /// <summary>The columns of a row to predict, in their order.</summary>
    public IReadOnlyList<string> Columns => _manifest.Columns;

    /// <summary>The places of columns to read as texts even if all their cells are numbers.</summary>
    public IReadOnlySet<int> TextColumns { get; }

    /// <summary>The probability from which on a row counts as positive.</summary>
    public double Threshold => _manifest.Threshold;

    /// <summary>Numbers per row: a value, the probability of the positive class, or one probability per class.</summary>
    public int OutputCount => Problem == ProblemType.MulticlassClassification ? Classes.Count : 1;

    /// <summary>Reads a model's folder.</summary>
    /// <exception cref="ModelFormatException">There is no model in it, or it is damaged.</exception>
    public static AutopilotModel Load(string folder)
    {
        var path = Path.Join(folder, ManifestFile);
        if (!File.Exists(path))
        {
            throw new ModelFormatException($"there is no file {ManifestFile} in it.");
        }

        try
        {
            var manifest = JsonSerializer.Deserialize<ModelManifest>(File.ReadAllBytes(path))!;
            return manifest.Format is >= 1 and <= ModelManifest.StackedFormat
                ? new(manifest, folder)
                : throw new ModelFormatException($"it has the form {manifest.Format}, which a later version of this program wrote.");
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException or DirectoryNotFoundException or ArgumentException)
        {
            throw new ModelFormatException($"the model is damaged: {e.Message}");
        }
    }

    /// <summary>Predicts rows.</summary>
    /// <param name="rows">A table with the columns of <see cref="Columns"/>, by their names.</param>
    /// <returns><see cref="OutputCount"/> numbers per row.</returns>
    public float[] Predict(TypedTable rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var outputs = new float[rows.RowCount * OutputCount];
        if (rows.RowCount == 0)
        {
            return outputs;
        }

        var features = new FeatureMatrix?[_pipelines.Length];
        var one = new float[outputs.Length];
        var places = _members.Any(member => member.Inputs.Count > 0) ? Enumerable.Range(0, rows.RowCount).ToArray() : [];
        Dictionary<int, float[]> means = [];
        foreach (var (model, pipeline, weight, candidate, inputs) in _members)
        {
            var matrix = features[pipeline] ??= _pipelines[pipeline].Transform(rows);
            model.Predict(inputs.Count == 0 ? matrix : StackedFeatures.Append(matrix, [.. inputs.Select(input => means[input])], places, Problem, OutputCount), one);
            if (weight > 0)
            {
                System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(one, weight, outputs, outputs);
            }

            if (places.Length > 0)
            {
                if (!means.TryGetValue(candidate, out var mean))
                {
                    means.Add(candidate, mean = new float[outputs.Length]);
                }

                System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(one, 1f / _folds[candidate], mean, mean);
            }
        }

        _calibration.Apply(outputs, OutputCount);
        return outputs;
    }

    /// <summary>The class numbers that outputs stand for.</summary>
    public int[] Decide(ReadOnlySpan<float> outputs) => AutopilotObjective.Decide(Problem, outputs, Classes.Count, Threshold);

    /// <summary>Copies the model into a folder of its own.</summary>
    public void CopyTo(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in _manifest.Members.SelectMany(member => (string[])[member.Pipeline, member.Model]).Append(ManifestFile).Distinct(StringComparer.Ordinal))
        {
            File.Copy(Path.Join(_folder, file), Path.Join(folder, file), overwrite: true);
        }
    }

    /// <summary>Puts a model together in a folder.</summary>
    /// <param name="manifest">What it is; the files of its members are named within the folder.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="files">Where each file comes from.</param>
    internal static AutopilotModel Create(ModelManifest manifest, string folder, IReadOnlyDictionary<string, string> files)
    {
        Directory.CreateDirectory(folder);
        foreach (var (name, from) in files)
        {
            File.Copy(from, Path.Join(folder, name), overwrite: true);
        }

        File.WriteAllBytes(Path.Join(folder, ManifestFile), JsonSerializer.SerializeToUtf8Bytes(manifest));
        return Load(folder);
    }
}
