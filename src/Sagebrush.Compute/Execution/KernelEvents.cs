using System.Runtime.InteropServices;

namespace Sagebrush.Compute.Execution;

/// <summary>Turns the kernel's news, a process ended or a file grew, into tasks: one thread for all jobs, no polling.</summary>
internal sealed class KernelEvents : IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, TaskCompletionSource> _exits = [];
    private readonly Dictionary<int, TaskCompletionSource> _changes = [];
    private readonly int _wake;
    private readonly int _inotify;
    private bool _stopping;

    public KernelEvents()
    {
        _wake = LinuxKernel.EventFd(0, CloseOnExec | NonBlocking);
        if (_wake < 0)
        {
            throw new IOException($"The kernel gave no event descriptor: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        // -1 when the user's inotify instances are used up; readers of logs then look by themselves.
        _inotify = LinuxKernel.InotifyInit(CloseOnExec | NonBlocking);
        new Thread(Listen) { IsBackground = true, Name = "Sagebrush kernel events" }.Start();
    }

    /// <summary>Whether <see cref="WhenModified"/> works here.</summary>
    public bool SeesChanges => _inotify >= 0;

    /// <summary>Completes when the process ends; at once when there is none of that number, or the kernel cannot tell.</summary>
    public Task WhenExited(int processId)
    {
        var descriptor = LinuxKernel.OpenProcess(processId);
        if (descriptor < 0)
        {
            return Task.CompletedTask;
        }

        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _exits.Add(descriptor, source);
        }

        Wake();
        return source.Task;
    }

    /// <summary>Completes at the next write to the file.</summary>
    public Task WhenModified(string path)
    {
        lock (_gate)
        {
            // Under the lock, so that the news cannot be handled before its task is known.
            var watch = LinuxKernel.InotifyAddWatch(_inotify, path, LinuxKernel.InModify | LinuxKernel.InOneShot);
            if (watch < 0)
            {
                return Task.Delay(Timeout.Infinite, CancellationToken.None);
            }

            ref var source = ref CollectionsMarshal.GetValueRefOrAddDefault(_changes, watch, out _);
            source ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return source.Task;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopping = true;
        }

        Wake();
    }

    private void Wake()
    {
        Span<byte> one = stackalloc byte[8];
        BitConverter.TryWriteBytes(one, 1L);
        _ = LinuxKernel.Write(_wake, one, 8);
    }

    private void Listen()
    {
        var buffer = new byte[16 * 1024];
        while (true)
        {
            LinuxKernel.PollDescriptor[] descriptors;
            lock (_gate)
            {
                if (_stopping)
                {
                    break;
                }

                descriptors = [Watching(_wake), Watching(_inotify), .. _exits.Keys.Select(Watching)];
            }

            if (LinuxKernel.Poll(descriptors, (nuint)descriptors.Length, -1) < 0)
            {
                continue;
            }

            if (descriptors[0].Returned != 0)
            {
                _ = LinuxKernel.Read(_wake, buffer, 8);
            }

            if (descriptors[1].Returned != 0)
            {
                ReadChanges(buffer);
            }

            foreach (var exited in descriptors.AsSpan(2))
            {
                if (exited.Returned != 0)
                {
                    CompleteExit(exited.Descriptor);
                }
            }
        }

        foreach (var descriptor in _exits.Keys)
        {
            _ = LinuxKernel.Close(descriptor);
        }

        _ = LinuxKernel.Close(_inotify);
        _ = LinuxKernel.Close(_wake);
    }

    private static LinuxKernel.PollDescriptor Watching(int descriptor) => new() { Descriptor = descriptor, Events = LinuxKernel.PollIn };

    private void CompleteExit(int descriptor)
    {
        lock (_gate)
        {
            if (_exits.Remove(descriptor, out var source))
            {
                _ = LinuxKernel.Close(descriptor);
                source.TrySetResult();
            }
        }
    }

    private void ReadChanges(byte[] buffer)
    {
        lock (_gate)
        {
            var length = (int)LinuxKernel.Read(_inotify, buffer, (nuint)buffer.Length);
            for (var at = 0; at + 16 <= length; at += 16 + BitConverter.ToInt32(buffer, at + 12))
            {
                if (_changes.Remove(BitConverter.ToInt32(buffer, at), out var source))
                {
                    source.TrySetResult();
                }
            }
        }
    }
}
