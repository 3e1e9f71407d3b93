namespace Sagebrush.State.Resources;

/// <summary>What names a resource: nothing is found across accounts or regions.</summary>
/// <param name="Account">The twelve digits of the account.</param>
/// <param name="Region">For example <c>us-east-1</c>.</param>
/// <param name="Kind">For example <c>TrainingJob</c>.</param>
/// <param name="Name">The name its owner gave it; compared ordinally.</param>
public readonly record struct ResourceKey(string Account, string Region, string Kind, string Name)
{
    /// <summary>For log lines: <c>TrainingJob/name (account, region)</c>.</summary>
    public override string ToString() => $"{Kind}/{Name} ({Account}, {Region})";
}
