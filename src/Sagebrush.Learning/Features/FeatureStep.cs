using System.Text.Json.Serialization;

namespace Sagebrush.Learning.Features;

/// <summary>Makes features of a column, by what was learnt from the training rows.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(NumberStep), "number")]
[JsonDerivedType(typeof(LookupStep), "lookup")]
[JsonDerivedType(typeof(DateStep), "date")]
[JsonDerivedType(typeof(TextStep), "text")]
[JsonDerivedType(typeof(PairStep), "pair")]
[JsonDerivedType(typeof(ComponentStep), "component")]
internal abstract record FeatureStep
{
    /// <summary>The column it reads.</summary>
    public required string Column { get; init; }

    /// <summary>A name for each feature it makes.</summary>
    [JsonIgnore]
    public abstract IReadOnlyList<string> Names { get; }

    /// <summary>Columns it reads beside <see cref="Column"/>.</summary>
    [JsonIgnore]
    public virtual IEnumerable<string> OtherColumns => [];

    /// <summary>Writes the features of all rows of a table.</summary>
    public abstract void Write(FeatureSource source, FeatureBlock block);
}
