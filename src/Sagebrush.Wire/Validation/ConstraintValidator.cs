using System.Globalization;

using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Validation;

/// <summary>Walks a request and notes every constraint of the model it breaks, in AWS's words.</summary>
/// <remarks>Not thread-safe; one instance checks one request.</remarks>
public sealed class ConstraintValidator : ShapeWriter
{
    // A request of a million bad elements must not make a message of a hundred megabytes.
    private const int MaxReported = 100;

    private const int MaxValueShown = 256;

    private readonly List<string> _errors = [];
    private readonly Stack<string> _path = new();
    private int _count;

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
    public override void WriteMissing(Member member) => Report(member, null, "Member must not be null");

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
            if (!values.Contains(value))
            {
                Report(member, value, $"Member must satisfy enum value set: [{string.Join(", ", values)}]");
            }

            return;
        }

        if (!CheckLength(member, value, value.Length))
        {
            return;
        }

        if (!constraints.MatchesPattern(value))
        {
            Report(member, value, $"Member must satisfy regular expression pattern: {constraints.Pattern}");
        }
    }

    /// <inheritdoc/>
    public override void WriteBoolean(Member member, bool value)
    {
    }

    /// <inheritdoc/>
    public override void WriteInteger(Member member, int value) => CheckRange(member, value);

    /// <inheritdoc/>
    public override void WriteLong(Member member, long value) => CheckRange(member, value);

    /// <inheritdoc/>
    public override void WriteFloat(Member member, float value) => CheckRange(member, value);

    /// <inheritdoc/>
    public override void WriteDouble(Member member, double value) => CheckRange(member, value);

    /// <inheritdoc/>
    public override void WriteTimestamp(Member member, DateTimeOffset value)
    {
    }

    /// <inheritdoc/>
    public override void WriteBlob(Member member, byte[] value) => CheckLength(member, "java.nio.HeapByteBuffer", value.Length);

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
        CheckLength(member, "[" + string.Join(", ", value.Take(20)) + "]", value.Count);
        _path.Push(Segment(member));
        for (var i = 0; i < value.Count && _errors.Count < MaxReported; i++)
        {
            _path.Push((i + 1).ToString(CultureInfo.InvariantCulture));
            element(this, member.Element!, value[i]);
            _path.Pop();
        }

        _path.Pop();
    }

    /// <inheritdoc/>
    public override void WriteMap<T>(Member member, Dictionary<string, T> value, Action<ShapeWriter, Member, T> element)
    {
        CheckLength(member, "{" + string.Join(", ", value.Keys.Take(20)) + "}", value.Count);
        _path.Push(Segment(member));
        foreach (var (key, item) in value)
        {
            WriteString(member.Key!, key);
            _path.Push(key);
            element(this, member.Value!, item);
            _path.Pop();
        }

        _path.Pop();
    }

    private static string Segment(Member member) =>
        member.Name.Length > 0 ? char.ToLowerInvariant(member.Name[0]) + member.Name[1..] : "";

    private bool CheckLength(Member member, string shown, int length)
    {
        if (member.Constraints is { Min: { } min } && length < min)
        {
            Report(member, shown, string.Create(CultureInfo.InvariantCulture, $"Member must have length greater than or equal to {min}"));
            return false;
        }

        if (member.Constraints is { Max: { } max } && length > max)
        {
            Report(member, shown, string.Create(CultureInfo.InvariantCulture, $"Member must have length less than or equal to {max}"));
            return false;
        }

        return true;
    }

    private void CheckRange(Member member, double value)
    {
        if (member.Constraints is { Min: { } min } && !(value >= min))
        {
            Report(member, value.ToString(CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"Member must have value greater than or equal to {min}"));
        }
        else if (member.Constraints is { Max: { } max } && !(value <= max))
        {
            Report(member, value.ToString(CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"Member must have value less than or equal to {max}"));
        }
    }

    private void Report(Member member, string? value, string constraint)
    {
        _count++;
        if (_errors.Count >= MaxReported)
        {
            return;
        }

        var path = string.Join('.', _path.Reverse().Append(Segment(member)));
        var shown = value switch
        {
            null => "null",
            _ when member.Sensitive => "'*****'",
            { Length: > MaxValueShown } => $"'{value[..MaxValueShown]}…'",
            _ => $"'{value}'",
        };
        _errors.Add($"Value {shown} at '{path}' failed to satisfy constraint: {constraint}");
    }
}
