using System.Collections.Concurrent;
using Sagebrush.Services.Hosting.Deployments;

namespace Sagebrush.Services.Tests.Hosting;

/// <summary>Alarms whose states a test sets.</summary>
internal sealed class AlarmBoard : IAlarmStates
{
    private readonly ConcurrentDictionary<string, string> _states = new();

    public string this[string alarm]
    {
        set => _states[alarm] = value;
    }

    public ValueTask<string?> FindAsync(string account, string region, string alarm, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_states.GetValueOrDefault(alarm));
}
