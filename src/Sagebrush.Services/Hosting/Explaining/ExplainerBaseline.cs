using Sagebrush.Contracts.SageMaker;

namespace Sagebrush.Services.Hosting.Explaining;

/// <summary>The records that stand for absent features.</summary>
internal sealed class ExplainerBaseline
{
    private readonly bool[] _texts;

    /// <summary>Reads the baseline and sees whether it fits the rest of the configuration.</summary>
    /// <exception cref="FormatException">It does not; the message names the member.</exception>
    public ExplainerBaseline(ClarifyExplainerConfig config, string text)
    {
        var inference = config.InferenceConfig;
        var shap = config.ShapConfig;
        try
        {
            Rows = RecordFormat.Read(text, shap.ShapBaselineConfig.MimeType ?? RecordFormat.Csv, JmesExpression.OfOptional(inference?.FeaturesAttribute));
        }
        catch (FormatException error)
        {
            throw new FormatException($"The SHAP baseline cannot be read: {error.Message}.", error);
        }

        if (Rows.Count == 0)
        {
            throw new FormatException("The SHAP baseline has no records.");
        }

        Features = Rows[0].Length;
        if (Rows.FindIndex(row => row.Length != Features) is var other and >= 0)
        {
            throw new FormatException($"Record {other + 1} of the SHAP baseline has {Rows[other].Length} features; the first has {Features}.");
        }

        Fit(inference?.FeatureHeaders?.Count, nameof(inference.FeatureHeaders));
        Fit(inference?.FeatureTypes?.Count, nameof(inference.FeatureTypes));
        Types = inference?.FeatureTypes is { } types ? [.. types] : shap.TextConfig is null ? null : [.. Enumerable.Range(0, Features).Select(Infer)];
        _texts = [.. Enumerable.Range(0, Features).Select(feature => Types?[feature] == ClarifyFeatureType.Text)];
        if (shap.TextConfig is not null && !_texts.Contains(true))
        {
            throw new FormatException("ShapConfig.TextConfig is given, but no feature is a text: FeatureTypes of InferenceConfig tells which are.");
        }

        void Fit(int? count, string member)
        {
            if (count is { } given && given != Features)
            {
                throw new FormatException($"InferenceConfig.{member} has {given} items; the SHAP baseline has {Features} features.");
            }
        }
    }

    /// <summary>The records.</summary>
    public List<RecordCell[]> Rows { get; }

    /// <summary>Features per record.</summary>
    public int Features { get; }

    /// <summary>What each feature is, when texts are explained; else null.</summary>
    public IReadOnlyList<string>? Types { get; }

    /// <summary>Whether a feature is a text whose units are explained.</summary>
    public bool IsText(int feature) => _texts[feature];

    private string Infer(int feature) =>
        Rows.TrueForAll(row => row[feature].Kind is RecordCellKind.Number or RecordCellKind.Missing) ? ClarifyFeatureType.Numerical : ClarifyFeatureType.Text;
}
