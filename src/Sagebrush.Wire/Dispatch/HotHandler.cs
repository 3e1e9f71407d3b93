namespace Sagebrush.Wire.Dispatch;

/// <summary>Handles one call of an operation where microseconds count, on the bare HTTP exchange.</summary>
/// <remarks>A handler that has to wait watches the exchange's <c>RequestAborted</c>; asking for it costs, so one that has not should not.</remarks>
/// <exception cref="ServiceException">The caller made an error; it is written in the protocol's form.</exception>
public delegate ValueTask HotHandler(HotCall call);
