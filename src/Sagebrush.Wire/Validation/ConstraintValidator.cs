using System.Globalization;

using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Validation;

/// <summary>Walks a request and notes every constraint of the model it breaks, in AWS's words.</summary>
/// <remarks>
/// Lists and maps of plain values report their elements once, under their own name, with all constraints of an element in a
/// row, as AWS does. Not thread-safe; one instance checks one request.
/// </remarks>
public sealed class ConstraintValidator : ShapeWriter
{
    // A request of a million bad elements must not make a message of a hundred megabytes.
    private const int MaxReported = 100;

    private const int MaxValueShown = 256;

    private const int MaxElementsShown = 20;

    private readonly List<string> _errors = [];
    private readonly Stack<string> _path = new();
    private int _count;
    private bool _elementIsBroken;

    /// <summary>The message AWS would send for <paramref name="request"/>, or null when it breaks no constraint.</summary>
    public static string? Validate(IShape request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var validator = new ConstraintValidator();
        request.WriteMembers(validator);
        var count = validator._count;
        return count == 0
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{count} validation error{(count == 1 ? "" : "s")} detected: {string.Join("; ", validator._errors)}");
    }

    /// <inheritdoc/>
    public override void WriteMissing(Member member) => Add(member, " null", "Member must not be null");

    /// <inheritdoc/>
    public override void WriteString(Member member, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (member.Constraints is not { } constraints)
        {
            return;
        }

        if (constraints.Values is { } values)
        {
            Check(values.Contains(value), member, value, ShowText, ConstraintText.Enumeration);
            return;
        }

        // A text that is too long anyway is not worth the time of a pattern.
        if (!(value.Length > constraints.Max))
        {
            Check(constraints.MatchesPattern(Meaning(member, value)), member, value, ShowText, ConstraintText.Pattern);
        }

        CheckLength(member, value, value.Length, ShowText);
    }

    /// <remarks>Headers such as a copy's source come percent-encoded, and the pattern is about what they mean.</remarks>
    private static string Meaning(Member member, string value) =>
        member.Location == MemberLocation.Header && value.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(value) : value;

    /// <inheritdoc/>
    public override void WriteBoolean(Member member, bool value)
    {
    }

    /// <inheritdoc/>
    public override void WriteInteger(Member member, int value) => CheckRange(member, value, value);

    /// <inheritdoc/>
    public override void WriteLong(Member member, long value) => CheckRange(member, value, value);

    /// <inheritdoc/>
    public override void WriteFloat(Member member, float value) => CheckRange(member, value, value);

    /// <inheritdoc/>
    public override void WriteDouble(Member member, double value) => CheckRange(member, value, value);

    /// <inheritdoc/>
    public override void WriteTimestamp(Member member, DateTimeOffset value)
    {
    }

    /// <inheritdoc/>
    public override void WriteBlob(Member member, byte[] value) =>
        CheckLength(member, value, value.Length, static (_, v) => $"java.nio.HeapByteBuffer[pos=0 lim={v.Length} cap={v.Length}]");

    /// <inheritdoc/>
    public override void WriteStream(Member member, Stream value)
    {
    }

    /// <inheritdoc/>
    public override void WriteStructure(Member member, IShape value)
    {
        _path.Push(Segment(member));
        value.WriteMembers(this);
        _path.Pop();
    }

    /// <inheritdoc/>
    public override void WriteList<T>(Member member, List<T> value, Action<ShapeWriter, Member, T> element)
    {
        CheckLength(member, value, value.Count, Show);
        var item = member.Element!;
        if (IsPlain(item))
        {
            if (AnyBreaks(value, v => element(this, item, v)))
            {
                Report(member, Show(member, value), $"Member must satisfy constraint: [{ConstraintText.All(item)}]");
            }

            return;
        }

        _path.Push(Segment(member));
        for (var i = 0; i < value.Count && _errors.Count < MaxReported; i++)
        {
            _path.Push((i + 1).ToString(CultureInfo.InvariantCulture));
            element(this, item, value[i]);
            _path.Pop();
        }

        _path.Pop();
    }

    /// <inheritdoc/>
    public override void WriteMap<T>(Member member, Dictionary<string, T> value, Action<ShapeWriter, Member, T> element)
    {
        CheckLength(member, value, value.Count, Show);
        if (AnyBreaks(value.Keys, key => WriteString(member.Key!, key)))
        {
            Report(member, Show(member, value), $"Map keys must satisfy constraint: [{ConstraintText.All(member.Key!)}]");
        }

        var item = member.Value!;
        if (IsPlain(item))
        {
            if (AnyBreaks(value.Values, v => element(this, item, v)))
            {
                Report(member, Show(member, value), $"Map value must satisfy constraint: [{ConstraintText.All(item)}]");
            }

            return;
        }

        _path.Push(Segment(member));
        foreach (var (key, entry) in value)
        {
            _path.Push(key);
            element(this, item, entry);
            _path.Pop();
        }

        _path.Pop();
    }

    private static bool IsPlain(Member member) => member.Type is not (ShapeType.Structure or ShapeType.List or ShapeType.Map);

    // Elements of lists and values of maps go by the same name in AWS's paths.
    private static string Segment(Member member) =>
        member.IsElement ? "member" : member.Name.Length > 0 ? char.ToLowerInvariant(member.Name[0]) + member.Name[1..] : "";

    private static string? Show<T>(Member member, List<T> value) => member.Element is { Sensitive: false } element && IsPlain(element)
        ? $"[{Join(value.Select(v => $"{v}"))}]"
        : null;

    private static string? Show<T>(Member member, Dictionary<string, T> value) => member.Value is { Sensitive: false } item && IsPlain(item)
        ? $"{{{Join(value.Select(p => $"{p.Key}={p.Value}"))}}}"
        : null;

    private static string Join(IEnumerable<string> elements) =>
        string.Join(", ", elements.Take(MaxElementsShown + 1).Select((text, index) => index < MaxElementsShown ? text : "…"));

    private static string ShowText(Member member, string value) => value;

    private bool AnyBreaks<T>(IEnumerable<T> elements, Action<T> check)
    {
        _elementIsBroken = false;
        foreach (var item in elements)
        {
            check(item);
            if (_elementIsBroken)
            {
                return true;
            }
        }

        return false;
    }

    private void CheckLength<T>(Member member, T value, int length, Func<Member, T, string?> show)
    {
        if (member.Constraints is { } constraints)
        {
            Check(!(length < constraints.Min), member, value, show, ConstraintText.LeastLength);
            Check(!(length > constraints.Max), member, value, show, ConstraintText.GreatestLength);
        }
    }

    private void CheckRange<T>(Member member, T value, double number)
        where T : IFormattable
    {
        if (member.Constraints is { } constraints)
        {
            // Written so that NaN satisfies no bound.
            Check(constraints.Min is not { } min || number >= min, member, value, static (_, v) => v.ToString(null, CultureInfo.InvariantCulture), ConstraintText.LeastValue);
            Check(constraints.Max is not { } max || number <= max, member, value, static (_, v) => v.ToString(null, CultureInfo.InvariantCulture), ConstraintText.GreatestValue);
        }
    }

    private void Check<T>(bool holds, Member member, T value, Func<Member, T, string?> show, Func<Constraints, string> constraint)
    {
        if (holds)
        {
            return;
        }

        if (member.IsElement && IsPlain(member))
        {
            _elementIsBroken = true;
        }
        else
        {
            Report(member, show(member, value), constraint(member.Constraints!));
        }
    }

    private void Report(Member member, string? shown, string constraint)
    {
        // What may not be shown, and what has no short form, is left out.
        var value = shown switch
        {
            _ when member.Sensitive => "",
            null => "",
            { Length: > MaxValueShown } => $" '{shown.AsSpan(0, MaxValueShown)}…'",
            _ => $" '{shown}'",
        };
        Add(member, value, constraint);
    }

    private void Add(Member member, string value, string constraint)
    {
        _count++;
        if (_errors.Count < MaxReported)
        {
            _errors.Add($"Value{value} at '{string.Join('.', _path.Reverse().Append(Segment(member)))}' failed to satisfy constraint: {constraint}");
        }
    }
}
