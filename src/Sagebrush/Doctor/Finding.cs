namespace Sagebrush.Doctor;

/// <summary>What one check found.</summary>
/// <param name="Subject">What was looked at.</param>
/// <param name="Health">How it is.</param>
/// <param name="Detail">What was found, in a few words.</param>
/// <param name="Remedy">How to mend it; null when there is nothing to mend.</param>
internal sealed record Finding(string Subject, Health Health, string Detail, string? Remedy = null);
