namespace Sagebrush.Services.Logs.Filtering;

/// <summary>A pattern of terms, or none: it names no values.</summary>
internal sealed class TermMessagePattern(Func<string, bool>? test) : IMessagePattern
{
    private static readonly Dictionary<string, string> Nothing = [];

    public IReadOnlyDictionary<string, string>? Match(string message) => test is null || test(message) ? Nothing : null;

    public Func<string, string?>? Reference(string reference) => null;
}
