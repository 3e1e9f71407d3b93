namespace Sagebrush.Services.Recommendations;

/// <summary>An endpoint that a job compares its candidates with.</summary>
/// <param name="Name">The endpoint.</param>
/// <param name="Variant">Its only variant.</param>
/// <param name="InstanceCount">The instances it has.</param>
internal sealed record TestedEndpoint(string Name, string Variant, int InstanceCount);
