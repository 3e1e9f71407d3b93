namespace Sagebrush.Services.Training;

/// <summary>What a job may do in AWS's terms: the keys it is given are for this.</summary>
/// <param name="Account">The account it belongs to.</param>
/// <param name="Region">The region it belongs to.</param>
/// <param name="RoleArn">The role it runs as.</param>
/// <param name="Lifetime">How long it may run.</param>
public sealed record JobAccess(string Account, string Region, string RoleArn, TimeSpan Lifetime);
