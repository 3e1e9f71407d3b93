using System.Buffers;

namespace Sagebrush.Wire.Dispatch;

/// <summary>What a <see cref="HotHandler"/> gets.</summary>
/// <param name="Context">Who calls, and the HTTP exchange to answer on.</param>
/// <param name="Label">The path's one label, decoded.</param>
/// <param name="Body">The request's body, verified; valid until the handler's task completes.</param>
public readonly record struct HotCall(CallContext Context, string Label, ReadOnlySequence<byte> Body)
{
    /// <summary>When the request arrived, as the clock's own timestamp (<see cref="TimeProvider.GetTimestamp"/>).</summary>
    public long Started { get; init; }
}
