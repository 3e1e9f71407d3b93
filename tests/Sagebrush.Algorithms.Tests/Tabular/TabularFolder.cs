using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sagebrush.Testing;

namespace Sagebrush.Algorithms.Tests.Tabular;

/// <summary>A training of one of SageMaker's own algorithms in a folder of its own.</summary>
internal sealed class TabularFolder(string algorithm) : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, object> _channels = [];
    private readonly Dictionary<string, string> _hyperparameters = [];

    public MlFolder Folder => new(_folder.Path);

    public string Log { get; private set; } = "";

    public string Failure => File.ReadAllText(Folder.FailureFile);

    public void Dispose() => _folder.Dispose();

    public string PathOf(string channel) => Path.Combine(Folder.Channel(channel), "data");

    public TabularFolder With(params (string Name, string Value)[] hyperparameters)
    {
        foreach (var (name, value) in hyperparameters)
        {
            _hyperparameters[name] = value;
        }

        return this;
    }

    public TabularFolder WithDefault(string name, string value)
    {
        _hyperparameters.TryAdd(name, value);
        return this;
    }

    public TabularFolder WithCsv(string channel, string contentType, IEnumerable<float[]> rows) =>
        WithText(channel, contentType, string.Join('\n', rows.Select(row => string.Join(',', row.Select(value => value.ToString("R", CultureInfo.InvariantCulture))))));

    public TabularFolder WithText(string channel, string contentType, string content)
    {
        _channels[channel] = new { ContentType = contentType, TrainingInputMode = "File", S3DistributionType = "FullyReplicated" };
        Directory.CreateDirectory(Folder.Channel(channel));
        File.WriteAllText(PathOf(channel), content);
        return this;
    }

    public TabularFolder WithBytes(string channel, string contentType, byte[] content)
    {
        WithText(channel, contentType, "");
        File.WriteAllBytes(PathOf(channel), content);
        return this;
    }

    public int Train()
    {
        Directory.CreateDirectory(Folder.Configuration);
        File.WriteAllText(Folder.ConfigurationFile("hyperparameters.json"), JsonSerializer.Serialize(_hyperparameters));
        File.WriteAllText(Folder.ConfigurationFile("inputdataconfig.json"), JsonSerializer.Serialize(_channels));
        using var writer = new StringWriter { NewLine = "\n" };
        var exitCode = AlgorithmProgram.Run(algorithm, Folder, writer, TimeProvider.System, CancellationToken.None);
        Log = writer.ToString();
        return exitCode;
    }

    /// <summary>The last value that a default metric definition finds in the log.</summary>
    public double Metric(string name)
    {
        var expression = BuiltInAlgorithms.Find(algorithm)!.Metrics.Single(metric => metric.Name == name).Regex;
        return double.Parse(Regex.Matches(Log, expression)[^1].Groups[1].Value, CultureInfo.InvariantCulture);
    }

    public string Ask(string body, string contentType, string accept)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        BuiltInAlgorithms.Find(algorithm)!.Load(Folder.Model).Predict(Encoding.UTF8.GetBytes(body), contentType, accept, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    public byte[] Ask(byte[] body, string contentType, string accept)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        BuiltInAlgorithms.Find(algorithm)!.Load(Folder.Model).Predict(body, contentType, accept, output);
        return output.WrittenSpan.ToArray();
    }
}
