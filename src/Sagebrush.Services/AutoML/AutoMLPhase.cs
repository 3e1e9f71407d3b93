namespace Sagebrush.Services.AutoML;

/// <summary>How far an AutoML job has come, whatever its status says.</summary>
internal enum AutoMLPhase
{
    /// <summary>Its training job is to be created.</summary>
    Planned = 0,

    /// <summary>Its training job is there and searches.</summary>
    Searching = 1,

    /// <summary>Its best candidate is being deployed.</summary>
    Deploying = 2,

    /// <summary>It has ended.</summary>
    Ended = 3,
}
