using System.Text.Json.Serialization;
using Sagebrush.Services.Documents;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.CloudWatch.Dashboards;

/// <summary>What dashboards store.</summary>
internal static class DashboardKinds
{
    /// <summary>Dashboards belong to an account, not to one of its regions.</summary>
    public const string Everywhere = "global";

    public static readonly ResourceKind<DashboardDocument> Dashboard =
        new("Dashboard", new JsonDocumentSerializer<DashboardDocument>(DashboardJson.Default.DashboardDocument));
}

[JsonSerializable(typeof(DashboardDocument))]
internal sealed partial class DashboardJson : JsonSerializerContext;
