using System.Globalization;
using System.Text.RegularExpressions;

namespace Sagebrush.Serving.Onnx;

/// <summary>Finds the ONNX models of an unpacked archive: files at its top, or Triton's <c>NAME/config.pbtxt</c> and <c>NAME/1/model.onnx</c>.</summary>
public static partial class ModelFolder
{
    private const string RepositoryFolder = "model_repository";
    private const string TreesFile = "xgboost-model";

    private static readonly string[] TritonFiles = ["model.onnx"];
    private static readonly string[] TritonTrees = ["xgboost.json", "xgboost.model", "xgboost.ubj"];

    /// <summary>Whether the folder holds ONNX models, or models of the servers that take them too.</summary>
    public static bool Holds(string folder) => Files(folder).Count > 0 || ForeignModel(folder) is not null;

    /// <summary>The model of trees in the folder: SageMaker's own file, or one of Triton's backend for them; null when there is none.</summary>
    public static OnnxFile? FindTrees(string folder)
    {
        if (File.Exists(Path.Join(folder, TreesFile)))
        {
            return new OnnxFile("xgboost", "1", Path.Join(folder, TreesFile));
        }

        foreach (var model in Repositories(folder))
        {
            if (Newest(model, TritonTrees) is { } file)
            {
                return new OnnxFile(Path.GetFileName(model), Path.GetFileName(Path.GetDirectoryName(file))!, file);
            }
        }

        return null;
    }

    /// <summary>The model to serve.</summary>
    /// <param name="folder">The unpacked archive.</param>
    /// <param name="name">Its name, where there may be several.</param>
    /// <exception cref="ModelLoadException">There is none that can be run, or several and no name.</exception>
    public static OnnxFile Find(string folder, string? name)
    {
        var files = Files(folder);
        if (files.Count == 0)
        {
            throw new ModelLoadException(ForeignModel(folder) ?? "the archive holds no ONNX model: neither *.onnx at its top nor Triton's NAME/1/model.onnx");
        }

        var names = string.Join(", ", files.Select(file => file.Name));
        return (name, files) switch
        {
            (null, [var only]) => only,
            (null, _) => throw new ModelLoadException($"the archive holds several models, {names}; name the one to serve in SAGEMAKER_TRITON_DEFAULT_MODEL_NAME"),
            _ => files.FirstOrDefault(file => file.Name == name) ?? throw new ModelLoadException($"the archive holds no model {name}; it holds {names}"),
        };
    }

    private static List<OnnxFile> Files(string folder)
    {
        List<OnnxFile> files = [.. Directory.EnumerateFiles(folder, "*.onnx").Order(StringComparer.Ordinal).Select(path => new OnnxFile(Path.GetFileNameWithoutExtension(path), "1", path))];
        foreach (var model in Repositories(folder))
        {
            if (Newest(model, TritonFiles) is { } file)
            {
                files.Add(new OnnxFile(Path.GetFileName(model), Path.GetFileName(Path.GetDirectoryName(file))!, file));
            }
        }

        return files;
    }

    private static IEnumerable<string> Repositories(string folder) =>
        new[] { folder, Path.Join(folder, RepositoryFolder) }.Where(Directory.Exists)
            .SelectMany(Directory.EnumerateDirectories).Where(path => Path.GetFileName(path) != RepositoryFolder).Order(StringComparer.Ordinal);

    /// <summary>The file of the highest version that has one of these.</summary>
    private static string? Newest(string model, string[] names) => Directory.EnumerateDirectories(model)
        .Where(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out _))
        .OrderByDescending(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture))
        .SelectMany(path => names.Select(name => Path.Join(path, name)))
        .FirstOrDefault(File.Exists);

    /// <summary>What is there instead, and why it cannot be run; null when nothing is known of it.</summary>
    private static string? ForeignModel(string folder)
    {
        if (Directory.EnumerateFiles(folder, "saved_model.pb*", SearchOption.AllDirectories).FirstOrDefault() is { } saved)
        {
            return $"{Path.GetRelativePath(folder, saved)} is a TensorFlow SavedModel, which can only be run by TensorFlow itself: convert it to ONNX (python -m tf2onnx.convert), or deploy it in a container of its own";
        }

        foreach (var config in Repositories(folder).Select(model => Path.Join(model, "config.pbtxt")).Where(File.Exists))
        {
            var backend = Backend().Match(File.ReadAllText(config));
            if (backend.Success && !backend.Groups[1].Value.StartsWith("onnxruntime", StringComparison.Ordinal))
            {
                return $"{Path.GetRelativePath(folder, config)} asks for Triton's backend {backend.Groups[1].Value}, which is not here: models of the onnxruntime backend can be run, others need a container of their own";
            }
        }

        return null;
    }

    [GeneratedRegex("""(?:backend|platform)\s*:\s*"([^"]+)""")]
    private static partial Regex Backend();
}
