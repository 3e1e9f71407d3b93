using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.Iam.Policies;

/// <summary>The <c>Principal</c> of a statement.</summary>
/// <param name="Everyone">Whether it is <c>*</c>.</param>
/// <param name="Aws">Accounts, users, roles and sessions, by ARN or account id.</param>
/// <param name="Services">AWS services, such as <c>sagemaker.amazonaws.com</c>.</param>
/// <param name="Federated">Identity providers.</param>
internal sealed record PolicyPrincipals(bool Everyone, IReadOnlyList<string> Aws, IReadOnlyList<string> Services, IReadOnlyList<string> Federated)
{
    /// <summary>Whether a caller is named: itself, its role, or everyone.</summary>
    public bool Names(Principal caller) =>
        Everyone || (!caller.IsAnonymous && Aws.Any(named => named == caller.Arn || named == caller.IdentityArn || named == caller.UserId));

    /// <summary>Whether the caller's whole account is named, which leaves the decision to the account's own policies.</summary>
    public bool NamesAccountOf(Principal caller) =>
        !caller.IsAnonymous && Aws.Any(named => named == caller.AccountId || named == $"arn:aws:iam::{caller.AccountId}:root");
}
