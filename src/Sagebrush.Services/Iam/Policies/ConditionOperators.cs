using System.Globalization;
using System.Net;

namespace Sagebrush.Services.Iam.Policies;

/// <summary>The operators of conditions: <c>StringEquals</c>, <c>NumericLessThan</c>, <c>IpAddress</c>, …</summary>
/// <remarks>Source: "IAM JSON policy elements: Condition operators".</remarks>
internal static class ConditionOperators
{
    private const string IfExists = "IfExists";

    private const string AnyValue = "ForAnyValue:";

    private const string AllValues = "ForAllValues:";

    /// <summary>Makes the condition that an operator asks of a key.</summary>
    /// <exception cref="FormatException">There is no such operator, or a value is none for it.</exception>
    public static PolicyCondition Make(string name, string key, IReadOnlyList<string> values)
    {
        var quantifier = name.StartsWith(AnyValue, StringComparison.Ordinal) ? ConditionQuantifier.AnyValue
            : name.StartsWith(AllValues, StringComparison.Ordinal) ? ConditionQuantifier.AllValues
            : ConditionQuantifier.Single;
        var plain = quantifier == ConditionQuantifier.Single ? name : name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..];
        if (plain == "Null")
        {
            return values is ["true" or "false"]
                ? new PolicyCondition(key, static (_, _, _) => false, []) { MustBeAbsent = values[0] == "true" }
                : throw new FormatException("Syntax errors in policy: the value of Null must be true or false.");
        }

        var ifExists = plain.EndsWith(IfExists, StringComparison.Ordinal);
        plain = ifExists ? plain[..^IfExists.Length] : plain;
        var (comparison, negated, wild) = Comparison(plain) ?? throw new FormatException($"Syntax errors in policy: invalid condition type: {name}.");
        foreach (var value in values.Where(value => !value.Contains("${", StringComparison.Ordinal)))
        {
            Check(plain, value);
        }

        return new PolicyCondition(key, comparison, [.. values.Select(value => wild ? PolicyPattern.Parse(value) : PolicyPattern.Literal(value))])
        {
            Negated = negated,
            IfExists = ifExists,
            Quantifier = quantifier,
        };
    }

    private static (Func<string, PolicyPattern, IRequestFacts, bool> Comparison, bool Negated, bool Wild)? Comparison(string name) => name switch
    {
        "StringEquals" => (Equal, false, false),
        "StringNotEquals" => (Equal, true, false),
        "StringEqualsIgnoreCase" => (EqualIgnoringCase, false, false),
        "StringNotEqualsIgnoreCase" => (EqualIgnoringCase, true, false),
        "StringLike" => (Like, false, true),
        "StringNotLike" => (Like, true, true),
        "ArnEquals" or "ArnLike" => (ArnLike, false, true),
        "ArnNotEquals" or "ArnNotLike" => (ArnLike, true, true),
        "Bool" => (EqualIgnoringCase, false, false),
        "BinaryEquals" => (Equal, false, false),
        "IpAddress" => (InNetwork, false, false),
        "NotIpAddress" => (InNetwork, true, false),
        "NumericEquals" => (Numbers(static c => c == 0), false, false),
        "NumericNotEquals" => (Numbers(static c => c == 0), true, false),
        "NumericLessThan" => (Numbers(static c => c < 0), false, false),
        "NumericLessThanEquals" => (Numbers(static c => c <= 0), false, false),
        "NumericGreaterThan" => (Numbers(static c => c > 0), false, false),
        "NumericGreaterThanEquals" => (Numbers(static c => c >= 0), false, false),
        "DateEquals" => (Dates(static c => c == 0), false, false),
        "DateNotEquals" => (Dates(static c => c == 0), true, false),
        "DateLessThan" => (Dates(static c => c < 0), false, false),
        "DateLessThanEquals" => (Dates(static c => c <= 0), false, false),
        "DateGreaterThan" => (Dates(static c => c > 0), false, false),
        "DateGreaterThanEquals" => (Dates(static c => c >= 0), false, false),
        _ => null,
    };

    private static void Check(string name, string value)
    {
        var ok = name.StartsWith("Numeric", StringComparison.Ordinal) ? Number(value) is not null
            : name.StartsWith("Date", StringComparison.Ordinal) ? Date(value) is not null
            : name.EndsWith("IpAddress", StringComparison.Ordinal) ? Network(value) is not null
            : name != "Bool" || value is "true" or "false" or "True" or "False";
        if (!ok)
        {
            throw new FormatException($"Syntax errors in policy: '{value}' is no value for {name}.");
        }
    }

    private static bool Equal(string value, PolicyPattern wanted, IRequestFacts facts) => wanted.Expand(facts) == value;

    private static bool EqualIgnoringCase(string value, PolicyPattern wanted, IRequestFacts facts) =>
        string.Equals(wanted.Expand(facts), value, StringComparison.OrdinalIgnoreCase);

    private static bool Like(string value, PolicyPattern wanted, IRequestFacts facts) => wanted.Matches(value, facts);

    // Each part of an ARN could be compared alone; wildcards that reach over colons are the only difference.
    private static bool ArnLike(string value, PolicyPattern wanted, IRequestFacts facts) =>
        value.StartsWith("arn:", StringComparison.Ordinal) && wanted.Matches(value, facts);

    private static bool InNetwork(string value, PolicyPattern wanted, IRequestFacts facts) =>
        IPAddress.TryParse(value, out var address) && wanted.Expand(facts) is { } text && Network(text) is { } network && network.Contains(address);

    private static Func<string, PolicyPattern, IRequestFacts, bool> Numbers(Func<int, bool> accepts) => (value, wanted, facts) =>
        Number(value) is { } number && wanted.Expand(facts) is { } text && Number(text) is { } bound && accepts(number.CompareTo(bound));

    private static Func<string, PolicyPattern, IRequestFacts, bool> Dates(Func<int, bool> accepts) => (value, wanted, facts) =>
        Date(value) is { } date && wanted.Expand(facts) is { } text && Date(text) is { } bound && accepts(date.CompareTo(bound));

    private static double? Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static DateTimeOffset? Date(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 253402300800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date) ? date
        : null;

    private static IPNetwork? Network(string text)
    {
        if (IPAddress.TryParse(text, out var address))
        {
            return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        }

        // AWS takes 10.1.2.3/8 as well, whose bits behind the prefix are not zero.
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !IPAddress.TryParse(text.AsSpan(0, slash), out address) || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length))
        {
            return null;
        }

        var bytes = address.GetAddressBytes();
        if (length > bytes.Length * 8)
        {
            return null;
        }

        for (var bit = length; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return new IPNetwork(new IPAddress(bytes), length);
    }
}
