namespace Sagebrush.Services.Processing;

/// <summary>How far a processing job has come, whatever its status says.</summary>
internal enum ProcessingPhase
{
    /// <summary>It waits for capacity.</summary>
    Waiting = 0,

    /// <summary>Its folder is being filled.</summary>
    Downloading = 1,

    /// <summary>Its program has been started, or is about to be.</summary>
    Running = 2,

    /// <summary>Its program has ended; what it left is being put away.</summary>
    Uploading = 3,

    /// <summary>It has ended.</summary>
    Ended = 4,
}
