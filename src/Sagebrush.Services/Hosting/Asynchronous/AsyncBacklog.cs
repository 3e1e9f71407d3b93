namespace Sagebrush.Services.Hosting.Asynchronous;

/// <summary>How much an asynchronous endpoint has to do.</summary>
/// <param name="Size">Requests that wait or are worked on.</param>
/// <param name="Instances">Instances behind the endpoint.</param>
/// <param name="Age">How long the oldest request that waits has done so.</param>
internal readonly record struct AsyncBacklog(int Size, int Instances, TimeSpan Age);
