namespace Sagebrush.Services.Training.Input;

/// <summary>Which objects a channel is made of.</summary>
/// <param name="Bucket">Their bucket.</param>
/// <param name="Prefix">What their keys begin with; what follows it names their files.</param>
/// <param name="Keys">The keys; null for all that begin so.</param>
internal sealed record ObjectSelection(string Bucket, string Prefix, IReadOnlyList<string>? Keys);
