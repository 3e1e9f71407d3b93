namespace Sagebrush.Wire.Dispatch;

/// <summary>Where unsigned calls belong, which name neither account nor region.</summary>
/// <param name="AccountId">The account they are about; 12 digits.</param>
/// <param name="Region">The region they are about.</param>
public sealed record AnonymousCaller(string AccountId, string Region);
