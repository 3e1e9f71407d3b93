namespace Sagebrush.Services.Logs.Filtering;

/// <summary>A filter pattern that can also tell the values a message has for it.</summary>
internal interface IMessagePattern
{
    /// <summary>The values of the selectors or fields the pattern names; null when the message does not match.</summary>
    IReadOnlyDictionary<string, string>? Match(string message);

    /// <summary>
    /// What finds a value in messages that match: <c>$.a.b</c> with a pattern of JSON, <c>$name</c> with a pattern of fields.
    /// </summary>
    /// <returns>Null when the reference is of another kind or names no field.</returns>
    /// <exception cref="FilterPatternException">The reference cannot be read.</exception>
    Func<string, string?>? Reference(string reference);
}
