namespace Sagebrush.Wire.Signing;

/// <summary>Who made a request: the identity behind the access key that signed it.</summary>
/// <param name="AccountId">The twelve digits of the account.</param>
/// <param name="Arn">The caller's ARN as <c>GetCallerIdentity</c> answers it, for example <c>arn:aws:iam::000000000000:root</c>.</param>
/// <param name="UserId">The unique id: the account id for the root user, <c>ROLEID:SESSION</c> for an assumed role.</param>
public sealed record Principal(string AccountId, string Arn, string UserId)
{
    private const string NobodysId = "anonymous";

    /// <summary>What a session is bound to; null for long-term keys.</summary>
    public SessionTerms? Session { get; init; }

    /// <summary>Whether it is the root user, who may do everything.</summary>
    public bool IsRoot => UserId == AccountId;

    /// <summary>Whether the request was not signed.</summary>
    public bool IsAnonymous => UserId == NobodysId;

    /// <summary>The ARN of the user or role whose policies apply: of a session, not its own.</summary>
    public string IdentityArn => Session?.IdentityArn ?? Arn;

    /// <summary>Nobody in particular: the caller of an unsigned request.</summary>
    public static Principal Anonymous(string accountId) => new(accountId, "*", NobodysId);
}
