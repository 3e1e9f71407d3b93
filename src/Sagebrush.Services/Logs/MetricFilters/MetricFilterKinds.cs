using Sagebrush.Contracts.Logs;
using Sagebrush.Services.Documents;
using Sagebrush.State.Logs;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Logs.MetricFilters;

/// <summary>What metric filters store: what their creator sent.</summary>
internal static class MetricFilterKinds
{
    public const string NameAttribute = "metric-name";
    public const string NamespaceAttribute = "metric-namespace";

    public static ResourceKind<PutMetricFilterRequest> Filter { get; } =
        new("MetricFilter", new ShapeDocumentSerializer<PutMetricFilterRequest>())
        {
            Parent = static filter => filter.LogGroupName,
            Attributes = static filter =>
            [
                ResourceAttribute.Of(NameAttribute, filter.MetricTransformations[0].MetricName),
                ResourceAttribute.Of(NamespaceAttribute, filter.MetricTransformations[0].MetricNamespace),
            ],
        };

    /// <summary>The key of a group's filter. Neither name holds a colon.</summary>
    public static ResourceKey Key(LogGroupKey group, string filter) => new(group.Account, group.Region, Filter.Name, $"{group.Name}:{filter}");
}
