namespace Sagebrush.Learning.Trees.XGBoost;

/// <summary>A value of a JSON or UBJSON document.</summary>
/// <remarks>Arrays of numbers, which are nearly all of a model, are kept flat; a boolean among them counts as 0 or 1.</remarks>
internal abstract record ModelValue
{
    public virtual string Kind => GetType().Name.ToLowerInvariant();

    internal sealed record Null : ModelValue;

    internal sealed record Text(string Value) : ModelValue;

    internal sealed record Number(double Value) : ModelValue;

    internal sealed record Numbers(double[] Values) : ModelValue
    {
        public override string Kind => "array of numbers";
    }

    internal sealed record Items(List<ModelValue> Values) : ModelValue
    {
        public override string Kind => "array";
    }

    internal sealed record Fields(Dictionary<string, ModelValue> Values) : ModelValue
    {
        public override string Kind => "object";
    }
}
