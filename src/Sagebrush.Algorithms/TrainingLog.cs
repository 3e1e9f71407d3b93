using System.Globalization;

namespace Sagebrush.Algorithms;

/// <summary>A job's log: lines as SageMaker's containers write them, each flushed at once.</summary>
/// <param name="writer">Receives the lines.</param>
/// <param name="clock">Stamps them.</param>
public sealed class TrainingLog(TextWriter writer, TimeProvider clock)
{
    /// <summary>Writes a line of information.</summary>
    public void Info(string message) => Write("INFO", message);

    /// <summary>Writes a warning.</summary>
    public void Warning(string message) => Write("WARNING", message);

    /// <summary>Writes an error.</summary>
    public void Error(string message) => Write("ERROR", message);

    /// <summary>Writes a line as it is.</summary>
    public void Line(string line)
    {
        writer.WriteLine(line);
        writer.Flush();
    }

    private void Write(string level, string message) => Line(string.Create(
        CultureInfo.InvariantCulture, $"[{clock.GetUtcNow():yyyy-MM-dd:HH:mm:ss}:{level}] {message}"));
}
