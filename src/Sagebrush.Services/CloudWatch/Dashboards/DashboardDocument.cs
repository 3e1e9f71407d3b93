namespace Sagebrush.Services.CloudWatch.Dashboards;

/// <summary>A dashboard as it is stored.</summary>
/// <param name="Body">Its JSON, as it was given.</param>
internal sealed record DashboardDocument(string Body);
