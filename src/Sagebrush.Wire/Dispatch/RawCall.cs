namespace Sagebrush.Wire.Dispatch;

/// <summary>What a <see cref="RawHandler"/> gets.</summary>
/// <param name="Context">Who calls, and the HTTP exchange to answer on.</param>
/// <param name="Labels">The labels of the path, decoded, by their names in the model.</param>
/// <param name="Body">The request's body, verified.</param>
public readonly record struct RawCall(CallContext Context, IReadOnlyDictionary<string, string> Labels, ReadOnlyMemory<byte> Body);
