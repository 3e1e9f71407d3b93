using System.Globalization;
using System.Text.Json;

namespace Sagebrush.Learning.Persistence;

/// <summary>The settings of a stored model.</summary>
internal sealed class ModelSettings
{
    private readonly Dictionary<string, string> _values;

    private ModelSettings(Dictionary<string, string> values) => _values = values;

    /// <exception cref="ModelFormatException">There are none, or they belong to another algorithm.</exception>
    public static ModelSettings Read(NumpyArchive archive, string algorithm)
    {
        try
        {
            var settings = new ModelSettings(JsonSerializer.Deserialize<Dictionary<string, string>>(archive.Settings) ?? []);
            var found = settings.Text("algorithm");
            return found == algorithm ? settings : throw new ModelFormatException($"it is a model of {found}, not of {algorithm}.");
        }
        catch (JsonException e)
        {
            throw new ModelFormatException($"its settings are no JSON object of words: {e.Message}", e);
        }
    }

    public string Text(string name) => _values.GetValueOrDefault(name) ?? throw new ModelFormatException($"the setting '{name}' is missing.");

    public double Number(string name) => double.TryParse(Text(name), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
        ? value
        : throw new ModelFormatException($"the setting '{name}' is no number.");

    public T Word<T>(string name)
        where T : struct, Enum => Enum.TryParse<T>(Text(name), out var value) ? value : throw new ModelFormatException($"the setting '{name}' is not known.");
}
