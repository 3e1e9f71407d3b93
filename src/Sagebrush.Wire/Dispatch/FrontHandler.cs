namespace Sagebrush.Wire.Dispatch;

/// <summary>
/// Sees each request of a service before its signature is looked at, for those no signature can come with: what browsers send by
/// themselves.
/// </summary>
/// <returns>Whether it has answered; else the request goes its usual way.</returns>
public delegate ValueTask<bool> FrontHandler(FrontCall call, CancellationToken cancellationToken);
