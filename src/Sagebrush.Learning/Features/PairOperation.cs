using System.Text.Json.Serialization;

namespace Sagebrush.Learning.Features;

/// <summary>How two numbers become one.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PairOperation>))]
internal enum PairOperation
{
    /// <summary>The first over the second.</summary>
    Ratio,

    /// <summary>The first less the second.</summary>
    Difference,

    /// <summary>Both together.</summary>
    Sum,

    /// <summary>The first times the second.</summary>
    Product,
}
