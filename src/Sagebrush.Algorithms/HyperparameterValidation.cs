namespace Sagebrush.Algorithms;

/// <summary>The outcome of checking a job's hyperparameters.</summary>
/// <param name="Values">The values under their main names, trimmed. Defaults are not filled in.</param>
/// <param name="Errors">Everything that is wrong, a sentence each; empty when all is well.</param>
public sealed record HyperparameterValidation(IReadOnlyDictionary<string, string> Values, IReadOnlyList<string> Errors)
{
    /// <summary>Whether nothing is wrong.</summary>
    public bool IsValid => Errors.Count == 0;

    /// <summary>All errors as one text.</summary>
    public string Message => string.Join(". ", Errors);
}
