using Sagebrush.Contracts.SageMaker;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Hosting.Explaining;

/// <summary>What an explainer must keep to, beyond what the model of the API says.</summary>
internal static class ExplainerRules
{
    /// <exception cref="ServiceException">The configuration cannot be.</exception>
    public static void Check(CreateEndpointConfigInput request)
    {
        if (request.ExplainerConfig is null)
        {
            return;
        }

        var config = request.ExplainerConfig.ClarifyExplainerConfig ?? throw HostingErrors.Validation("ExplainerConfig needs a ClarifyExplainerConfig.");
        if (request.AsyncInferenceConfig is not null)
        {
            throw HostingErrors.Validation("ExplainerConfig is not supported for asynchronous endpoints.");
        }

        var inference = config.InferenceConfig;
        CheckExpression(config.EnableExplanations, nameof(config.EnableExplanations));
        CheckExpression(inference?.FeaturesAttribute, $"InferenceConfig.{nameof(inference.FeaturesAttribute)}");
        CheckExpression(inference?.ProbabilityAttribute, $"InferenceConfig.{nameof(inference.ProbabilityAttribute)}");
        CheckExpression(inference?.LabelAttribute, $"InferenceConfig.{nameof(inference.LabelAttribute)}");
        if (inference?.ContentTemplate is { } template && !template.Contains(RecordFormat.Placeholder, StringComparison.Ordinal))
        {
            throw Wrong($"InferenceConfig.ContentTemplate: '{template}' has no placeholder {RecordFormat.Placeholder}.");
        }

        if (inference?.FeatureTypes is { } types)
        {
            if (!types.Contains(ClarifyFeatureType.Text))
            {
                throw Wrong("InferenceConfig.FeatureTypes must have at least one 'text': it is for text features alone.");
            }

            if (config.ShapConfig.TextConfig is null)
            {
                throw Wrong("ShapConfig.TextConfig is required when InferenceConfig.FeatureTypes has a 'text'.");
            }
        }

        CheckBaseline(config);
    }

    private static void CheckBaseline(ClarifyExplainerConfig config)
    {
        var baseline = config.ShapConfig.ShapBaselineConfig;
        if (baseline.MimeType is not (null or RecordFormat.Csv or RecordFormat.JsonLines))
        {
            throw Wrong($"ShapConfig.ShapBaselineConfig.MimeType: '{baseline.MimeType}' is neither text/csv nor application/jsonlines.");
        }

        switch (baseline)
        {
            case { ShapBaseline: null, ShapBaselineUri: { } uri }:
                if (!S3Location.TryParse(uri, out var place) || place.Key.Length == 0)
                {
                    throw Wrong($"ShapConfig.ShapBaselineConfig.ShapBaselineUri: '{uri}' is not an object in S3, such as s3://bucket/key.");
                }

                break;
            case { ShapBaseline: { } text, ShapBaselineUri: null }:
                try
                {
                    _ = new ExplainerBaseline(config, text);
                }
                catch (FormatException error)
                {
                    throw Wrong($"ShapConfig.ShapBaselineConfig.ShapBaseline: {error.Message}");
                }

                break;
            default:
                throw Wrong("ShapConfig.ShapBaselineConfig needs either ShapBaseline or ShapBaselineUri.");
        }
    }

    private static void CheckExpression(string? text, string member)
    {
        try
        {
            _ = JmesExpression.OfOptional(text);
        }
        catch (FormatException error)
        {
            throw Wrong($"{member}: {error.Message}.");
        }
    }

    private static ServiceException Wrong(string message) => HostingErrors.Validation($"ExplainerConfig.ClarifyExplainerConfig.{message}");
}
