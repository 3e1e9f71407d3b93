namespace Sagebrush.Services.Hosting.Explaining;

/// <summary>How much one feature of a record moved the model's scores.</summary>
/// <param name="Units">The parts of a text; null for a feature that is explained whole.</param>
/// <param name="Values">For each part, or for the whole, one value per score.</param>
internal sealed record FeatureAttributions(IReadOnlyList<TextUnit>? Units, IReadOnlyList<double[]> Values);
