using Sagebrush.Contracts.CloudWatch;

namespace Sagebrush.Services.CloudWatch.Alarms;

/// <summary>The rule of a composite alarm: <c>ALARM("a") AND NOT (OK(b) OR INSUFFICIENT_DATA(c))</c>, <c>AT_LEAST(2, ALARM, (a, b, c))</c>, <c>TRUE</c>, <c>FALSE</c>.</summary>
internal abstract record AlarmRule
{
    /// <summary>Whether the rule holds.</summary>
    /// <param name="states">The state of an alarm by its name.</param>
    public abstract bool Holds(IReadOnlyDictionary<string, string> states);

    /// <summary>The names of the alarms it looks at, each once.</summary>
    public IReadOnlyList<string> Alarms() => [.. Leaves().OfType<Condition>().Select(leaf => leaf.Alarm).Distinct(StringComparer.Ordinal)];

    /// <summary>Reads a rule.</summary>
    /// <exception cref="FormatException">It is none; the message says where.</exception>
    public static AlarmRule Parse(string text) => new AlarmRuleParser(text).Read();

    /// <summary>The name of an alarm that is given by name or ARN.</summary>
    public static string NameOf(string nameOrArn) => nameOrArn.Split(':', 7) is ["arn", _, "cloudwatch", _, _, "alarm", var name] ? name : nameOrArn;

    protected abstract IEnumerable<AlarmRule> Leaves();

    /// <summary>Holds while an alarm is in a state.</summary>
    public sealed record Condition(string State, string Alarm) : AlarmRule
    {
        public override bool Holds(IReadOnlyDictionary<string, string> states) =>
            states.GetValueOrDefault(Alarm, StateValue.InsufficientData) == State;

        protected override IEnumerable<AlarmRule> Leaves() => [this];
    }

    /// <summary>Holds always or never.</summary>
    public sealed record Constant(bool Value) : AlarmRule
    {
        public override bool Holds(IReadOnlyDictionary<string, string> states) => Value;

        protected override IEnumerable<AlarmRule> Leaves() => [this];
    }

    /// <summary>Holds while another does not.</summary>
    public sealed record Not(AlarmRule Inner) : AlarmRule
    {
        public override bool Holds(IReadOnlyDictionary<string, string> states) => !Inner.Holds(states);

        protected override IEnumerable<AlarmRule> Leaves() => Inner.Leaves();
    }

    /// <summary>Holds while all others do, or any.</summary>
    public sealed record Joined(bool All, IReadOnlyList<AlarmRule> Parts) : AlarmRule
    {
        public override bool Holds(IReadOnlyDictionary<string, string> states) =>
            All ? Parts.All(part => part.Holds(states)) : Parts.Any(part => part.Holds(states));

        protected override IEnumerable<AlarmRule> Leaves() => Parts.SelectMany(part => part.Leaves());
    }

    /// <summary>Holds while so many others do.</summary>
    public sealed record AtLeast(int Count, IReadOnlyList<AlarmRule> Parts) : AlarmRule
    {
        public override bool Holds(IReadOnlyDictionary<string, string> states) => Parts.Count(part => part.Holds(states)) >= Count;

        protected override IEnumerable<AlarmRule> Leaves() => Parts.SelectMany(part => part.Leaves());
    }
}
