using System.Text.Json;
using Sagebrush.Testing;

namespace Sagebrush.Algorithms.Tests;

/// <summary>The <c>/opt/ml</c> folder of one training, and its log once it ran.</summary>
internal sealed class TrainingFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, Dictionary<string, string>> _channels = [];

    public TrainingFolder() => Folder = new(_folder.Path);

    public MlFolder Folder { get; }

    public Dictionary<string, string> Hyperparameters { get; } = new()
    {
        ["num_round"] = "5",
        ["objective"] = "reg:squarederror",
        ["nthread"] = "2",
    };

    public string Distribution { get; init; } = "FullyReplicated";

    public string Log { get; private set; } = "";

    public string[] LogLines => Log.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public string Model => Path.Combine(Folder.Model, "xgboost-model");

    public string Failure => File.ReadAllText(Folder.FailureFile);

    public void Dispose() => _folder.Dispose();

    public TrainingFolder WithChannel(string name, string? contentType, params (string File, string Content)[] files)
    {
        _channels[name] = new() { ["TrainingInputMode"] = "File", ["S3DistributionType"] = Distribution };
        if (contentType is not null)
        {
            _channels[name]["ContentType"] = contentType;
        }

        Directory.CreateDirectory(Folder.Channel(name));
        foreach (var (file, content) in files)
        {
            File.WriteAllText(_folder["input", "data", name, file], content);
        }

        return this;
    }

    public TrainingFolder With(string name, string value)
    {
        Hyperparameters[name] = value;
        return this;
    }

    public int Train(CancellationToken cancellationToken) => Train(null, cancellationToken);

    public int Train(TextWriter? log, CancellationToken cancellationToken)
    {
        File.WriteAllText(_folder["input", "config", "hyperparameters.json"], JsonSerializer.Serialize(Hyperparameters));
        File.WriteAllText(_folder["input", "config", "inputdataconfig.json"], JsonSerializer.Serialize(_channels));
        using var writer = new StringWriter { NewLine = "\n" };
        var exitCode = AlgorithmProgram.Run("xgboost", Folder, log ?? writer, new ManualTimeProvider(), cancellationToken);
        Log = writer.ToString();
        return exitCode;
    }

    public void WriteConfiguration(string name, string content) => File.WriteAllText(_folder["input", "config", name], content);
}
