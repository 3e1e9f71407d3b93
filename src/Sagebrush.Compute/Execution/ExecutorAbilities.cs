namespace Sagebrush.Compute.Execution;

/// <summary>What an executor can do on this machine, found by trying.</summary>
/// <param name="Isolation">How isolated jobs get their own <c>/opt/ml</c>.</param>
/// <param name="LimitedBy">The control group controllers that enforce limits: some of <c>memory</c>, <c>cpu</c>, <c>pids</c>; empty where limits are not enforced.</param>
/// <param name="DropsPrivileges">Whether isolated jobs of root run as users of their own, without root's rights.</param>
/// <param name="Notes">What is missing and how to mend it, one sentence each.</param>
public sealed record ExecutorAbilities(
    IsolationMode Isolation, IReadOnlyList<string> LimitedBy, bool DropsPrivileges, IReadOnlyList<string> Notes);
