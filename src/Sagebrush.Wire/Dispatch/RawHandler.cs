namespace Sagebrush.Wire.Dispatch;

/// <summary>Handles one call on the bare HTTP exchange.</summary>
/// <param name="call">The call: its path labels, its verified body, and who made it.</param>
/// <param name="cancellationToken">Signalled when the client is gone.</param>
/// <exception cref="ServiceException">The caller made an error; it is written in the protocol's form.</exception>
public delegate ValueTask RawHandler(RawCall call, CancellationToken cancellationToken);
