using System.Diagnostics;

namespace Sagebrush.Testing;

/// <summary>Waits for what other threads or processes bring about.</summary>
public static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Waits until the condition holds.</summary>
    /// <exception cref="TimeoutException">It did not within a minute: far more than any test should need.</exception>
    public static Task TrueAsync(Func<bool> condition, CancellationToken cancellationToken = default) =>
        TrueAsync(() => Task.FromResult(condition()), cancellationToken);

    /// <inheritdoc cref="TrueAsync(Func{bool}, CancellationToken)"/>
    public static async Task TrueAsync(Func<Task<bool>> condition, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > Patience)
            {
                throw new TimeoutException($"The condition did not come true within {Patience}.");
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }
}
