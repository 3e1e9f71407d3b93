using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Sagebrush.Contracts.SageMaker;

namespace Sagebrush.Services.Training;

/// <summary>Finds metrics in the lines a job prints.</summary>
internal sealed class MetricReader(IReadOnlyList<MetricDefinition> definitions)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);
    private static readonly ConcurrentDictionary<string, Regex> Known = new(StringComparer.Ordinal);

    private readonly (string Name, Regex Expression)[] _metrics = [.. definitions.Select(definition => (definition.Name, Compile(definition.Regex)))];

    /// <summary>Whether an expression can be used.</summary>
    public static bool IsValid(string expression)
    {
        try
        {
            Compile(expression);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>The metrics of one line: the first group of an expression that matches is the value.</summary>
    public IEnumerable<(string Name, double Value)> Read(string line)
    {
        foreach (var (name, expression) in _metrics)
        {
            if (Match(expression, line) is { } text && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value))
            {
                yield return (name, value);
            }
        }
    }

    private static string? Match(Regex expression, string line)
    {
        try
        {
            return expression.Match(line) is { Success: true, Groups: [_, { Success: true, Value: var value }, ..] } ? value : null;
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }

    // In linear time where the expression allows it; those with look-arounds or back-references get a limit.
    private static Regex Compile(string expression) => Known.GetOrAdd(expression, static text =>
    {
        try
        {
            return new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException)
        {
            return new Regex(text, RegexOptions.CultureInvariant, Patience);
        }
    });
}
