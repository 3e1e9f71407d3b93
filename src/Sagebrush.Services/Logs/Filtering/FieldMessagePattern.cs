namespace Sagebrush.Services.Logs.Filtering;

/// <summary>A pattern of the fields of a line, with their names.</summary>
/// <param name="head">The fields from the left.</param>
/// <param name="tail">The fields from the right, behind an ellipsis.</param>
/// <param name="open">Whether there was an ellipsis.</param>
internal sealed class FieldMessagePattern(
    IReadOnlyList<(string Name, Func<string, bool> Test)> head, IReadOnlyList<(string Name, Func<string, bool> Test)> tail, bool open) : IMessagePattern
{
    /// <summary>Whether a message matches.</summary>
    public bool Matches(string message) => Matches(FieldPattern.Fields(message));

    public IReadOnlyDictionary<string, string>? Match(string message)
    {
        var fields = FieldPattern.Fields(message);
        if (!Matches(fields))
        {
            return null;
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (i, (name, _)) in head.Index())
        {
            values["$" + name] = fields[i];
        }

        foreach (var (i, (name, _)) in tail.Index())
        {
            values["$" + name] = fields[fields.Count - tail.Count + i];
        }

        return values;
    }

    public Func<string, string?>? Reference(string reference) =>
        reference is ['$', .. var name] && head.Concat(tail).Any(field => field.Name == name)
            ? message => Match(message)?.GetValueOrDefault(reference)
            : null;

    private bool Matches(List<string> fields)
    {
        var named = head.Count + tail.Count;
        return (open ? fields.Count >= named : fields.Count == named)
            && head.Index().All(field => field.Item.Test(fields[field.Index]))
            && tail.Index().All(field => field.Item.Test(fields[fields.Count - tail.Count + field.Index]));
    }
}
