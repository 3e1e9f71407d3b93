namespace Sagebrush.Services.Tuning;

/// <summary>How far a trial is. Each stage is stored before what it stands for is done.</summary>
internal enum TrialStage
{
    /// <summary>Its hyperparameters are chosen, its training job may not exist yet.</summary>
    Planned = 0,

    /// <summary>Its training job exists.</summary>
    Created = 1,

    /// <summary>Its training job has ended.</summary>
    Ended = 2,
}
