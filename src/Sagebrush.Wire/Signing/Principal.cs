namespace Sagebrush.Wire.Signing;

/// <summary>Who made a request: the identity behind the access key that signed it.</summary>
/// <param name="AccountId">The twelve digits of the account.</param>
/// <param name="Arn">The caller's ARN as <c>GetCallerIdentity</c> answers it, for example <c>arn:aws:iam::000000000000:root</c>.</param>
/// <param name="UserId">The unique id: the account id for the root user, <c>ROLEID:SESSION</c> for an assumed role.</param>
public sealed record Principal(string AccountId, string Arn, string UserId);
