using System.Runtime.InteropServices;

namespace Sagebrush.CommandLine;

/// <summary>Turns the first Ctrl-C or SIGTERM into a cancelled token; the second ends the process as it always would.</summary>
internal sealed class StopSignal : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignal() =>
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle)];

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = !_source.IsCancellationRequested;

        // Off the signal thread: what listens to the token may take its time.
        _ = Task.Run(_source.Cancel);
    }
}
