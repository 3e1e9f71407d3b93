namespace Sagebrush.Services.Containers;

/// <summary>On whose behalf an image is pulled.</summary>
/// <param name="Account">The account; null for the one that the image's name tells.</param>
/// <param name="Region">The region to look in where the image's name says none.</param>
/// <param name="RoleArn">The role of the job or model; null when it has none.</param>
internal sealed record ImageAccess(string? Account, string? Region, string? RoleArn);
