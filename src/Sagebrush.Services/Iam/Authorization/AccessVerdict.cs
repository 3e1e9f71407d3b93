using Sagebrush.Services.Iam.Policies;

namespace Sagebrush.Services.Iam.Authorization;

/// <summary>Whether a question is answered yes, and if not, what stands against it.</summary>
/// <param name="IsAllowed">Whether it is.</param>
/// <param name="Reason">What stands against it, as the end of AWS's sentence; null where it is allowed.</param>
/// <param name="IsExplicit">Whether a policy denies it.</param>
internal readonly record struct AccessVerdict(bool IsAllowed, string? Reason, bool IsExplicit)
{
    private const string Action = "{action}";

    /// <summary>Weighs what the kinds of policies say.</summary>
    /// <param name="identity">The caller's own policies.</param>
    /// <param name="boundary">The permissions boundary; allowed where there is none.</param>
    /// <param name="session">Session policies; allowed where there are none.</param>
    /// <param name="resource">The resource's policy.</param>
    /// <param name="named">Whether the resource's policy allows the caller by name rather than its account.</param>
    public static AccessVerdict Of(PolicyVerdict identity, PolicyVerdict boundary, PolicyVerdict session, PolicyVerdict resource, bool named)
    {
        var denier = identity == PolicyVerdict.Denied ? "an identity-based policy"
            : resource == PolicyVerdict.Denied ? "a resource-based policy"
            : boundary == PolicyVerdict.Denied ? "a permissions boundary"
            : session == PolicyVerdict.Denied ? "a session policy"
            : null;
        return denier is not null ? new AccessVerdict(false, $"with an explicit deny in {denier}", true)
            : identity == PolicyVerdict.Allowed && boundary == PolicyVerdict.Allowed && session == PolicyVerdict.Allowed ? new AccessVerdict(true, null, false)
            : named && session == PolicyVerdict.Allowed ? new AccessVerdict(true, null, false)
            : identity != PolicyVerdict.Allowed ? Missing("identity-based policy")
            : boundary != PolicyVerdict.Allowed ? Missing("permissions boundary")
            : Missing("session policy");
    }

    /// <summary>The sentence's end for an action.</summary>
    public string ReasonFor(string action) => (Reason ?? "").Replace(Action, action, StringComparison.Ordinal);

    private static AccessVerdict Missing(string what) => new(false, $"because no {what} allows the {Action} action", false);
}
