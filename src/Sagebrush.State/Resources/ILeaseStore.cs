namespace Sagebrush.State.Resources;

/// <summary>
/// Claims on work that several copies of the program could do: at any time a name belongs to one owner at most,
/// until its lease runs out.
/// </summary>
public interface ILeaseStore
{
    /// <summary>Takes or prolongs a lease.</summary>
    /// <returns>False while another owner's lease runs.</returns>
    ValueTask<bool> TryAcquireAsync(
        string name, string owner, TimeSpan duration, CancellationToken cancellationToken = default);

    /// <summary>Prolongs a lease that still runs.</summary>
    /// <returns>False when it ran out or belongs to another: the owner must stop the work.</returns>
    ValueTask<bool> RenewAsync(
        string name, string owner, TimeSpan duration, CancellationToken cancellationToken = default);

    /// <summary>Ends a lease early, if it is the owner's.</summary>
    ValueTask ReleaseAsync(string name, string owner, CancellationToken cancellationToken = default);
}
