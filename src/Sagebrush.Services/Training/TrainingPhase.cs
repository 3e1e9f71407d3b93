namespace Sagebrush.Services.Training;

/// <summary>How far a job has come, whatever its status says: a job that is being stopped is still in one of these.</summary>
internal enum TrainingPhase
{
    /// <summary>It waits for capacity.</summary>
    Waiting = 0,

    /// <summary>Its folder is being filled.</summary>
    Downloading = 1,

    /// <summary>Its program has been started, or is about to be.</summary>
    Training = 2,

    /// <summary>Its program has ended; what it left is being put away.</summary>
    Uploading = 3,

    /// <summary>It has ended.</summary>
    Ended = 4,

    /// <summary>It gives its place up, and will wait for another.</summary>
    Interrupting = 5,
}
