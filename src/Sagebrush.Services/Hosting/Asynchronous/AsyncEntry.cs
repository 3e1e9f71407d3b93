using Sagebrush.State.Resources;

namespace Sagebrush.Services.Hosting.Asynchronous;

/// <summary>A stored request in its place in a queue.</summary>
/// <param name="Key">Where it is stored.</param>
/// <param name="Received">When it came.</param>
/// <param name="Expires">When it is given up if nobody has begun with it.</param>
internal sealed record AsyncEntry(ResourceKey Key, DateTimeOffset Received, DateTimeOffset Expires);
