using Microsoft.Extensions.Logging;
using Sagebrush.State.Resources;

namespace Sagebrush.State.Reconciling;

/// <summary>What the reconciler runtime logs: event ids 2100 to 2199.</summary>
internal static partial class ReconcileLog
{
    [LoggerMessage(2100, LogLevel.Error, "Reconciling {Key} failed {Failures} times in a row; next try in {Delay}.")]
    public static partial void StepFailed(
        this ILogger logger, Exception exception, ResourceKey key, int failures, TimeSpan delay);

    [LoggerMessage(2101, LogLevel.Error, "The sweep over {Kind} resources failed; next try in {Interval}.")]
    public static partial void SweepFailed(this ILogger logger, Exception exception, string kind, TimeSpan interval);

    [LoggerMessage(2102, LogLevel.Warning, "Changes came faster than they could be noticed; sweeping instead.")]
    public static partial void Resyncing(this ILogger logger);
}
