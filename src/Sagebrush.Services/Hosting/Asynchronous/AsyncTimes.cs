using System.Globalization;

namespace Sagebrush.Services.Hosting.Asynchronous;

/// <summary>What a request's time went to.</summary>
internal record struct AsyncTimes
{
    /// <summary>Fetching its body from S3.</summary>
    public TimeSpan Download { get; set; }

    /// <summary>Waiting.</summary>
    public TimeSpan Backlog { get; set; }

    /// <summary>All of it.</summary>
    public TimeSpan Total { get; set; }

    /// <summary>The model.</summary>
    public TimeSpan Model { get; set; }

    /// <summary>Storing and telling the result.</summary>
    public TimeSpan Upload { get; set; }

    public override readonly string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"ModelLatency: {Model.TotalMicroseconds:0} us, RequestDownloadLatency: {Download.TotalMicroseconds:0} us, ResponseUploadLatency: {Upload.TotalMicroseconds:0} us, " +
        $"TimeInBacklog: {Backlog.TotalMilliseconds:0} ms, TotalProcessingTime: {Total.TotalMilliseconds:0} ms");
}
